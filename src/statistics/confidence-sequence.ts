import { type Comparison, pool, USUAL_SPREAD } from './t-e-process.ts';

/** In the metric's unit; either end may be infinite. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Gains of the candidate that the values leave possible, however often one looks: the true gain is outside at any time with
 * chance `alpha` at most, in normal noise of whatever spread. The two-sided mixture of t over gains with the right Haar measure
 * over sigma (Wang and Ramdas, 2023, arXiv 2310.03722), solved for the gains whose evidence stays below 1 / alpha. Its mixture
 * is that of `logTEValue`: where evidence for a gain is above 2 / alpha, the interval lies above zero.
 */
export function differenceInterval(comparison: Comparison, alpha: number, spread = USUAL_SPREAD): Interval {
  const { difference, weight, squares, freedom } = pool(comparison);
  const grown = 1 + weight * spread;
  // How many times the squares with the gain may exceed those without it.
  const excess = Math.expm1((Math.log(grown) - 2 * Math.log(alpha)) / freedom);
  const room = weight * spread - excess;
  if (weight === 0 || room <= 0) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const reach = Math.sqrt((squares * excess * grown) / (weight * room));
  return { low: difference - reach, high: difference + reach };
}
