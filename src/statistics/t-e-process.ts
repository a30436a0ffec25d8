import { studentLogCdf } from './distributions.ts';
import { logOneSidedMixture } from './sequential-bounds.ts';

/** What is kept of the values of one arm. */
export interface Moments {
  readonly count: number;
  /** Any number while `count` is 0. */
  readonly mean: number;
  /** Sum of squared distances from the mean; 0 or more, in squares of the metric's unit. */
  readonly squares: number;
}

/** What repeats of equal code said of the noise before the comparison began. */
export interface HeadStart {
  /** Sum of squared distances from the mean of their group. */
  readonly squares: number;
  readonly freedom: number;
}

/** Candidate and champion on fresh seeds, larger values better, and what was known of the noise. */
export interface Comparison {
  readonly candidate: Moments;
  readonly champion: Moments;
  readonly headStart: HeadStart;
}

/** Repeats from before count as at most this many degrees of freedom: the comparison's own spread must be heard. */
const MOST_HEAD_START = 7;

/** Variance of the effects that evidence is sought for, in variances of the noise: the gain of a typical keep is 2 sigma. */
export const USUAL_SPREAD = 4;

const NO_MOMENTS: Moments = { count: 0, mean: 0, squares: 0 };

export function momentsOf(values: readonly number[]): Moments {
  return values.reduce(withValue, NO_MOMENTS);
}

/** Moments with one more value (Welford, 1962). */
function withValue({ count, mean, squares }: Moments, value: number): Moments {
  const distance = value - mean;
  const moved = mean + distance / (count + 1);
  return { count: count + 1, mean: moved, squares: squares + distance * (value - moved) };
}

/** What a statistic of t needs to know of a comparison. */
export interface Pooled {
  /** Candidate's mean minus the champion's. */
  readonly difference: number;
  /** Inverse variance of the difference, in inverse variances of one value; 0 while an arm is empty. */
  readonly weight: number;
  readonly squares: number;
  readonly freedom: number;
}

/** Squares of a head start above `MOST_HEAD_START` are scaled down to it. */
export function pool({ candidate, champion, headStart }: Comparison): Pooled {
  const n = candidate.count;
  const m = champion.count;
  const known = Math.min(headStart.freedom, MOST_HEAD_START);
  const knownSquares = headStart.freedom === 0 ? 0 : (headStart.squares * known) / headStart.freedom;
  const isEmpty = n === 0 || m === 0;
  return {
    difference: isEmpty ? 0 : candidate.mean - champion.mean,
    weight: isEmpty ? 0 : (n * m) / (n + m),
    squares: candidate.squares + champion.squares + knownSquares,
    freedom: n + m - 1 + known,
  };
}

/**
 * ln of the evidence against "the candidate is no better than the champion": an e-value at every moment, whenever one stops.
 * The chance that it ever exceeds ln(1000) without a gain is at most 1 in 1,000, for normal noise of whatever spread and
 * whatever common level. One-sided Gaussian mixture of t with the right Haar measure over sigma: Wang and Ramdas, Anytime-valid
 * t-tests (2023, arXiv 2310.03722), for two samples. It is an e-process in the filtration of what does not change with level
 * and scale, so two of them must not be multiplied along a path that chose between them by their values.
 */
export function logTEValue(comparison: Comparison, spread = USUAL_SPREAD): number {
  const { difference, weight, squares, freedom } = pool(comparison);
  const between = weight * difference * difference;
  if (squares + between === 0) return 0;
  const grown = 1 + weight * spread;
  const left = squares + between / grown;
  const gained = (between * weight * spread) / (grown * left);
  const t = difference * weight * Math.sqrt((freedom * spread) / (grown * left));
  return Math.LN2 - Math.log(grown) / 2 + (freedom / 2) * Math.log1p(gained) + studentLogCdf(t, freedom);
}

/** As `logTEValue` where the noise's standard deviation is known: its limit for many degrees of freedom. */
export function logNormalEValue(
  {
    difference,
    weight,
    deviation,
  }: { readonly difference: number; readonly weight: number; readonly deviation: number },
  spread = USUAL_SPREAD,
): number {
  return logOneSidedMixture((weight * difference) / deviation, weight, 1 / spread);
}
