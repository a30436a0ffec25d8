import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VOCABULARY } from './shapes.ts';
import { surprise } from './surprise.ts';

const row = (numbers: fc.Arbitrary<number>) =>
  fc.array(numbers, { minLength: VOCABULARY, maxLength: VOCABULARY }).map((all) => Float32Array.from(all));
const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
const surprises = (logits: Float32Array) =>
  Array.from({ length: VOCABULARY }, (_, byte) => surprise(logits, 0, byte));

test('whatever finite logits there are, the probabilities of all bytes sum to one, and no surprise is below zero', () => {
  const alike = fc.tuple(finite, row(fc.float({ min: -4, max: 4, noNaN: true })));
  const shifted = alike.map(([shift, all]) => all.map((logit) => logit + shift));
  fc.assert(
    fc.property(fc.oneof(row(finite), shifted), (logits) => {
      fc.pre(logits.every(Number.isFinite));
      const all = surprises(logits);
      expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
      expect(all.reduce((sum, bits) => sum + 2 ** -bits, 0)).toBeCloseTo(1, 9);
    }),
  );
});

test('equal logits know nothing, however large: eight bits', () => {
  for (const logit of [0, 1e-30, -5, 1e17, 1e30, -3.4e38, 3.4e38]) {
    const all = surprises(new Float32Array(VOCABULARY).fill(logit));
    for (const bits of all) expect(bits).toBeCloseTo(8, 12);
  }
});

test('one logit that is not finite makes every surprise of its row NaN, whichever it is', () => {
  for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const logits = new Float32Array(VOCABULARY);
    logits[200] = odd;
    expect(surprises(logits).every(Number.isNaN)).toBe(true);
  }
});
