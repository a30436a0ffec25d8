import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../model/identity.ts';
import type { StudyLimit } from '../model/limit.ts';
import type { Guard, Program, Scoring } from '../model/program.ts';
import { splitFrontMatter } from './front-matter.ts';
import { inOrder, type Mistake, type Warning } from './mistake.ts';
import { checkRules } from './rules.ts';
import { type FrontMatterValues, validate } from './schema.ts';
import { type Path, type Position, readYaml } from './yaml.ts';

/** The file that makes a folder a lab. */
export const PROGRAM_FILE = 'program.md';

/** The largest `program.md` that is read, in bytes. */
const LARGEST = 1024 * 1024;

/** The least grace, in seconds, that is given where `budget.grace` does not say. */
const LEAST_GRACE = 10;

/** `program.md`, read. */
export type ProgramReading =
  | {
      readonly kind: 'program';
      readonly program: Program;
      /** What is read and has no effect in this version. */
      readonly warnings: readonly Warning[];
      /** Where a key or a list entry stands in the file. */
      readonly locate: (path: Path) => Position;
    }
  /** All of them at once, in the order of the file; at least one. */
  | { readonly kind: 'mistakes'; readonly mistakes: readonly Mistake[] };

/** Reads the `program.md` of a lab. @throws where the file cannot be read at all. */
export async function readProgramFile(lab: string): Promise<ProgramReading> {
  const bytes = await readFile(join(lab, PROGRAM_FILE));
  const unreadable = (problem: string, mend: string): ProgramReading => ({
    kind: 'mistakes',
    mistakes: [{ line: 1, problem, mend }],
  });
  if (bytes.length > LARGEST) {
    return unreadable(
      `the file has ${bytes.length} bytes, and ${LARGEST} are read`,
      'move most of its prose to another file',
    );
  }
  try {
    return readProgram(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    if (cause instanceof TypeError) return unreadable('the file is not UTF-8 text', 'save it as UTF-8');
    throw cause;
  }
}

/** Reads the text of a `program.md`. Whether the paths in it exist is another question: `inspectLab`. */
export function readProgram(text: string): ProgramReading {
  const parts = splitFrontMatter(text);
  if (parts.kind === 'mistake') return { kind: 'mistakes', mistakes: [parts.mistake] };
  const yaml = readYaml(parts.yaml, parts.firstLine);
  if (yaml.kind === 'mistakes') return { kind: 'mistakes', mistakes: inOrder(yaml.mistakes) };
  const validated = validate(yaml.values);
  const findings = [
    ...(validated.kind === 'part' ? validated.findings : []),
    ...checkRules(validated.values),
  ];
  const mistakes = [
    ...yaml.mistakes,
    ...findings.map(({ path, problem, mend }) => ({ ...yaml.locate(path), problem, mend })),
  ];
  if (validated.kind === 'part' || mistakes.length > 0)
    return { kind: 'mistakes', mistakes: inOrder(mistakes) };
  const digest = createHash('sha256').update(text).digest('hex') as Digest;
  return {
    kind: 'program',
    program: programOf(validated.values, parts.prose, digest),
    warnings: warningsOf(validated.values, yaml.locate),
    locate: yaml.locate,
  };
}

function programOf(values: FrontMatterValues, prose: string, digest: Digest): Program {
  const { budget, resources, holdout, sealed, checks, transfer, sandbox } = values;
  return {
    objective: {
      name: values.objective,
      unit: values.unit ?? '',
      direction: values.direction,
      minimumEffect: values.minimumEffect ?? 0,
    },
    edit: values.edit,
    provide: values.provide ?? [],
    validation: values.validation ?? [],
    sandbox: {
      network: sandbox?.network ?? false,
      read: sandbox?.read ?? [],
      write: sandbox?.write ?? [],
    },
    ...(values.prepare === undefined ? {} : { prepare: values.prepare }),
    run: values.run,
    scoring: scoringOf(values),
    trial: budget.trial,
    ...(budget.screen === undefined ? {} : { screen: budget.screen / budget.trial.seconds }),
    graceSeconds: budget.grace ?? Math.max(budget.trial.seconds, LEAST_GRACE),
    limits: limitsOf(budget),
    ...(checks === undefined ? {} : { checks }),
    guards: Object.entries(values.guards ?? {}).map(
      ([name, { min, max }]): Guard => ({
        name,
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
      }),
    ),
    ...(holdout === undefined ? {} : { holdout: { command: holdout, sealed: sealed ?? [] } }),
    ...(transfer === undefined ? {} : { transfer: transfer.env }),
    resources: {
      cpus: resources?.cpus ?? 1,
      gpus: resources?.gpus ?? 0,
      ...(resources?.memory === undefined ? {} : { memory: resources.memory }),
      ...(resources?.disk === undefined ? {} : { disk: resources.disk }),
      ...(resources?.processes === undefined ? {} : { processes: resources.processes }),
    },
    deterministic: values.deterministic ?? false,
    prose,
    digest,
  };
}

function scoringOf({ evaluate, artifacts }: FrontMatterValues): Scoring {
  if (evaluate === undefined) return { kind: 'candidate-reported' };
  return { kind: 'evaluated', command: evaluate, artifacts: artifacts ?? [] };
}

function limitsOf({
  study,
  experiments,
  cost,
  tokens,
  proposals,
}: FrontMatterValues['budget']): StudyLimit[] {
  const limits: StudyLimit[] = [];
  if (study !== undefined) limits.push({ kind: 'time', seconds: study });
  if (experiments !== undefined) limits.push({ kind: 'experiments', count: experiments });
  if (cost !== undefined) limits.push({ kind: 'cost', dollars: cost });
  if (tokens !== undefined) limits.push({ kind: 'tokens', count: tokens });
  if (proposals !== undefined) limits.push({ kind: 'proposals', count: proposals });
  return limits;
}

function warningsOf(values: FrontMatterValues, locate: (path: Path) => Position): Warning[] {
  const warnings: Warning[] = [];
  const warn = (path: Path, problem: string) => warnings.push({ ...locate(path), problem });
  if ((values.resources?.gpus ?? 0) > 0) {
    warn(
      ['resources', 'gpus'],
      '`resources.gpus` is read, and does not set the number of slots yet in this version',
    );
  }
  return inOrder(warnings);
}
