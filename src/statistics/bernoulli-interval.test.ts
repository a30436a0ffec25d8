import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bernoulliInterval, betaBinomialBound, logBetaBinomialMixture } from './bernoulli-interval.ts';
import { twoSidedHold } from './sequential-bounds.ts';

test('the beta-binomial mixture is that of confseq', () => {
  const hold = twoSidedHold(100, 0.05);
  const range = { below: 0.2, above: 0.8 };
  expect(logBetaBinomialMixture(10, 100, hold, range)).toBeCloseTo(-0.6941012, 7);
  expect(betaBinomialBound(100, 0.05, hold, range)).toBeCloseTo(31.4308, 4);
});

test('a sum that its range does not allow is no part of a bound', () => {
  const range = { below: 0.9, above: 0.1 };
  expect(betaBinomialBound(0.5, 1e-6, 1, range)).toBe(0.5 / 0.9);
});

test('intervals of a chance are those of confseq', () => {
  const many = bernoulliInterval({ successes: 700, trials: 1000 }, 0.05, 100);
  expect(Math.abs(many.low - 0.651629)).toBeLessThan(1e-6);
  expect(Math.abs(many.high - 0.745949)).toBeLessThan(1e-6);
  const few = bernoulliInterval({ successes: 15, trials: 50 }, 0.05, 50);
  expect(Math.abs(few.low - 0.129556)).toBeLessThan(1e-6);
  expect(Math.abs(few.high - 0.511896)).toBeLessThan(1e-6);
});

test('an interval holds the share itself, turns over with successes and failures, and ends at 0 and 1', () => {
  const counts = fc
    .integer({ min: 1, max: 5000 })
    .chain((trials) =>
      fc.record({ trials: fc.constant(trials), successes: fc.integer({ min: 0, max: trials }) }),
    );
  fc.assert(
    fc.property(counts, fc.constantFrom(0.2, 0.05, 1e-4), fc.constantFrom(10, 1000), (count, alpha, at) => {
      const { successes, trials } = count;
      const { low, high } = bernoulliInterval(count, alpha, at);
      const turned = bernoulliInterval({ successes: trials - successes, trials }, alpha, at);
      expect(low).toBeLessThanOrEqual(successes / trials);
      expect(high).toBeGreaterThanOrEqual(successes / trials);
      expect(turned.low).toBeCloseTo(1 - high, 9);
      expect(turned.high).toBeCloseTo(1 - low, 9);
      if (successes === 0) expect(low).toBe(0);
      if (successes === trials) expect(high).toBe(1);
    }),
    { seed: 1 },
  );
});

test('nothing seen leaves everything possible', () => {
  expect(bernoulliInterval({ successes: 0, trials: 0 }, 0.05, 100)).toEqual({ low: 0, high: 1 });
});
