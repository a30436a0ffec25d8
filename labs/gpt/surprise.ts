import { VOCABULARY } from './shapes.ts';

/**
 * Bits by which row `row` of the logits is surprised by `byte`: minus the binary logarithm of its probability under softmax, in double
 * precision. Over all bytes the probabilities sum to one, however large the logits are. NaN if any logit of the row is not finite.
 */
export function surprise(logits: Float32Array, row: number, byte: number): number {
  const start = row * VOCABULARY;
  let highest = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let index = start; index < start + VOCABULARY; index++) {
    const logit = logits[index]!;
    sum += logit;
    if (logit > highest) highest = logit;
  }
  if (!Number.isFinite(sum)) return Number.NaN;
  let mass = 0;
  for (let index = start; index < start + VOCABULARY; index++) mass += Math.exp(logits[index]! - highest);
  // The difference first: beside a logit of 1e30 the logarithm would vanish, and with it all surprise.
  return (highest - logits[start + byte]! + Math.log(mass)) / Math.LN2;
}
