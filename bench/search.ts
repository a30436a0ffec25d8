/**
 * How good the built-in researcher is: `npm run bench:search -- functions|modules|mixed|thinking|gpt [--seeds 20] [--trials 100] [--only TEXT]
 * [--variant plain|noisy|crashing] [--folder DIR] [--budget "5s cpu"] [--show] [--json]`.
 *
 * - `functions`: regret of the champion on functions whose least value is known, written as labs whose editable file holds the
 *   coordinates, through the researcher's own interface and the judge that studies get; beside it the samplers of Optuna 4.7 as
 *   measured elsewhere. `noisy` adds noise of 5% of the range of the values, `crashing` lets 30% of the space crash.
 * - `modules`: four modules of five choices, one of them right in each, hits add up: studies that solve it within 100 trials, and the mean of
 *   their trials.
 * - `mixed`: the true loss, about 3 at first, after two fifths, seven tenths and all of the trials of noisy studies of a file with ten declared
 *   alternatives, some of which only help beside others, and twelve numbers; means and their errors over `--seeds` (48).
 * - `thinking`: CPU milliseconds a proposal after 100, 1,000 and 10,000 experiments, in files of 10 and 400 numbers; nothing runs. `--seeds`
 *   proposals at each (40).
 * - `gpt`: bits a byte against the number of experiments on `labs/gpt`, one slot, `--trials` verdicts (100) in each of `--seeds` studies (3): the
 *   built-in researcher against random edits of the same sites, and against one declared value after the other. A call with the same
 *   `--folder` goes on where the last one stopped; `--only` picks contenders, `--seed` one of the studies; `--show` only prints. Ctrl-C lets the running trials end.
 */
import { mkdtempSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { holdMemoryDown } from '../src/engine/memory.ts';
import { parseTrialBudget } from '../src/lab/units.ts';
import { FUNCTIONS, OPTUNA } from './search/functions.ts';
import { CONTENDERS, findingOf, type GptFinding, research, valueAfter, verdictsUntil } from './search/gpt.ts';
import { solveMixed } from './search/mixed.ts';
import { type Run, sample, solveModules, VARIANTS, type Variant } from './search/samplers.ts';
import { type Thinking, thinkingLate } from './search/thinking.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    trials: { type: 'string', default: '100' },
    only: { type: 'string', default: '' },
    variant: { type: 'string' },
    folder: { type: 'string' },
    budget: { type: 'string', default: '5s cpu' },
    show: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const trials = Number(options.trials);
const machine = `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}`;

function quartilesOf(values: readonly number[]): [low: number, middle: number, high: number] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return below + (place - Math.floor(place)) * (above - below);
  };
  return [at(0.25), at(0.5), at(0.75)];
}

function variantsAskedFor(): readonly Variant[] {
  if (options.variant === undefined) return VARIANTS;
  const variant = VARIANTS.find((known) => known === options.variant);
  if (variant === undefined) throw new Error(`--variant takes one of ${VARIANTS.join(', ')}`);
  return [variant];
}

async function functions(): Promise<void> {
  const seeds = Number(options.seeds ?? 20);
  const rows: object[] = [];
  if (!options.json) console.log(`regret after ${trials} trials, ${seeds} seeds; ${machine}`);
  for (const variant of variantsAskedFor()) {
    for (const name of Object.keys(FUNCTIONS).filter((known) => known.includes(options.only))) {
      const runs: Run[] = [];
      for (let seed = 1; seed <= seeds; seed++) runs.push(await sample(name, variant, seed, trials));
      const row = {
        name,
        variant,
        quartiles: quartilesOf(runs.map(({ regrets }) => regrets.at(-1)!)),
        start: quartilesOf(runs.map(({ regrets }) => regrets[0]!))[1],
        thinking: quartilesOf(runs.map(({ thinking }) => thinking))[1],
        optuna: variant === 'plain' ? OPTUNA[name] : undefined,
        methods: methodsOf(runs),
      };
      rows.push(row);
      if (!options.json) print(row);
    }
  }
  if (options.json) console.log(JSON.stringify({ machine, trials, seeds, rows }));
}

function print(row: {
  readonly name: string;
  readonly variant: Variant;
  readonly quartiles: readonly number[];
  readonly start: number;
  readonly thinking: number;
  readonly optuna: Readonly<Record<string, number>> | undefined;
  readonly methods: string;
}): void {
  const [low, middle, high] = row.quartiles.map((value) => value.toPrecision(2));
  const peers = Object.entries(row.optuna ?? {}).map(([sampler, value]) => `${sampler} ${value}`);
  const title = `${row.name} ${row.variant}`.padEnd(22);
  console.log(
    `${title} from ${row.start.toPrecision(2)} to ${middle} (quartiles ${low}, ${high}); ${row.thinking.toFixed(0)} ms a proposal`,
  );
  console.log(`${' '.repeat(23)}${row.methods}`);
  if (peers.length > 0) console.log(`${' '.repeat(23)}Optuna: ${peers.join(', ')}`);
}

/** `steps 40 (5 kept, 2 crashed)`, a mean over the runs. */
function methodsOf(runs: readonly Run[]): string {
  const names = new Set(runs.flatMap(({ methods }) => [...methods.keys()]));
  const mean = (name: string, of: 'proposed' | 'kept' | 'crashed') =>
    (runs.reduce((sum, { methods }) => sum + (methods.get(name)?.[of] ?? 0), 0) / runs.length).toFixed(0);
  return [...names]
    .map(
      (name) =>
        `${name} ${mean(name, 'proposed')} (${mean(name, 'kept')} kept, ${mean(name, 'crashed')} crashed)`,
    )
    .join(', ');
}

