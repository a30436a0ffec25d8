import { z } from 'zod';
import type { TrialBudget } from '../model/limit.ts';
import { isMetricName, PROGRESS } from '../model/metric.ts';
import { groupOf, guideTo, keysBelow } from './keys.ts';
import { closest } from './spelling.ts';
import { parseBytes, parseDollars, parseDuration, parseTrialBudget, type Quantity } from './units.ts';
import type { Path } from './yaml.ts';

/** A mistake that does not know its line yet. */
export interface Finding {
  readonly path: Path;
  readonly problem: string;
  readonly mend: string;
}

function quantity<Value>(parse: (text: string) => Quantity<Value>) {
  return z.union([z.string(), z.number()]).transform((input, context): Value => {
    const read = parse(String(input));
    if (read.kind === 'value') return read.value;
    context.addIssue({ code: 'custom', message: read.problem, params: { mend: read.mend } });
    return z.NEVER;
  });
}

/** A duration beside `trial`, on the same clock. */
function parseBeside(key: string) {
  return (text: string): Quantity<number> => {
    if (!/\bcpu\s*$/i.test(text)) return parseDuration(text);
    const mend = `write \`${text.replace(/\s*cpu\s*$/i, '')}\``;
    return { kind: 'problem', problem: `${key} counts on the clock of \`trial\`, so it names none`, mend };
  };
}

const isObjectiveName = (name: string) => isMetricName(name) && name !== PROGRESS;
const metric = z.string().refine(isObjectiveName);
const command = z.string().regex(/\S/);
const paths = z.array(z.string().min(1)).min(1);
const whole = z.int();

const frontMatter = z.strictObject({
  objective: metric,
  unit: z.string().max(40).optional(),
  direction: z.enum(['minimize', 'maximize']),
  minimumEffect: z.number().min(0).optional(),
  edit: paths,
  provide: z.array(z.string().min(1)).optional(),
  prepare: command.optional(),
  run: command,
  artifacts: paths.optional(),
  evaluate: command.optional(),
  budget: z.strictObject({
    trial: quantity<TrialBudget>(parseTrialBudget),
    grace: quantity(parseBeside('grace')).optional(),
    screen: quantity(parseBeside('screen'))
      .refine((seconds) => seconds > 0)
      .optional(),
    study: quantity(parseDuration)
      .refine((seconds) => seconds > 0)
      .optional(),
    experiments: whole.min(1).optional(),
    cost: quantity(parseDollars).optional(),
    tokens: whole.min(1).optional(),
    proposals: whole.min(1).optional(),
  }),
  checks: command.optional(),
  guards: z
    .record(metric, z.strictObject({ min: z.number().optional(), max: z.number().optional() }))
    .optional(),
  holdout: command.optional(),
  sealed: paths.optional(),
  validation: paths.optional(),
  sandbox: z
    .strictObject({ network: z.boolean().optional(), read: paths.optional(), write: paths.optional() })
    .optional(),
  transfer: z
    .strictObject({ env: z.record(z.string(), z.union([z.string(), z.number()]).transform(String)) })
    .optional(),
  resources: z
    .strictObject({
      cpus: whole.min(1).optional(),
      memory: quantity(parseBytes).optional(),
      disk: quantity(parseBytes).optional(),
      processes: whole.min(1).optional(),
      gpus: whole.min(0).optional(),
    })
    .optional(),
  deterministic: z.boolean().optional(),
});

const anyPart = frontMatter.partial();

export type FrontMatterValues = z.infer<typeof frontMatter>;

/** The keys that are well-formed by themselves. */
export type FrontMatterPart = z.infer<typeof anyPart>;

export type Validated =
  | { readonly kind: 'whole'; readonly values: FrontMatterValues }
  /** `values` holds the keys that are well-formed, so that the rules between keys can be asked as well. */
  | {
      readonly kind: 'part';
      readonly values: FrontMatterPart;
      readonly findings: readonly Finding[];
    };

/** The shape of each key by itself; `rules.ts` has what keys ask of one another. */
export function validate(values: Readonly<Record<string, unknown>>): Validated {
  const whole = frontMatter.safeParse(values);
  if (whole.success) return { kind: 'whole', values: whole.data };
  const issues = whole.error.issues;
  const bad = new Set(
    issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [issue.path[0]],
    ),
  );
  const rest = Object.fromEntries(Object.entries(values).filter(([key]) => !bad.has(key)));
  const part = anyPart.safeParse(rest);
  return {
    kind: 'part',
    values: part.data ?? {},
    findings: issues.flatMap((issue) => findingsOf(issue, values)),
  };
}

