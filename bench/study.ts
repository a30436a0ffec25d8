/**
 * A whole study on a lab of this repository by the built-in researcher, from a clean clone, through the command line that users type:
 * `npm run bench:study -- [--lab labs/gpt] [--for 1h] [--trial "20s cpu"] [--slots 2] [--seed 1] [--until VALUE] [--keep FOLDER] [--json]`.
 *
 * Reports experiments an hour, keeps, crashes, the objective from and to, after how long it was as good as `--until`, and, of `labs/gpt`, which
 * milestones the champion has that the baseline had not: *selected* where the baseline offered them as an alternative, *rediscovered* where
 * they took new code. Without `--trial` a trial has the program's own budget, but for `labs/gpt` 20 CPU-seconds. Progress goes to standard error.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Milestone, milestonesIn } from '../labs/gpt/milestones.ts';
import { readLedger, type StudyState } from '../src/index.ts';

const { values: options } = parseArgs({
  options: {
    for: { type: 'string', default: '1h' },
    lab: { type: 'string', default: 'labs/gpt' },
    trial: { type: 'string' },
    until: { type: 'string' },
    slots: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const isGpt = options.lab === 'labs/gpt';
const trial = options.trial ?? (isGpt ? '20s cpu' : undefined);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = options.keep ?? mkdtempSync(join(tmpdir(), 'ratchet-study-'));

function clone(): void {
  execFileSync('git', ['clone', '--quiet', '--local', root, folder]);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
}

function research(): Promise<void> {
  const limits = [
    '--for',
    options.for,
    ...(trial === undefined ? [] : ['--trial', trial]),
    '--slots',
    options.slots,
    '--seed',
    options.seed,
  ];
  const args = [join(folder, 'bin', 'ratchet.js'), 'run', options.lab, '--new', ...limits];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.pipe(process.stderr);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the study ended with exit code ${code}`)),
    );
  });
}

function readState(): StudyState {
  const state = join(folder, options.lab, '.ratchet');
  const study = readdirSync(state).findLast((name) => /^\d{8}-/.test(name));
  const opening = readLedger(join(state, study ?? '', 'ledger.sqlite'));
  if (opening.kind !== 'open') throw new Error(`the study left no ledger that can be read: ${opening.kind}`);
  return opening.reader.state;
}

const milestonesOf = (revision: string) => (isGpt ? milestonesIn(trainOf(revision)) : []);

const trainOf = (revision: string) =>
  execFileSync('git', ['show', `${revision}:labs/gpt/train.ts`], { cwd: folder, encoding: 'utf8' });

function countVerdicts(state: StudyState): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const experiment of state.experiments.values()) {
    if (experiment.status !== 'judged') continue;
    const { kind } = experiment.verdict;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** The last value of a commit that is not a replay's. */
function measuredValue(state: StudyState, commit: string): number | undefined {
  const ended = [...state.ended.values()].findLast(
    (trial) => trial.commit === commit && trial.purpose !== 'replay',
  );
  return ended?.outcome.kind === 'completed' ? ended.outcome.measurement.value : undefined;
}

/** When the champion was as good as `--until` by its verdict, in seconds from the study's start; undefined where it never was, or nobody asked. */
function secondsUntil({ milestones, startedAt, study }: StudyState): number | undefined {
  if (options.until === undefined) return undefined;
  const wanted = Number(options.until);
  const sign = study.objective.direction === 'minimize' ? 1 : -1;
  const reached = milestones.find(({ value }) => sign * value <= sign * wanted);
  return reached && (reached.at - startedAt) / 1000;
}

function report(state: StudyState): void {
  const champion = [...state.champions.values()].at(-1)?.commit ?? state.study.baseline;
  const before = new Set(milestonesOf(state.study.baseline).map(({ name }) => name));
  const found = milestonesOf(champion).filter(({ name }) => !before.has(name));
  const reached = (reach: Milestone['reach']) => found.filter((milestone) => milestone.reach === reach);
  const hours = state.activeSeconds / 3600;
  const result = {
    machine: `${cpus().length} x ${cpus()[0]?.model}`,
    node: process.version,
    seed: state.study.seed,
    lab: options.lab,
    trial,
    slots: Number(options.slots),
    hours,
    experiments: state.judged,
    experimentsAnHour: state.judged / hours,
    verdicts: countVerdicts(state),
    value: { from: measuredValue(state, state.study.baseline), to: measuredValue(state, champion) },
    secondsUntil: secondsUntil(state),
    milestones: {
      selected: reached('selected').map(({ name }) => name),
      rediscovered: reached('rediscovered').map(({ name }) => name),
    },
  };
  if (options.json) {
    console.log(JSON.stringify(result));
    return;
  }
  const counts = Object.entries(result.verdicts).map(([word, count]) => `${count} ${word}`);
  const list = (names: readonly string[]) => (names.length === 0 ? 'none' : names.join(', '));
  console.log(
    [
      `${options.lab}, ${trial ?? "the program's budget"} a trial, ${options.slots} slots, seed ${result.seed}; ${result.machine}, Node ${result.node}`,
      `time               ${hours.toFixed(2)} h`,
      `experiments        ${state.judged} (${result.experimentsAnHour.toFixed(0)} an hour): ${counts.join(', ')}`,
      `${state.study.objective.name.padEnd(18)} ${result.value.from?.toFixed(4)} -> ${result.value.to?.toFixed(4)}`,
      ...(options.until === undefined
        ? []
        : [
            `${options.until} reached       ${result.secondsUntil === undefined ? 'never' : `after ${(result.secondsUntil / 60).toFixed(1)} min`}`,
          ]),
      ...(isGpt
        ? [
            `selected           ${list(result.milestones.selected)}`,
            `rediscovered       ${list(result.milestones.rediscovered)}`,
          ]
        : []),
    ].join('\n'),
  );
}

try {
  clone();
  await research();
  report(readState());
} finally {
  if (options.keep === undefined) rmSync(folder, { recursive: true, force: true });
}
