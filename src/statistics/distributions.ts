import { logBeta, logIncompleteBeta } from './special-functions.ts';

/**
 * Normal and Student t, as decisions on evidence need them: far tails to full precision, and logarithms where a tail leaves
 * the range of a double. An upper tail is the lower one of the negated argument, which loses nothing.
 */

const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;

/** W. J. Cody, Rational Chebyshev approximations for the error function (1969), in his form for the normal (SPECFUN ANORM). */
const NEAR = {
  up: [0.06568233791820745, 2.2352520354606837, 161.02823106855587, 1067.6894854603709, 18154.98125334356],
  down: [1, 47.202581904688245, 976.0985517377767, 10260.932208618979, 45507.78933502673],
};
const MIDDLE = {
  up: [
    1.0765576773720192e-8, 0.39894151208813466, 8.883149794388377, 93.50665613217785, 597.2702763948002,
    2494.5375852903726, 6848.190450536283, 11602.65143764735, 9842.714838383978,
  ],
  down: [
    1, 22.266688044328117, 235.387901782625, 1519.3775994075547, 6485.558298266761, 18615.571640885097,
    34900.95272114598, 38912.00328609327, 19685.429676859992,
  ],
};
const FAR = {
  up: [
    0.023073441764940174, 0.215898534057957, 0.12740116116024736, 0.022235277870649807, 0.0014216191932278934,
    2.9112874951168793e-5,
  ],
  down: [
    1, 1.284260096144911, 0.4682382124808651, 0.06598813786892856, 0.0037823963320275824,
    7.297515550839662e-5,
  ],
};
/** Where the approximations meet: the quartiles, and the square root of 32. */
const NEAR_TO = 0.67448975;
const MIDDLE_TO = Math.sqrt(32);

function ratio({ up, down }: typeof NEAR, x: number): number {
  let above = 0;
  let below = 0;
  for (let index = 0; index < up.length; index++) {
    above = above * x + up[index]!;
    below = below * x + down[index]!;
  }
  return above / below;
}

/** The tail beyond `z`, over exp(-z^2 / 2); for z from `NEAR_TO` on. */
function tailRatio(z: number): number {
  if (z <= MIDDLE_TO) return ratio(MIDDLE, z);
  const inverse = 1 / (z * z);
  return (INVERSE_ROOT_TWO_PI - inverse * ratio(FAR, inverse)) / z;
}
const INVERSE_ROOT_TWO_PI = 1 / Math.sqrt(2 * Math.PI);

/** From here on exp(-z^2 / 2) is below the smallest double. */
const NO_DOUBLE_LEFT = 39;

/** exp(-z^2 / 2), with the square split in two so that its rounding does not become the tail's. */
function bell(z: number): number {
  if (z > NO_DOUBLE_LEFT) return 0;
  const coarse = Math.trunc(z * 16) / 16;
  return Math.exp((-coarse * coarse) / 2) * Math.exp((-(z - coarse) * (z + coarse)) / 2);
}

/** Chance that a standard normal is at most `z`; relative error below 1e-14 down to 1e-300. The tail above z: `normalCdf(-z)`. */
export function normalCdf(z: number): number {
  const distance = Math.abs(z);
  if (distance <= NEAR_TO) return 0.5 + z * ratio(NEAR, z * z);
  const tail = bell(distance) * tailRatio(distance);
  return z < 0 ? tail : 1 - tail;
}

/** ln of `normalCdf`, for every finite z. */
export function normalLogCdf(z: number): number {
  if (z > NEAR_TO) return Math.log1p(-normalCdf(-z));
  if (z >= -NEAR_TO) return Math.log(normalCdf(z));
  return (-z * z) / 2 + Math.log(tailRatio(-z));
}

function normalLogDensity(z: number): number {
  return (-z * z) / 2 - HALF_LOG_TWO_PI;
}

/** The z that a standard normal stays below with chance `p`, above 0 and below 1. */
export function normalQuantile(p: number): number {
  return quantile(p, { logCdf: normalLogCdf, logDensity: normalLogDensity });
}

/**
 * Chance that Student's t is at most `t`. The tail above t: `studentCdf(-t, freedom)`.
 *
 * @param freedom degrees of freedom, above 0, whole or not; Infinity is the normal
 */
export function studentCdf(t: number, freedom: number): number {
  return Math.exp(studentLogCdf(t, freedom));
}

/** ln of `studentCdf`; its absolute error is below 1e-13 wherever `studentCdf` is above 1e-200. */
export function studentLogCdf(t: number, freedom: number): number {
  if (freedom === Number.POSITIVE_INFINITY) return normalLogCdf(t);
  const square = (t * t) / freedom;
  const tail = logIncompleteBeta(freedom / 2, 0.5, 1 / (1 + square), square / (1 + square)) - Math.LN2;
  return t <= 0 ? tail : Math.log1p(-Math.exp(tail));
}

export function studentLogDensity(t: number, freedom: number): number {
  if (freedom === Number.POSITIVE_INFINITY) return normalLogDensity(t);
  const scale = logBeta(freedom / 2, 0.5) + Math.log(freedom) / 2;
  return (-(freedom + 1) / 2) * Math.log1p((t * t) / freedom) - scale;
}

/** The t that Student's t stays below with chance `p`, above 0 and below 1. */
export function studentQuantile(p: number, freedom: number): number {
  return quantile(p, {
    logCdf: (t) => studentLogCdf(t, freedom),
    logDensity: (t) => studentLogDensity(t, freedom),
  });
}

/** Some distribution that is symmetric about 0. */
interface Symmetric {
  readonly logCdf: (x: number) => number;
  readonly logDensity: (x: number) => number;
}

/** More rounds than bisection alone would need, from one end of the doubles to the other. */
const MOST_ROUNDS = 2200;

/** Newton's method on the logarithm of the lower tail, kept inside a bracket that every round narrows. */
function quantile(p: number, { logCdf, logDensity }: Symmetric): number {
  if (!(p > 0 && p < 1))
    throw new RangeError(`a quantile is asked at ${p}: give a chance above 0 and below 1`);
  if (p === 0.5) return 0;
  if (p > 0.5) return -quantile(1 - p, { logCdf, logDensity });
  const goal = Math.log(p);
  let low = -1;
  while (logCdf(low) > goal) low *= 2;
  let high = 0;
  let x = low;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const value = logCdf(x);
    if (value < goal) low = x;
    else high = x;
    const step = (goal - value) * Math.exp(value - logDensity(x));
    const next = x + step;
    // Newton's error is squared by each step: after this one nothing is left of it.
    if (Math.abs(step) <= 1e-9 * Math.abs(x)) return next;
    x = next > low && next < high ? next : (low + high) / 2;
  }
  throw new RangeError(`the quantile at ${p} was not found: the distribution is out of range`);
}
