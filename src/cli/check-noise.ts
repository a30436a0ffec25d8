import process from 'node:process';
import { type MeasuredNoise, type NoiseContract, noiseContract } from '../decide/learn/noise-contract.ts';
import { formatValue, withUnit } from '../lab/numbers.ts';
import type { Objective } from '../model/objective.ts';
import type { Program } from '../model/program.ts';
import { seedOf } from '../model/random.ts';
import { oneLine } from '../process/one-line.ts';
import type { CheckTrial, CheckTrials } from './check-trials.ts';
import { EXIT } from './exit.ts';
import { outcomeSentence } from './outcome.ts';
import { Problem } from './problem.ts';

/** One of the trials that tell the noise. */
interface NoiseTrial {
  readonly seed: number;
  /** In the metric's unit. */
  readonly value: number;
}

/** What `check --noise` found. */
export interface NoiseFinding {
  /** By seed, in the engine's order. */
  readonly trials: readonly NoiseTrial[];
  readonly contract: NoiseContract;
  /** What the baseline scored before under the seed of one of these trials; absent where it ran under another one. */
  readonly repeated?: { readonly seed: number; readonly before: number; readonly value: number };
}

/**
 * Runs the baseline `count` times, each under another seed of the engine's, as many at a time as a study would.
 * @throws Problem where one of them yields no measurement
 */
export async function findNoise(
  runs: CheckTrials,
  program: Program,
  options: {
    readonly count: number;
    readonly slots: number;
    readonly baseline: { readonly seed: number; readonly value: number };
    readonly signal: AbortSignal;
    readonly onTrial: (done: number, trial: NoiseTrial) => void;
  },
): Promise<NoiseFinding> {
  const { count, slots, baseline, signal } = options;
  const trials: NoiseTrial[] = [];
  let next = 0;
  let done = 0;
  const measure = async (index: number, slot: number) => {
    const seed = seedOf(0, index);
    // The baseline itself was trial 1.
    const ran = await runs.run({ trial: index + 2, seed, slot, purpose: 'noise' });
    signal.throwIfAborted();
    const trial = { seed, value: measuredUnder(seed, ran) };
    trials[index] = trial;
    done += 1;
    options.onTrial(done, trial);
  };
  const work = async (slot: number) => {
    try {
      while (next < count) await measure(next++, slot);
    } finally {
      // Where one trial fails no other is begun.
      next = count;
    }
  };
  const workers = await Promise.allSettled(
    Array.from({ length: Math.min(slots, count) }, (_, slot) => work(slot)),
  );
  for (const worker of workers) if (worker.status === 'rejected') throw worker.reason;
  const again = trials.find(({ seed }) => seed === baseline.seed);
  return {
    trials,
    contract: noiseContract(
      trials.map(({ value }) => value),
      program.deterministic ? 'deterministic' : 'noisy',
    ),
    ...(again && { repeated: { ...again, before: baseline.value } }),
  };
}

/** @throws Problem that names the seed */
function measuredUnder(seed: number, { outcome }: CheckTrial): number {
  if (outcome.kind === 'completed') return outcome.measurement.value;
  if (outcome.kind === 'fault') throw new Problem(outcome.reason, EXIT.fault);
  throw new Problem(
    `under seed ${seed} the baseline yields no measurement: ${outcomeSentence(outcome)}; ` +
      `"ratchet check --seed ${seed}" shows more`,
  );
}

/** What a lab's noise is, in lines for people. */
export function noiseLines({ trials, contract, repeated }: NoiseFinding, objective: Objective): string[] {
  const count = trials.length;
  switch (contract.kind) {
    case 'deterministic':
      return [
        `deterministic, as declared: ${count} trials under different seeds all scored ${contract.value}`,
      ];
    case 'seed-not-controlled':
      return [
        `seed not controlled: nothing will be certified, since ${count} trials under different seeds all scored ${contract.value}`,
        '  read RATCHET_SEED wherever the run draws by lot;',
        '  or declare `deterministic: true`, if equal commits score equally whatever the seed',
      ];
    case 'measured':
    case 'not-deterministic':
      return [
        `noise of ${oneLine(objective.name)}, over ${count} trials of the baseline under different seeds:`,
        ...spreadLines(contract, count, objective),
        `  ${seedText(repeated, contract.sigma, objective)}`,
        '  these trials belong to no study: a study learns its noise from its own, while it works',
      ];
    default:
      return contract satisfies never;
  }
}

function spreadLines(
  { sigma, low, high, mean, tellable }: MeasuredNoise,
  count: number,
  { unit }: Objective,
) {
  const digits = digitsFor(sigma);
  const show = (value: number) => withUnit(formatValue(value, digits), oneLine(unit));
  const factors = `${(low / sigma).toFixed(2)} to ${(high / sigma).toFixed(2)}`;
  return [
    `  sigma: ${show(sigma)}; the true one lies from ${show(low)} to ${show(high)} (95%: ${count} trials leave a factor ${factors})`,
    `  mean: ${show(mean)}`,
    `  told from luck: a gain from ${show(tellable.inOne)} on in one pair of trials, from ${show(tellable.inFour)} on in four`,
    '    (changes that do nothing show as much in one comparison of twenty; common seeds may tell less)',
  ];
}

/** Whether the seed is what the values differ by. */
function seedText(repeated: NoiseFinding['repeated'], sigma: number, { unit }: Objective): string {
  if (repeated === undefined) return 'seed: other seeds, other values';
  const { seed, before, value } = repeated;
  if (value === before)
    return `seed: it reaches the lab, since other seeds score otherwise and ${seed} the same twice`;
  const apart = withUnit(formatValue(Math.abs(value - before), digitsFor(sigma)), oneLine(unit));
  return `seed: ${seed} scored ${apart} apart when run twice, so not all of the noise comes from the seed`;
}

/** Three digits of sigma. */
function digitsFor(sigma: number): number {
  return Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(sigma))));
}

/** @throws Problem where the program declares what is not so */
export function requireDeclared({ contract }: NoiseFinding): void {
  if (contract.kind !== 'not-deterministic') return;
  throw new Problem(
    'program.md declares `deterministic: true`, and equal commits do not score equally: ' +
      'remove it, or find what differs from run to run',
  );
}

/** A line for each trial, so that nobody waits in the dark. */
export function printProgress(count: number): (done: number, trial: NoiseTrial) => void {
  return (done, { seed, value }) => {
    process.stderr.write(`noise, trial ${done} of ${count}: ${value} (seed ${seed})\n`);
  };
}
