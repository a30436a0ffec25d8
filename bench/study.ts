/**
 * A whole study on `labs/gpt` by the built-in researcher, from a clean clone, through the command line that users type:
 * `npm run bench:study -- [--for 1h] [--trial "20s cpu"] [--slots 2] [--seed 1] [--keep FOLDER] [--json]`.
 *
 * Reports experiments an hour, keeps, crashes, bits per byte from and to, and which milestones the champion has that the
 * baseline had not: *selected* where the baseline offered them as an alternative, *rediscovered* where they took new
 * code. Progress goes to standard error.
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
    trial: { type: 'string', default: '20s cpu' },
    slots: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

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
    '--trial',
    options.trial,
    '--slots',
    options.slots,
    '--seed',
    options.seed,
  ];
  const args = [join(folder, 'bin', 'ratchet.js'), 'run', 'labs/gpt', '--new', ...limits];
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
  const state = join(folder, 'labs', 'gpt', '.ratchet');
  const study = readdirSync(state).findLast((name) => /^\d{8}-/.test(name));
  const opening = readLedger(join(state, study ?? '', 'ledger.sqlite'));
  if (opening.kind !== 'open') throw new Error(`the study left no ledger that can be read: ${opening.kind}`);
  return opening.reader.state;
}

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

function report(state: StudyState): void {
  const champion = [...state.champions.values()].at(-1)?.commit ?? state.study.baseline;
  const before = new Set(milestonesIn(trainOf(state.study.baseline)).map(({ name }) => name));
  const found = milestonesIn(trainOf(champion)).filter(({ name }) => !before.has(name));
  const reached = (reach: Milestone['reach']) => found.filter((milestone) => milestone.reach === reach);
  const hours = state.activeSeconds / 3600;
  const result = {
    machine: `${cpus().length} x ${cpus()[0]?.model}`,
    node: process.version,
    seed: state.study.seed,
    trial: options.trial,
    slots: Number(options.slots),
    hours,
    experiments: state.judged,
    experimentsAnHour: state.judged / hours,
    verdicts: countVerdicts(state),
    bitsPerByte: { from: measuredValue(state, state.study.baseline), to: measuredValue(state, champion) },
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
      `labs/gpt, ${options.trial} a trial, ${options.slots} slots, seed ${result.seed}; ${result.machine}, Node ${result.node}`,
      `time               ${hours.toFixed(2)} h`,
      `experiments        ${state.judged} (${result.experimentsAnHour.toFixed(0)} an hour): ${counts.join(', ')}`,
      `bits per byte      ${result.bitsPerByte.from?.toFixed(4)} -> ${result.bitsPerByte.to?.toFixed(4)}`,
      `selected           ${list(result.milestones.selected)}`,
      `rediscovered       ${list(result.milestones.rediscovered)}`,
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
