import { normalCdf } from '../../statistics/distributions.ts';
import { type Belief, believe, type EffectPrior } from '../../statistics/effects.ts';
import type { Noise } from '../../statistics/noise.ts';

/** Degrees of freedom of the noise before a gain is told from it: six trials of the champion, among the first proposals. */
export const LEAST_FREEDOM = 5;
/** A change is kept if the chance that it is only luck is at most this, and its expected gain positive. */
export const MOST_LUCK = 0.1;
/** Trials of one candidate, at most: what a gain gets that is near half a standard deviation, where slots earn little elsewhere. */
export const MOST_TRIALS = 12;
/** Trials of one candidate, at most, to tell whether a guard holds, or whether what is simpler is as good. */
export const SETTLING_TRIALS = 6;

/** How well a candidate with some trials is known. Squares of the metric's unit. */
export interface Precision {
  /** Variance that each trial of the candidate has of its own. */
  readonly own: number;
  /** Variance that its comparison keeps, however many trials it has: that of the champion's own value. */
  readonly left: number;
  readonly freedom: number;
}

/** How well a candidate will be known against a champion of so many trials. */
export function precisionOf(noise: Noise, champions: number): Precision {
  const { variance, correlation, freedom, likeness } = noise;
  return {
    own: variance * (1 - correlation ** 2),
    left: (variance * (1 - correlation) ** 2) / champions,
    freedom: Math.max(1, Math.min(freedom, likeness)),
  };
}

/** Standard error of a gain after `trials` trials. */
export function errorAfter({ own, left }: Precision, trials: number): number {
  return Math.sqrt(own / trials + left);
}

export function isKeep(belief: Belief): boolean {
  return belief.luck <= MOST_LUCK && belief.mean > 0;
}

/** Thresholds by prior; the error and the degrees of freedom are rounded, since only the worth of trials hangs on them. */
const thresholds = new WeakMap<EffectPrior, Map<string, number>>();

/** The gain from which on an estimate with this error would be a keep; Infinity where none would. */
export function keepThreshold(prior: EffectPrior, error: number, freedom: number): number {
  // Without noise every gain is what it seems; with one that no number holds, none is.
  if (error === 0) return 0;
  if (!Number.isFinite(error)) return Number.POSITIVE_INFINITY;
  const known = thresholds.get(prior) ?? new Map<string, number>();
  thresholds.set(prior, known);
  const rounded = 2 ** (Math.round(Math.log2(error) * 8) / 8);
  const free = freedom < 20 ? Math.round(freedom) : freedom < 60 ? 40 : Number.POSITIVE_INFINITY;
  const key = `${rounded}/${free}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const keeps = (gain: number) =>
    isKeep(believe(prior, { gain, error: rounded, freedom: Math.max(1, free) }));
  const threshold = lowestKeep(keeps, prior, rounded);
  known.set(key, threshold);
  return threshold;
}

/** In standard errors beyond the largest effect: with few degrees of freedom luck reaches far. */
const FURTHEST = 30;

function lowestKeep(keeps: (gain: number) => boolean, prior: EffectPrior, error: number): number {
  const furthest = prior.effects.at(-1)! + FURTHEST * error;
  let low = 0;
  let high = error / 2;
  while (!keeps(high)) {
    low = high;
    high *= 1.25;
    if (high > furthest) return Number.POSITIVE_INFINITY;
  }
  for (let turn = 0; turn < 12; turn++) {
    const middle = (low + high) / 2;
    if (keeps(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * What a slot can expect to earn by trying again what was stopped early: what keeping it after so many trials is expected to be worth,
 * per trial, for the best number of them (the knowledge gradient with a look ahead; Frazier and Powell, 2010).
 *
 * @param scale an effect that matters, in the metric's unit: see `worthOfGain`
 */
export function worthOfTrials(
  prior: EffectPrior,
  { shares }: Belief,
  { own, left, freedom }: Precision,
  scale: number,
): number {
  let best = 0;
  for (let trials = 1; trials <= MOST_TRIALS; trials++) {
    const error = Math.sqrt(own / trials + left);
    const threshold = keepThreshold(prior, error, freedom + trials - 1);
    if (threshold === Number.POSITIVE_INFINITY) continue;
    let value = 0;
    for (const [index, effect] of prior.effects.entries()) {
      if (shares[index]! < LEAST_SHARE) continue;
      const isKept = error > 0 ? normalCdf((effect - threshold) / error) : Number(effect >= threshold);
      value += shares[index]! * isKept * worthOfGain(effect, scale);
    }
    best = Math.max(best, value / trials);
  }
  return best;
}

const LEAST_SHARE = 1e-9;

/**
 * What a gain is worth to the search for more: itself while it is small, and its logarithm beyond what matters. The largest gains of
 * a study are found once; were they worth all that they are, whatever is not as large would be dropped for another one
 * that there may not be. Harms count as they are.
 *
 * @param scale an effect that matters, above 0; in the unit of the gain and of its worth
 */
export function worthOfGain(gain: number, scale: number): number {
  return gain > 0 ? scale * Math.log1p(gain / scale) : gain;
}
