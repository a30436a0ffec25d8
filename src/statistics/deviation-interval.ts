import { turningPoint } from './bisection.ts';
import { logLowerGamma } from './special-functions.ts';

/** Between which factors of an estimated standard deviation the true one lies. */
export interface DeviationInterval {
  readonly low: number;
  readonly high: number;
}

/**
 * The exact interval for normal noise, by the chi-square distribution: eight repeats, of 7 degrees of freedom, leave a standard
 * deviation uncertain by a factor of 0.66 to 2.04.
 *
 * @param freedom above 0
 * @param confidence above 0 and below 1
 */
export function deviationInterval(freedom: number, confidence = 0.95): DeviationInterval {
  const tail = (1 - confidence) / 2;
  return {
    low: Math.sqrt(freedom / chiSquareQuantile(1 - tail, freedom)),
    high: Math.sqrt(freedom / chiSquareQuantile(tail, freedom)),
  };
}

function chiSquareQuantile(p: number, freedom: number): number {
  const isBeyond = (x: number) => logLowerGamma(freedom / 2, x / 2) >= Math.log(p);
  let high = freedom + 1;
  while (!isBeyond(high)) high *= 2;
  return turningPoint(isBeyond, 0, high);
}
