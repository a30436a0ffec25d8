/** Digits that a double can hold of a sum: what adds less is left out. */
const NEGLIGIBLE = 2 ** -53;
/** Continued fractions and series here end after about the square root of their largest parameter, in terms. */
const MOST_TERMS = 100_000;
/** In place of a zero denominator (Lentz's method): its reciprocal still fits a double. */
const TINY = 1e-300;

const STIRLING_FROM = 10;
/** B(2j) / (2j (2j - 1)) for Bernoulli's numbers B: Stirling's series (DLMF 5.11.1). */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400];

/** ln Gamma(x) minus Stirling's approximation of it, for x from `STIRLING_FROM` on. */
function stirlingRest(x: number): number {
  const square = x * x;
  let sum = 0;
  for (let index = STIRLING.length - 1; index >= 0; index--) sum = sum / square + STIRLING[index]!;
  return sum / x;
}

const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;

/** Natural logarithm of the gamma function, for x above 0; the error is below 1e-14, or that of the last digit. */
export function logGamma(x: number): number {
  let product = 1;
  let shifted = x;
  for (; shifted < STIRLING_FROM; shifted++) product *= shifted;
  const stirling = (shifted - 0.5) * Math.log(shifted) - shifted + HALF_LOG_TWO_PI + stirlingRest(shifted);
  return stirling - Math.log(product);
}

/**
 * Natural logarithm of the beta function, for a and b above 0. Large arguments meet as ratios: the difference of three
 * logarithms of gamma would lose all digits there.
 */
export function logBeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (large < STIRLING_FROM) return logGamma(small) + logGamma(large) - logGamma(small + large);
  const rest = stirlingRest(large) - stirlingRest(small + large);
  if (small < STIRLING_FROM) {
    const ratio = small - small * Math.log(small + large) - (large - 0.5) * Math.log1p(small / large);
    return logGamma(small) + ratio + rest;
  }
  const powers = (small - 0.5) * Math.log1p(large / small) + large * Math.log1p(small / large);
  return HALF_LOG_TWO_PI - 0.5 * Math.log(large) - powers + rest + stirlingRest(small);
}

/**
 * Natural logarithm of the regularised incomplete beta function I_x(a, b), for a and b above 0 and x from 0 to 1
 * (DLMF 8.17.22, by Lentz's method).
 *
 * @param y 1 - x, which the caller often knows to more digits than the subtraction would leave
 */
export function logIncompleteBeta(a: number, b: number, x: number, y = 1 - x): number {
  if (x <= 0) return Number.NEGATIVE_INFINITY;
  if (y <= 0) return 0;
  if (x <= (a + 1) / (a + b + 2)) return logBetaFraction(a, b, x, y);
  return Math.log1p(-Math.exp(logBetaFraction(b, a, y, x)));
}

function logBetaFraction(a: number, b: number, x: number, y: number): number {
  const logX = x < 0.5 ? Math.log(x) : Math.log1p(-y);
  const logY = y < 0.5 ? Math.log(y) : Math.log1p(-x);
  return a * logX + b * logY - logBeta(a, b) - Math.log(betaFraction(a, b, x, y));
}

/** The even part of DLMF 8.17.22, in terms of how far x is below the mean (Didonato and Morris, 1992, TOMS 708). */
function betaFraction(a: number, b: number, x: number, y: number): number {
  const below = a * y - b * x;
  let value = (a * (below + 1)) / (a + 1);
  let c = value;
  let d = 0;
  for (let n = 1; n <= MOST_TERMS; n++) {
    const at = a + 2 * n;
    const share = (n * (b - n) * x) / (at - 1);
    const numerator = ((a + n - 1) * (a + b + n - 1) * x * share) / (at - 1);
    const denominator = n + share + ((a + n) * (below + 1 + n * (1 + y))) / (at + 1);
    d = 1 / orTiny(denominator + numerator * d);
    c = orTiny(denominator + numerator / c);
    const step = c * d;
    value *= step;
    if (Math.abs(step - 1) <= NEGLIGIBLE) return value;
  }
  throw unsettled(`the incomplete beta function of ${a}, ${b} at ${x}`);
}

/**
 * Natural logarithm of the regularised lower incomplete gamma function P(a, x), for a above 0 and x from 0 on: its series
 * (DLMF 8.11.4) below a + 1, the continued fraction of its complement (DLMF 8.9.2) above.
 */
export function logLowerGamma(a: number, x: number): number {
  if (x <= 0) return Number.NEGATIVE_INFINITY;
  const logFactor = a * Math.log(x) - x - logGamma(a);
  if (x < a + 1) return logFactor + Math.log(lowerGammaSeries(a, x));
  return Math.log1p(-Math.exp(logFactor + Math.log(upperGammaFraction(a, x))));
}

function lowerGammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n <= MOST_TERMS; n++) {
    term *= x / (a + n);
    sum += term;
    if (term <= sum * NEGLIGIBLE) return sum;
  }
  throw unsettled(`the incomplete gamma function of ${a} at ${x}`);
}

function upperGammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let d = 1 / b;
  let c = 1 / TINY;
  let value = d;
  for (let n = 1; n <= MOST_TERMS; n++) {
    const numerator = n * (a - n);
    b += 2;
    d = 1 / orTiny(b + numerator * d);
    c = orTiny(b + numerator / c);
    const step = c * d;
    value *= step;
    if (Math.abs(step - 1) <= NEGLIGIBLE) return value;
  }
  throw unsettled(`the incomplete gamma function of ${a} at ${x}`);
}

function orTiny(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

function unsettled(what: string): RangeError {
  return new RangeError(`${what} did not settle within ${MOST_TERMS} terms: an argument is out of range`);
}
