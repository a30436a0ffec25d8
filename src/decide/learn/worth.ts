import { normalCdf } from '../../statistics/distributions.ts';
import { type Belief, beliefOf, believe, type EffectPrior } from '../../statistics/effects.ts';
import type { Noise } from '../../statistics/noise.ts';

/** A change is kept if the chance that it is only luck is at most this, and its expected gain positive. */
export const MOST_LUCK = 0.1;
/** Trials of one candidate, at most: what is not clear by then is not worth more. */
export const MOST_TRIALS = 6;

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
 * What a slot can expect to earn by taking a candidate further: the gain that is expected from keeping it after so many more
 * trials, per trial, for the best number of them (the knowledge gradient with a look ahead; Frazier and Powell, 2010).
 */
export function worthOfTrials(
  prior: EffectPrior,
  known: { readonly belief: Belief; readonly gain: number; readonly trials: number } | undefined,
  precision: Precision,
): number {
  const { own, left, freedom } = precision;
  const shares = (known?.belief ?? beliefOf(prior)).shares;
  const before = known?.trials ?? 0;
  let best = 0;
  for (let more = 1; before + more <= MOST_TRIALS; more++) {
    const trials = before + more;
    const threshold = keepThreshold(prior, errorAfter(precision, trials), freedom + trials - 1);
    if (threshold === Number.POSITIVE_INFINITY) continue;
    // What the new trials alone must show, so that all together reach the threshold.
    const needed = (trials * threshold - before * (known?.gain ?? 0)) / more;
    const value = expectedGain(prior, shares, (effect) => effect - needed, Math.sqrt(own / more + left));
    best = Math.max(best, value / more);
  }
  return best;
}

/** Of each effect, its share times itself times the chance that it is kept: `lead` over the threshold, give or take. */
function expectedGain(
  { effects }: EffectPrior,
  shares: readonly number[],
  lead: (effect: number) => number,
  deviation: number,
): number {
  let sum = 0;
  for (const [index, effect] of effects.entries()) {
    const share = shares[index]!;
    if (share < 1e-9) continue;
    const chance = deviation > 0 ? normalCdf(lead(effect) / deviation) : lead(effect) >= 0 ? 1 : 0;
    sum += share * effect * chance;
  }
  return Math.max(0, sum);
}