async function mixed(): Promise<void> {
  const seeds = Number(options.seeds ?? 48);
  const marks = [0.4, 0.7, 1].map((share) => Math.round(share * trials));
  const losses = marks.map((): number[] => []);
  for (let seed = 1; seed <= seeds; seed++) {
    const course = await solveMixed(seed, trials);
    for (const [index, mark] of marks.entries()) losses[index]!.push(course.slice(0, mark).at(-1)!);
  }
  const told = losses.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / seeds;
    const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, error: Math.sqrt(square / Math.max(1, seeds - 1) / seeds) };
  });
  if (options.json) {
    console.log(JSON.stringify({ machine, trials, seeds, marks, told }));
    return;
  }
  const texts = told.map(
    ({ mean, error }, index) => `${marks[index]}: ${mean.toFixed(3)} ± ${error.toFixed(3)}`,
  );
  console.log(`mixed: loss after ${texts.join(', ')}; ${seeds} studies; ${machine}`);
}

async function modules(): Promise<void> {
  const seeds = Number(options.seeds ?? 50);
  const solved: number[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const at = await solveModules(seed, trials);
    if (at !== undefined) solved.push(at);
  }
  const mean = solved.reduce((sum, count) => sum + count, 0) / Math.max(1, solved.length);
  if (options.json) {
    console.log(JSON.stringify({ machine, trials, seeds, solved: solved.length, mean }));
    return;
  }
  console.log(
    `modules: solved ${solved.length} of ${seeds} within ${trials} trials, ${mean.toFixed(1)} trials on average; ${machine}`,
  );
  console.log('Optuna, of 50: random 7, TPE 38, multivariate TPE 50 with 29.8 trials on average');
}

async function thinking(): Promise<void> {
  const rows: Thinking[] = [];
  const asks = Number(options.seeds ?? 40);
  if (!options.json) console.log(`CPU milliseconds a proposal, the mean of ${asks}; ${machine}`);
  for (const values of [10, 400]) {
    for (const ends of ['declared', 'undeclared'] as const) {
      const found = await thinkingLate({ values, ends, marks: [100, 1000, 10_000], asks });
      rows.push(...found);
      for (const { told, mean, slowest, first, heap } of options.json ? [] : found) {
        const memory = heap === undefined ? '' : `; ${heap.toFixed(0)} MiB`;
        console.log(
          `${values} numbers, ends ${ends}, after ${told}:`.padEnd(46) +
            `${mean.toFixed(1)}, at most ${slowest.toFixed(0)}, the first ${first.toFixed(0)}${memory}`,
        );
      }
    }
  }
  if (options.json) console.log(JSON.stringify({ machine, asks, rows }));
}

const CHECKPOINTS = [10, 20, 30, 50, 75, 100, 150, 200, 300];

async function gpt(): Promise<void> {
  const budget = parseTrialBudget(options.budget);
  if (budget.kind === 'problem') throw new Error(`--budget: ${budget.problem}; ${budget.mend}`);
  const folder = resolve(options.folder ?? mkdtempSync(join(tmpdir(), 'ratchet-search-')));
  console.error(`--folder ${folder}`);
  const studies = Array.from({ length: Number(options.seeds ?? 3) }, (_, index) => index + 1).flatMap(
    (seed) => Object.keys(CONTENDERS).map((contender) => ({ folder, contender, seed })),
  );
  for (const study of options.show ? [] : studies) {
    if (!study.contender.includes(options.only)) continue;
    if (options.seed !== undefined && Number(options.seed) !== study.seed) continue;
    if ((await research({ ...study, experiments: trials, trial: budget.value })) === 'interrupted') break;
  }
  const findings = studies.flatMap((study) => findingOf(study) ?? []);
  if (options.json) console.log(JSON.stringify({ machine, trials, budget: options.budget, findings }));
  else printGpt(findings);
}

function printGpt(findings: readonly GptFinding[]): void {
  console.log(`labs/gpt, ${options.budget} a trial, one slot, bits a byte by the verdicts; ${machine}`);
  for (const finding of findings) {
    const course = CHECKPOINTS.filter((count) => count <= finding.verdicts).map(
      (count) => `${count}: ${valueAfter(finding, count)?.toFixed(3)}`,
    );
    console.log(
      `${finding.contender}, seed ${finding.seed}: ${finding.verdicts} verdicts, ${finding.keeps} keeps, ${finding.crashes} crashes`,
    );
    console.log(`  ${course.join(', ')}`);
    console.log(`  milestones: ${finding.milestones.join(', ') || 'none'}`);
  }
  for (const random of findings.filter(({ contender }) => contender === 'random')) {
    const search = findings.find(({ contender, seed }) => contender === 'search' && seed === random.seed);
    const last = random.course.at(-1)?.value;
    const needed = search && last !== undefined ? verdictsUntil(search, last) : undefined;
    console.log(
      `seed ${random.seed}: random stood at ${last?.toFixed(3)} after ${random.verdicts} verdicts; search ${needed === undefined ? 'never' : `after ${needed}`}`,
    );
  }
}

const MODES = { functions, modules, mixed, thinking, gpt };
holdMemoryDown();
const mode = positionals[0] ?? 'functions';
if (!(mode in MODES)) throw new Error(`say which: ${Object.keys(MODES).join(', ')}`);
await MODES[mode as keyof typeof MODES]();
