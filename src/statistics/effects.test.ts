import fc from 'fast-check';
import { expect, test } from 'vitest';
import { believe, initialPrior, learnFrom, likelihoodsOf } from './effects.ts';

const estimates = fc.record({
  gain: fc.double({ min: -2000, max: 2000, noNaN: true }),
  error: fc.double({ min: 0.01, max: 300, noNaN: true }),
  freedom: fc.constantFrom(3, 7, 16, 60, Number.POSITIVE_INFINITY),
});
const prior = initialPrior(1);

test('with the same error a larger gain is never more likely to be luck, however large', () => {
  fc.assert(
    fc.property(estimates, fc.double({ min: 1.01, max: 100, noNaN: true }), (estimate, factor) => {
      const gain = Math.abs(estimate.gain);
      const near = believe(prior, { ...estimate, gain });
      const far = believe(prior, { ...estimate, gain: gain * factor });
      expect(far.luck).toBeLessThanOrEqual(near.luck + 1e-9);
    }),
    { seed: 3, numRuns: 500 },
  );
});

test('what lies far beyond the grid is believed nearly as it was measured', () => {
  const { mean, luck } = believe(prior, { gain: 5000, error: 1, freedom: 7 });
  expect(luck).toBeLessThan(0.01);
  expect(mean).toBeGreaterThan(4900);
  expect(mean).toBeLessThanOrEqual(5000);
});

test('shares sum to one, and a gain is believed in part', () => {
  fc.assert(
    fc.property(estimates, (estimate) => {
      const { shares, mean, luck } = believe(prior, estimate);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      expect(luck).toBeGreaterThanOrEqual(0);
      expect(luck).toBeLessThanOrEqual(1);
      expect(Math.abs(mean)).toBeLessThanOrEqual(Math.abs(estimate.gain) + 4 * estimate.error + 1e-9);
    }),
    { seed: 4, numRuns: 300 },
  );
});

test('a harm is luck for certain and no more than that, whatever sums of shares round to', () => {
  const seen = likelihoodsOf(prior.effects, { gain: 0.4, error: 0.3, freedom: 60 });
  const learned = learnFrom(prior, Array(30).fill(seen), 0);
  const luck = Array.from({ length: 2_000 }, (_, index) => {
    return believe(learned, { gain: -1 - index, error: 0.7, freedom: 12 }).luck;
  });
  expect(Math.max(...luck)).toBe(1);
});

test('the more changes did nothing, the less the next gain is believed; the more were gains, the more it is', () => {
  const after = (gain: number) => {
    const seen = likelihoodsOf(prior.effects, { gain, error: 0.3, freedom: 60 });
    return believe(learnFrom(prior, Array(200).fill(seen), 0), { gain: 1, error: 0.5, freedom: 60 }).luck;
  };
  const before = believe(prior, { gain: 1, error: 0.5, freedom: 60 }).luck;
  expect(after(0)).toBeGreaterThan(before);
  expect(after(0)).toBeLessThan(1);
  expect(after(4)).toBeLessThan(before);
});
