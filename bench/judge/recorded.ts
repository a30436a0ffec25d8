import { squaresOf } from '../../src/statistics/noise.ts';
import { type Claim, type Policy, plainScreen, type Stop } from './policy.ts';
import type { World } from './world.ts';

/** What a rule that trusts recorded values looks at: one trial of the candidate, and what is on record. */
interface Record {
  readonly value: number;
  /** The champion's recorded value: that of the very trial which made it champion. */
  readonly best: number;
  readonly baseline: number;
  /** Every completed value so far, this one included. */
  readonly all: readonly number[];
}

/** Keeps whatever beats the champion's recorded value, however little. */
export function greedy(stop: Stop): Policy {
  return (world) => playOnRecord(world, stop, ({ value, best }) => value > best);
}

const CONFIDENT = 2;

/** Keeps what beats the record while its lead over the baseline is twice the median absolute deviation of all results. */
export function confident(stop: Stop): Policy {
  return (world) =>
    playOnRecord(world, stop, ({ value, best, baseline, all }) => {
      if (value <= best) return false;
      const middle = medianOf(all);
      const deviation = medianOf(all.map((other) => Math.abs(other - middle)));
      return Math.abs(value - baseline) >= CONFIDENT * deviation;
    });
}

const EQUAL_TRIALS = 8;

/** Keeps what beats the record by two standard deviations, as eight trials of the baseline show them. */
export function twoSigma(stop: Stop): Policy {
  return (world) => {
    const values = Array.from({ length: EQUAL_TRIALS - 1 }, () => world.complete(0, 0).sample.value);
    const sigma = Math.sqrt(squaresOf(values) / (values.length - 1));
    return playOnRecord(world, stop, ({ value, best }) => value - best >= 2 * sigma);
  };
}

function playOnRecord(world: World, stop: Stop, keeps: (record: Record) => boolean): Claim {
  const first = world.complete(world.champion, 0);
  const baseline = first.sample.value;
  const all = [baseline];
  let best = baseline;
  let { curve } = first;
  const screen = stop === 'none' ? undefined : plainScreen(world, (checkpoint) => curve[checkpoint]!);
  while (!world.isOver) {
    const idea = world.propose();
    if (idea.crashes) {
      world.crash();
      continue;
    }
    const run = world.run(world.champion + idea.effect, 0, screen);
    if (run.kind === 'stopped') continue;
    const { value } = run.sample;
    all.push(value);
    if (!keeps({ value, best, baseline, all })) continue;
    world.keep(idea);
    best = value;
    curve = run.curve;
  }
  return { value: best, certified: [] };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}
