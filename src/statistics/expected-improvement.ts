import { normalCdf } from './distributions.ts';

/** ln h(z) of the expected improvement sd h(z), and its derivative. */
export interface LogImprovement {
  readonly log: number;
  readonly slope: number;
}

const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;

/** Below, the two terms of h cancel; the continued fraction has settled to the last digits after so many levels there. */
const TAIL_FROM = -4;
const TAIL_LEVELS = 60;

/**
 * The logarithm of the expected improvement upon some value by a normal one (Ament and others, 2023, "Unexpected improvements
 * to expected improvement"), without its standard deviation as a factor: h(z) = density(z) + z Phi(z). It tells better from
 * worse where the improvement itself is below every double.
 *
 * @param z by how many standard deviations the mean is better; finite, from -1e150 on
 */
export function logImprovement(z: number): LogImprovement {
  if (z < TAIL_FROM) return tailOf(-z);
  const below = normalCdf(z);
  const improvement = Math.exp((-z * z) / 2 - HALF_LOG_TWO_PI) + z * below;
  return { log: Math.log(improvement), slope: below / improvement };
}

/**
 * Mills' ratio of tail to density is 1 / (x + c) with c = 1 / (x + 2 / (x + 3 / ...)) (DLMF 7.9.1). So h over the density,
 * which is 1 - x times that ratio, is c / (x + c), where nothing cancels, and the tail over h is 1 / c.
 *
 * @param x -z
 */
function tailOf(x: number): LogImprovement {
  let inverse = x;
  for (let level = TAIL_LEVELS; level >= 2; level--) inverse = x + level / inverse;
  return { log: (-x * x) / 2 - HALF_LOG_TWO_PI - Math.log(inverse * x + 1), slope: inverse };
}
