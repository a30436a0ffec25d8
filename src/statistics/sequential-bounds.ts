import { turningPoint } from './bisection.ts';
import { normalLogCdf } from './distributions.ts';
import { logGamma, logLowerGamma } from './special-functions.ts';

/**
 * Boundaries that a sum of noise crosses at no time at all, but with chance `alpha`: Howard, Ramdas, McAuliffe and Sekhon,
 * Time-uniform, nonparametric, nonasymptotic confidence sequences (2021, arXiv 1810.08240), tested against the values of
 * their `confseq`. `sum` is the deviation so far, `time` its intrinsic time: the variance that has come together, above 0.
 * A mixture is the logarithm of a wealth that starts at 1 and grows only by luck while there is no deviation.
 */

/** How much a two-sided mixture is held back, so that its bound is near its narrowest at intrinsic time `time`. */
export function twoSidedHold(time: number, alpha: number): number {
  const surprise = 2 * Math.log(1 / alpha);
  return time / (surprise + Math.log1p(surprise));
}

/** As `twoSidedHold`, for a bound on one side. */
export function oneSidedHold(time: number, alpha: number): number {
  return twoSidedHold(time, 2 * alpha);
}

/** ln of the wealth of a normal mixture over deviations of either sign. */
export function logTwoSidedMixture(sum: number, time: number, hold: number): number {
  return (Math.log(hold / (time + hold)) + (sum * sum) / (time + hold)) / 2;
}

/** The deviation that is passed on neither side, at any time, but with chance `alpha`. */
export function twoSidedBound(time: number, alpha: number, hold: number): number {
  return Math.sqrt((time + hold) * (Math.log1p(time / hold) - 2 * Math.log(alpha)));
}

/** ln of the wealth of a normal mixture over positive deviations. */
export function logOneSidedMixture(sum: number, time: number, hold: number): number {
  const total = time + hold;
  const spread = (Math.log((4 * hold) / total) + (sum * sum) / total) / 2;
  return spread + normalLogCdf(sum / Math.sqrt(total));
}

/** The deviation upwards that is passed at no time but with chance `alpha`. */
export function oneSidedBound(time: number, alpha: number, hold: number): number {
  return crossing((sum) => logOneSidedMixture(sum, time, hold), alpha, time);
}

/**
 * ln of the wealth of a gamma mixture, for noise whose upper tail is as heavy as an exponential's of `scale`, above 0, in
 * the unit of the sum.
 */
export function logGammaExponentialMixture(sum: number, time: number, hold: number, scale: number): number {
  const square = scale * scale;
  const start = hold / square;
  const shape = (time + hold) / square;
  const moved = (scale * sum + time) / square;
  const constant = start * Math.log(start) - logGamma(start) - logLowerGamma(start, start);
  const place = moved + start;
  return constant + logGamma(shape) + logLowerGamma(shape, place) - shape * Math.log(place) + moved;
}

export function gammaExponentialBound(time: number, alpha: number, hold: number, scale: number): number {
  return crossing((sum) => logGammaExponentialMixture(sum, time, hold, scale), alpha, time);
}

/** Riemann's zeta at `EXPONENT`, by which the stitched bound spends its alpha over epochs that double. */
const EXPONENT = 1.4;
const ZETA_OF_EXPONENT = 3.105547277977581;
const EPOCH = 2;

/**
 * The bound of the law of the iterated logarithm, from intrinsic time `from` on; before it, that of `from`.
 *
 * @param scale how heavy the upper tail is, as in `logGammaExponentialMixture`; 0 for that of a normal
 */
export function stitchedBound(
  time: number,
  alpha: number,
  { from, scale }: { readonly from: number; readonly scale: number },
): number {
  const reached = Math.max(time, from);
  const epochs = Math.log(Math.log((EPOCH * reached) / from) / Math.log(EPOCH));
  const surprise = EXPONENT * epochs + Math.log(ZETA_OF_EXPONENT / alpha);
  const widening = (EPOCH ** 0.5 + EPOCH ** -0.5 + 2) / 2;
  const linear = ((Math.sqrt(EPOCH) + 1) / 2) * scale * surprise;
  return Math.sqrt(widening * reached * surprise + linear * linear) + linear;
}

/** The sum at which a wealth that grows with it reaches 1 / alpha. */
function crossing(logWealth: (sum: number) => number, alpha: number, start: number): number {
  const threshold = -Math.log(alpha);
  let high = start;
  while (logWealth(high) <= threshold) high *= 2;
  return turningPoint((sum) => logWealth(sum) > threshold, 0, high);
}
