import { stringify } from 'yaml';
import type { Direction } from '../../model/objective.ts';

/** Where the number of a trial comes from. */
export type Scored =
  /** The wall time of the command, taken outside the candidate's code. */
  | { readonly kind: 'seconds' }
  /** A `name: value` line that the command prints. */
  | { readonly kind: 'printed'; readonly metric: string; readonly direction: Direction };

/** What `init` knows about a lab around existing files. */
export interface LabPlan {
  readonly command: string;
  readonly scored: Scored;
  readonly edit: readonly string[];
  readonly provide: readonly string[];
  /** As the front matter says it: `60s`, `5s cpu`. */
  readonly trial: string;
}

const PROSE = `
What to research, in prose: what is slow or weak, what has been tried, what to leave alone.
`;

/** The front matter of a plan, between its two lines of dashes. */
function frontMatterOf(plan: LabPlan): string {
  const { scored } = plan;
  const timed = scored.kind === 'seconds';
  const lines = [
    '---',
    timed ? 'objective: seconds' : `objective: ${scalar(scored.metric)}`,
    ...(timed ? ['unit: s'] : []),
    `direction: ${timed ? 'minimize' : scored.direction}`,
    ...(timed ? ['minimumEffect: 0.1            # smaller gains are noise of the machine'] : []),
    `edit: ${list(plan.edit)}`,
    ...(plan.provide.length === 0 ? [] : [`provide: ${list(plan.provide)}`]),
    ...(timed ? timedRun(plan.command) : [`run: ${scalar(plan.command)}`]),
    `budget: { trial: ${plan.trial} }`,
    '---',
  ];
  return `${lines.join('\n')}\n`;
}

/** A whole `program.md`: the front matter above the prose that is there already, or above a place for it. */
export function programText(plan: LabPlan, prose: string = PROSE): string {
  return frontMatterOf(plan) + prose;
}

/** Times the command from outside; its own output goes to standard error, so that it cannot print the metric. */
function timedRun(command: string): string[] {
  return [
    'run: |                        # prints the seconds that the last line takes, if it succeeds',
    "  node -e '",
    '  const { spawnSync } = process.getBuiltinModule("node:child_process");',
    '  const start = performance.now();',
    '  const { status } = spawnSync(process.argv[1], { shell: true, stdio: ["ignore", 2, 2] });',
    '  if (status !== 0) process.exit(status ?? 1);',
    '  console.log("seconds: " + ((performance.now() - start) / 1000).toFixed(3));',
    `  ' ${shellQuoted(command)}`,
  ];
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll('\n', ' ').replaceAll("'", "'\\''")}'`;
}

function scalar(text: string): string {
  return stringify(text, { lineWidth: 0 }).trim();
}

function list(entries: readonly string[]): string {
  return stringify(entries, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trim();
}
