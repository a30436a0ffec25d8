/**
 * What each alternative that `labs/gpt/train.ts` offers is worth alone, against the baseline:
 * `npm run bench:alternatives -- [--budget 5] [--seeds 2] [--only NAME] [--json]`.
 *
 * Trials run one after the other, baseline and alternatives in turn for each seed, with `RATCHET_BUDGET` CPU-seconds each. Only
 * the differences mean much: the step count follows the speed of the machine.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    budget: { type: 'string', default: '5' },
    seeds: { type: 'string', default: '2' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

/** Name, and the constants of `train.ts` that it sets. */
const ALTERNATIVES: readonly (readonly [name: string, settings: Readonly<Record<string, string>>])[] = [
  ['RMSNorm', { normalisation: "'rms'" }],
  ['tied embeddings', { tiedEmbeddings: 'true' }],
  ['Xavier initialisation', { initialisation: "'xavier'" }],
  ['Kaiming initialisation', { initialisation: "'kaiming'" }],
  ['rotary positions', { positions: "'rotary'" }],
  ['ReLU squared', { activation: "'relu-squared'" }],
  ['query-key scale 2', { queryKeyScale: '2' }],
  ['weight decay on matrices only', { decayedGroup: "'matrices'" }],
  ["AdamW's second beta 0.95", { varianceDecay: '0.95' }],
  ['cool-down 0.5', { cooldownFraction: '0.5' }],
  ['warm-up 0.05', { warmupFraction: '0.05' }],
  [
    'rate 3e-3, warm-up, cool-down',
    { learningRate: '3e-3', warmupFraction: '0.05', cooldownFraction: '0.5' },
  ],
];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const baseline = readFileSync(join(root, 'labs', 'gpt', 'train.ts'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'ratchet-alternatives-'));
const lab = join(folder, 'labs', 'gpt');

function withSettings(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings).reduce((source, [name, value]) => {
    const changed = source.replace(new RegExp(`^(const ${name}(?:: \\w+)? = ).*;$`, 'm'), `$1${value};`);
    if (changed === source)
      throw new Error(`labs/gpt/train.ts has no constant ${name} to change to ${value}`);
    return changed;
  }, baseline);
}

/** Bits per byte of one trial, and the steps it took. */
function trial(source: string, seed: number): { value: number; steps: number } {
  writeFileSync(join(lab, 'train.ts'), source);
  const metrics = join(folder, 'metrics.jsonl');
  writeFileSync(metrics, '');
  const environment = {
    ...process.env,
    RATCHET_SEED: String(seed),
    RATCHET_BUDGET: options.budget,
    RATCHET_METRICS: metrics,
  };
  for (const script of ['harness.ts', 'evaluate.ts']) {
    execFileSync(process.execPath, [script], {
      cwd: lab,
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  const lines = readFileSync(metrics, 'utf8').trim().split('\n');
  const finals = lines
    .map((line) => JSON.parse(line) as Record<string, number>)
    .filter((line) => !('progress' in line));
  const told = Object.assign({}, ...finals) as Record<string, number>;
  const { val_bpb: value, steps } = told;
  if (value === undefined || steps === undefined) throw new Error('the trial told no val_bpb or no steps');
  return { value, steps };
}

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

try {
  cpSync(join(root, 'labs', 'gpt'), lab, { recursive: true, filter: (path) => !path.includes('.ratchet') });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  const chosen = ALTERNATIVES.filter(([name]) => options.only === undefined || name === options.only);
  const differences = new Map<string, number[]>(chosen.map(([name]) => [name, []]));
  const baselines: number[] = [];
  for (let seed = 1; seed <= Number(options.seeds); seed++) {
    const { value, steps } = trial(baseline, seed);
    baselines.push(value);
    console.error(`seed ${seed}: baseline ${value.toFixed(4)} in ${steps} steps`);
    for (const [name, settings] of chosen) {
      const candidate = trial(withSettings(settings), seed);
      differences.get(name)?.push(candidate.value - value);
      console.error(`seed ${seed}: ${name} ${candidate.value.toFixed(4)} in ${candidate.steps} steps`);
    }
  }
  report(mean(baselines), differences);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function report(value: number, differences: ReadonlyMap<string, readonly number[]>): void {
  const rows = [...differences].map(([name, found]) => ({ name, difference: mean(found), each: found }));
  const machine = `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}`;
  if (options.json) {
    console.log(JSON.stringify({ machine, budget: Number(options.budget), baseline: value, rows }));
    return;
  }
  const lines = rows.map(
    ({ name, difference, each }) =>
      `${name.padEnd(32)} ${difference >= 0 ? '+' : ''}${difference.toFixed(3)}   ${each.map((one) => one.toFixed(3)).join(' ')}`,
  );
  console.log(
    [
      `${options.budget} CPU-seconds a trial, ${options.seeds} seeds; ${machine}`,
      `baseline ${value.toFixed(4)} bits/byte; each alone, mean difference and that of each seed:`,
      ...lines,
    ].join('\n'),
  );
}