function findingsOf(issue: z.core.$ZodIssue, values: unknown): Finding[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  const name = nameOf(path);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
  if (issue.code === 'invalid_key') return [unreadableMetric(path, String(path.at(-1)))];
  const mend: unknown = issue.code === 'custom' ? issue.params?.mend : undefined;
  if (typeof mend === 'string') return [{ path, problem: `${name}: ${issue.message}`, mend }];
  const value = valueAt(values, path);
  const guide = guideTo(path);
  const example = guide?.example ?? 'key: value';
  if (value === undefined) return [{ path, problem: `${name} is missing`, mend: `add \`${example}\`` }];
  if (path.length === 1 && path[0] === 'objective' && typeof value === 'string')
    return [unreadableMetric(path, value)];
  const problem = `${name} is ${describe(value)}, not ${guide?.expects ?? 'what belongs here'}`;
  return [{ path, problem, mend: `write \`${rewritten(path, value) ?? example}\`` }];
}

/** The user's own value in the form that is asked, where one is near. */
function rewritten(path: Path, value: unknown): string | undefined {
  const key = path.at(-1);
  if (isVariable(path) && typeof value === 'boolean') return `${key}: "${value}"`;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  if (key === 'direction') return `direction: ${closest(value, ['minimize', 'maximize']) ?? 'minimize'}`;
  if (path.length === 1 && guideTo(path)?.expects === 'a list of paths') return `${key}: [${value}]`;
  if (key === 'deterministic' && /^(?:yes|on)$/i.test(value)) return 'deterministic: true';
  const count = Number(value);
  const numeric = typeof key === 'string' && guideTo(path)?.expects.includes('number') && count > 0;
  return numeric && Number.isSafeInteger(count) ? `${key}: ${count}` : undefined;
}

/** Variables of an environment are texts: what YAML takes for something else needs its quotes. */
function isVariable(path: Path): boolean {
  return path.length === 3 && path[0] === 'transfer';
}

function unknownKey(group: Path, key: string): Finding {
  const path = [...group, key];
  const known = keysBelow(group);
  const meant = closest(key, known);
  const place = group.length === 0 ? '' : ` below ${nameOf(group)}`;
  if (meant !== undefined) {
    const problem = `unknown key \`${key}\`${place}: did you mean \`${meant}\`?`;
    return { path, problem, mend: `write \`${meant}\`` };
  }
  const home = group.length === 0 ? groupOf(key) : undefined;
  if (home !== undefined) {
    const mend = `write \`${home}: { ${guideTo([home, key])?.example} }\``;
    return { path, problem: `unknown key \`${key}\`: it belongs below \`${home}\``, mend };
  }
  const list = known.map((name) => `\`${name}\``).join(', ');
  return { path, problem: `unknown key \`${key}\`${place}`, mend: `delete it; the keys are ${list}` };
}

function unreadableMetric(path: Path, name: string): Finding {
  const mended = name
    .replace(/[^\w./-]+/g, '_')
    .replace(/^[^A-Za-z]+|_+$/g, '')
    .slice(0, 64);
  return {
    path,
    problem: `no metric called \`${name}\` can be read: a name is letters, digits, \`_\`, \`.\`, \`/\` or \`-\`, not a digit first, not \`progress\``,
    mend: `print and write it as \`${isObjectiveName(mended) ? mended : 'score'}\``,
  };
}

function nameOf(path: Path): string {
  const [first, ...rest] = path;
  if (typeof rest[0] === 'number') return `entry ${rest[0] + 1} of \`${first}\``;
  return `\`${path.join('.')}\``;
}

function valueAt(values: unknown, path: Path): unknown {
  let value = values;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.entries(value).find(([key]) => key === String(step))?.[1];
  }
  return value;
}

function describe(value: unknown): string {
  if (value === null || value === '') return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a group of keys';
  if (typeof value === 'string') return value.trim() === '' ? 'blank' : `the text \`${value.slice(0, 40)}\``;
  return `\`${String(value)}\``;
}
