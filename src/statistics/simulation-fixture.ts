/** Independent draws of some noise with mean 0. */
export type NoiseSource = () => number;

/** Standard normal (Box and Muller, the polar form). */
export function normalNoise(random: () => number): NoiseSource {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const x = 2 * random() - 1;
      const y = 2 * random() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * scale;
      return x * scale;
    }
  };
}

/** Student's t with 3 degrees of freedom: no fourth moment. */
export function heavyNoise(random: () => number): NoiseSource {
  const normal = normalNoise(random);
  return () => normal() / Math.sqrt((normal() ** 2 + normal() ** 2 + normal() ** 2) / 3);
}

/** An exponential less its mean: skewed as trial times are. */
export function skewedNoise(random: () => number): NoiseSource {
  return () => -Math.log(1 - random()) - 1;
}

/** The value that a share of all lies at or below. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(share * sorted.length) - 1]!;
}
