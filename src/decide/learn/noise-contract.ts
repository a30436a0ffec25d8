import { deviationInterval } from '../../statistics/deviation-interval.ts';
import { studentQuantile } from '../../statistics/distributions.ts';
import { meanOf, pooled } from '../../statistics/noise.ts';

/** How far one commit scores apart under different seeds. Numbers in the metric's unit. */
export interface MeasuredNoise {
  /** Standard deviation of one trial, with an interval of 95%. */
  readonly sigma: number;
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  /** See `gainBeyondLuck`. */
  readonly tellable: { readonly inOne: number; readonly inFour: number };
}

/** What trials of one commit under different seeds say of a lab. */
export type NoiseContract =
  | ({ readonly kind: 'measured' } & MeasuredNoise)
  /** All alike, as the program declares. */
  | { readonly kind: 'deterministic'; readonly value: number }
  /** All alike, and the program does not declare it: the seed reaches nothing, and nothing is certified. */
  | { readonly kind: 'seed-not-controlled'; readonly value: number }
  /** Not alike, although the program declares it. */
  | ({ readonly kind: 'not-deterministic' } & MeasuredNoise);

/** @param values of the same commit, at least two, each under a seed of its own */
export function noiseContract(values: readonly number[], declared: 'deterministic' | 'noisy'): NoiseContract {
  const [value] = values;
  if (value === undefined || values.length < 2)
    throw new RangeError(`noise is told from two trials on, not ${values.length}`);
  if (values.every((other) => other === value)) {
    return { kind: declared === 'deterministic' ? 'deterministic' : 'seed-not-controlled', value };
  }
  const { variance, freedom } = pooled([values]);
  const sigma = Math.sqrt(variance);
  const { low, high } = deviationInterval(freedom);
  const tellable = { inOne: gainBeyondLuck(sigma, freedom, 1), inFour: gainBeyondLuck(sigma, freedom, 4) };
  const noise = { sigma, low: sigma * low, high: sigma * high, mean: meanOf(values), tellable };
  return { kind: declared === 'deterministic' ? 'not-deterministic' : 'measured', ...noise };
}

/** Luck alone shows a gain that is told from it in one comparison of twenty. */
const CONFIDENCE = 0.95;

/**
 * The smallest gain, as measured over so many pairs of a candidate's trial and its champion's, that is told from luck: changes
 * that do nothing show as much in one comparison of twenty (one-sided t, with what is not known of sigma). Trials of a pair
 * are taken for unrelated; where a seed brings both the same luck, smaller gains can be told.
 */
function gainBeyondLuck(sigma: number, freedom: number, pairs: number): number {
  return studentQuantile(CONFIDENCE, freedom) * sigma * Math.sqrt(2 / pairs);
}
