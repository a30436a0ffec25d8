/**
 * Matérn's correlation of smoothness 5/2 (Rasmussen and Williams, 2006, eq. 4.17): functions that it describes have two
 * derivatives, as most things that are measured do.
 */

const ROOT_FIVE = Math.sqrt(5);

/**
 * @param squares squared distances in units of the length scales, 0 or more
 * @param correlations receives one correlation a distance, from 1 down to 0
 * @param slopes receives their derivatives by the squared distance, which stay finite at distance 0
 */
export function fillMatern(squares: Float64Array, correlations: Float64Array, slopes: Float64Array): void {
  for (let index = 0; index < squares.length; index++) {
    const distance = ROOT_FIVE * Math.sqrt(squares[index]!);
    const decay = Math.exp(-distance);
    const linear = (1 + distance) * decay;
    correlations[index] = linear + (distance * distance * decay) / 3;
    slopes[index] = (-5 / 6) * linear;
  }
}

/** How far two values of one coordinate are apart, squared; between choices there is no more and less. */
export function squaredDifference(one: number, other: number, isChoice: boolean): number {
  if (isChoice) return one === other ? 0 : 1;
  return (one - other) * (one - other);
}
