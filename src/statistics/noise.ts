import type { Estimate } from './effects.ts';

/** One measured value and the seed that it came about under. */
export interface Sample {
  readonly seed: number;
  readonly value: number;
}

/** How far equal code scores apart in one study. */
export interface Noise {
  /** Of one value under a random seed, in squares of the metric's unit; 0 or more. */
  readonly variance: number;
  /** Degrees of freedom that it was learned from; 0 where nothing is known yet. */
  readonly freedom: number;
  /** Share of the variance that two commits have in common under one seed: 0 to `MOST_CORRELATION`. */
  readonly correlation: number;
  /**
   * How alike the noise of different changes is, in degrees of freedom: a change's own spread counts against the study's as
   * its own degrees of freedom count against these (limma's d0; Smyth, 2004).
   */
  readonly likeness: number;
}

/** Pairs are never trusted beyond this: what they have not in common is at least a tenth of the noise. */
const MOST_CORRELATION = 0.9;
/** Before pairs were seen they are taken for unrelated, with the weight of this many degrees of freedom. */
const UNRELATED = 4;

export interface Spread {
  readonly variance: number;
  readonly freedom: number;
}

/** The common variance of groups that each have a mean of their own. */
export function pooled(groups: readonly (readonly number[])[]): Spread {
  let squares = 0;
  let freedom = 0;
  for (const group of groups) {
    if (group.length < 2) continue;
    squares += squaresOf(group);
    freedom += group.length - 1;
  }
  return { variance: freedom === 0 ? 0 : squares / freedom, freedom };
}

/** The sum of squared distances from the mean. */
export function squaresOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Candidate minus champion under each seed that both were run with, in the candidate's order. */
export function pairedDifferences(candidate: readonly Sample[], champion: readonly Sample[]): number[] {
  const bySeed = new Map(champion.map(({ seed, value }) => [seed, value]));
  return candidate.flatMap(({ seed, value }) => {
    const other = bySeed.get(seed);
    return other === undefined ? [] : value - other;
  });
}

/**
 * @param repeats values of one commit each, under different seeds
 * @param pairs paired differences of one change each
 */
export function learnNoise(
  repeats: readonly (readonly number[])[],
  pairs: readonly (readonly number[])[],
): Noise {
  const { variance, freedom } = pooled(repeats);
  const paired = pooled(pairs);
  const unrelated = 2 * variance;
  const difference =
    (UNRELATED * unrelated + paired.freedom * paired.variance) / (UNRELATED + paired.freedom);
  const shared = unrelated > 0 ? 1 - difference / unrelated : 0;
  const correlation = Math.min(MOST_CORRELATION, Math.max(0, shared));
  return { variance, freedom, correlation, likeness: likenessOf(pairs) };
}

const LIKENESSES = [2, 4, 8, 16, 32, 64, 128] as const;
/** Without evidence changes are taken to differ somewhat, with the weight of a few of them. */
const USUAL_LIKENESS = 16;
const USUAL_WEIGHT = 0.5;

/** The likeness under which the spreads of the pairs are most probable: their ratios follow an F distribution. */
function likenessOf(pairs: readonly (readonly number[])[]): number {
  const groups = pairs.filter((group) => group.length >= 2);
  const { variance } = pooled(groups);
  let best: { likeness: number; log: number } = { likeness: USUAL_LIKENESS, log: Number.NEGATIVE_INFINITY };
  if (groups.length < 2 || variance === 0) return USUAL_LIKENESS;
  for (const likeness of LIKENESSES) {
    let log = -USUAL_WEIGHT * Math.abs(Math.log2(likeness / USUAL_LIKENESS));
    for (const group of groups) {
      const freedom = group.length - 1;
      log += logRatioDensity(squaresOf(group) / freedom / variance, freedom, likeness);
    }
    if (log > best.log) best = { likeness, log };
  }
  return best.likeness;
}

/** Logarithm of the F density, without the terms that do not depend on `likeness`. */
function logRatioDensity(ratio: number, freedom: number, likeness: number): number {
  return (
    logGammaOfHalf(freedom + likeness) -
    logGammaOfHalf(likeness) -
    (freedom / 2) * Math.log(likeness) -
    ((freedom + likeness) / 2) * Math.log1p((freedom * ratio) / likeness)
  );
}

/** ln Gamma(n / 2), up to a constant for odd n. */
function logGammaOfHalf(n: number): number {
  let log = 0;
  for (let k = n / 2 - 1; k > 0; k--) log += Math.log(k);
  return log;
}

/**
 * The gain of a candidate over the champion, both given so that larger is better. The champion's value under a shared seed is
 * a control variate, with the study's correlation as its weight; where a change's own pairs lie closer together than that
 * explains, as a small change's do, the plain differences are taken. Undefined while nothing is known of the noise, or one
 * side has no sample.
 */
export function estimateGain(
  candidate: readonly Sample[],
  champion: readonly Sample[],
  noise: Noise,
): Estimate | undefined {
  if (candidate.length === 0 || champion.length === 0 || noise.freedom === 0) return undefined;
  const controlled = withControl(candidate, champion, noise);
  const paired = byPairs(pairedDifferences(candidate, champion), noise);
  return paired !== undefined && paired.error < controlled.error ? paired : controlled;
}

function withControl(candidate: readonly Sample[], champion: readonly Sample[], noise: Noise): Estimate {
  const { variance, correlation } = noise;
  const usual = meanOf(champion.map(({ value }) => value));
  const bySeed = new Map(champion.map(({ seed, value }) => [seed, value]));
  let shared = 0;
  const adjusted = candidate.map(({ seed, value }) => {
    const other = bySeed.get(seed);
    if (other === undefined) return value;
    shared += 1;
    return value - correlation * (other - usual);
  });
  const n = candidate.length;
  const own = (shared * (1 - correlation ** 2) + (n - shared)) / n;
  const left = (1 - (correlation * shared) / n) ** 2 / champion.length;
  const spread = moderated(squaresOf(adjusted), n - 1, own * variance, noise);
  return {
    gain: meanOf(adjusted) - usual,
    error: Math.sqrt(spread.variance / n + left * variance),
    freedom: spread.freedom,
  };
}

function byPairs(differences: readonly number[], noise: Noise): Estimate | undefined {
  const n = differences.length;
  if (n < 2) return undefined;
  const usual = 2 * noise.variance * (1 - noise.correlation);
  const spread = moderated(squaresOf(differences), n - 1, usual, noise);
  return { gain: meanOf(differences), error: Math.sqrt(spread.variance / n), freedom: spread.freedom };
}

/** A change's own spread, shrunk to what is usual in the study. */
function moderated(squares: number, freedom: number, usual: number, noise: Noise): Spread {
  const weight = Math.min(noise.freedom, noise.likeness);
  return { variance: (weight * usual + squares) / (weight + freedom), freedom: weight + freedom };
}
