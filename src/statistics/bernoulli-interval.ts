import { turningPoint } from './bisection.ts';
import { twoSidedHold } from './sequential-bounds.ts';
import { logBeta } from './special-functions.ts';

/** The smallest and the largest value of noise with mean 0: from `-below` to `above`, both above 0, in the sum's unit. */
export interface NoiseRange {
  readonly below: number;
  readonly above: number;
}

/**
 * ln of the wealth of a beta-binomial mixture over deviations of either sign (Howard et al. 2021, arXiv 1810.08240). The words
 * are those of `sequential-bounds.ts`; `sum` is at most time / below.
 */
export function logBetaBinomialMixture(sum: number, time: number, hold: number, range: NoiseRange): number {
  const { below, above } = range;
  const width = below + above;
  // The range holds back a part by itself, and something must be left for the mixture.
  const held = Math.max(hold - below * above, 1e-3 * below * above);
  const downs = (time - below * sum) / (below * width);
  const ups = (time + above * sum) / (above * width);
  const priorDowns = held / (below * width);
  const priorUps = held / (above * width);
  const likelihood =
    (time / (below * above)) * Math.log(width) - ups * Math.log(below) - downs * Math.log(above);
  return likelihood + logBeta(priorDowns + downs, priorUps + ups) - logBeta(priorDowns, priorUps);
}

/** The deviation upwards that is passed at no time but with chance `alpha`, where deviations of both signs are watched. */
export function betaBinomialBound(time: number, alpha: number, hold: number, range: NoiseRange): number {
  const threshold = -Math.log(alpha);
  const isBeyond = (sum: number) => logBetaBinomialMixture(sum, time, hold, range) > threshold;
  const furthest = time / range.below;
  return isBeyond(furthest) ? turningPoint(isBeyond, 0, furthest) : furthest;
}

/**
 * Chances that `successes` of `trials` leave possible, however often one looks: the true one is outside at any time with
 * chance `alpha` at most.
 *
 * @param narrowestAt the number of trials at which the interval is to be near its narrowest, above 0
 */
export function bernoulliInterval(
  { successes, trials }: { readonly successes: number; readonly trials: number },
  alpha: number,
  narrowestAt: number,
): { readonly low: number; readonly high: number } {
  if (trials === 0) return { low: 0, high: 1 };
  const threshold = -Math.log(alpha);
  const share = successes / trials;
  const isPossible = (chance: number) => {
    const variance = chance * (1 - chance);
    const hold = twoSidedHold(variance * narrowestAt, alpha);
    const range = { below: chance, above: 1 - chance };
    return logBetaBinomialMixture((share - chance) * trials, variance * trials, hold, range) <= threshold;
  };
  return {
    low: successes === 0 ? 0 : turningPoint(isPossible, 0, share),
    high: successes === trials ? 1 : turningPoint((chance) => !isPossible(chance), share, 1),
  };
}
