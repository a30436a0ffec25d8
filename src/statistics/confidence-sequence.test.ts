import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../model/random.ts';
import { differenceInterval, type Interval } from './confidence-sequence.ts';
import { heavyNoise, type NoiseSource, normalNoise, skewedNoise } from './simulation-fixture.ts';
import { type HeadStart, logTEValue, type Moments, momentsOf } from './t-e-process.ts';

const HEAD_START: HeadStart = { squares: 7, freedom: 7 };
const NO_HEAD_START: HeadStart = { squares: 0, freedom: 0 };

function intervalOf(
  candidate: readonly number[],
  champion: readonly number[],
  headStart = HEAD_START,
): Interval {
  return differenceInterval(
    { candidate: momentsOf(candidate), champion: momentsOf(champion), headStart },
    0.05,
  );
}

const SEQUENCES = 2000;

/** In how many sequences of 40 pairs the true gain is ever outside, and how wide the interval is after some of them. */
function simulate(noise: (random: () => number) => NoiseSource): {
  misses: number;
  widths: readonly number[];
} {
  const next = noise(createRandom(3));
  const gain = 0.7;
  const widths = [0, 0, 0];
  let misses = 0;
  for (let sequence = 0; sequence < SEQUENCES; sequence++) {
    const repeats = Array.from({ length: 8 }, next);
    const headStart = { squares: momentsOf(repeats).squares, freedom: 7 };
    const candidate: number[] = [];
    const champion: number[] = [];
    let isOutside = false;
    for (let pairs = 1; pairs <= 40; pairs++) {
      candidate.push(next() + gain);
      champion.push(next());
      const { low, high } = intervalOf(candidate, champion, headStart);
      isOutside ||= gain < low || gain > high;
      const shown = [4, 12, 40].indexOf(pairs);
      if (shown >= 0) widths[shown]! += (high - low) / SEQUENCES;
    }
    if (isOutside) misses += 1;
  }
  return { misses, widths };
}

describe('of 2,000 gains at most 131 are ever outside of their 95% interval: 100 may, and more than 131 are 1 seed in 1,000', () => {
  test.each([
    ['in normal noise', normalNoise],
    ['in noise with heavy tails', heavyNoise],
    ['in skewed noise', skewedNoise],
  ])('%s', (_, noise) => {
    const { misses } = simulate(noise);
    expect(misses).toBeGreaterThan(0);
    expect(misses).toBeLessThanOrEqual(131);
  });
});

test('intervals narrow as trials come in', () => {
  const { widths } = simulate(normalNoise);
  const [few, some, many] = widths;
  expect(some).toBeLessThan(few! / 1.5);
  expect(many).toBeLessThan(some! / 1.5);
});

test('the same values seen again narrow the interval around the same middle', () => {
  const arm = fc.record({
    count: fc.integer({ min: 2, max: 30 }),
    mean: fc.double({ min: -5, max: 5, noNaN: true }),
    squares: fc.double({ min: 0.1, max: 50, noNaN: true }),
  });
  const twice = ({ count, mean, squares }: Moments) => ({ count: 2 * count, mean, squares: 2 * squares });
  fc.assert(
    fc.property(arm, arm, (candidate, champion) => {
      const once = differenceInterval({ candidate, champion, headStart: HEAD_START }, 0.05);
      const again = { candidate: twice(candidate), champion: twice(champion), headStart: HEAD_START };
      const narrow = differenceInterval(again, 0.05);
      expect(narrow.low).toBeGreaterThan(once.low);
      expect(narrow.high).toBeLessThan(once.high);
    }),
    { seed: 1 },
  );
});

const value = fc.double({ min: -10, max: 10, noNaN: true });
const values = fc.array(value, { minLength: 3, maxLength: 12 });

test('an interval moves with the candidate, and grows with the unit', () => {
  const unit = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(values, values, unit, value, value, (candidate, champion, scale, level, gain) => {
      const plain = intervalOf(candidate, champion);
      const start = { squares: HEAD_START.squares * scale ** 2, freedom: HEAD_START.freedom };
      const moved = intervalOf(
        candidate.map((one) => scale * (one + level + gain)),
        champion.map((one) => scale * (one + level)),
        start,
      );
      expect(moved.low / scale).toBeCloseTo(plain.low + gain, 8);
      expect(moved.high / scale).toBeCloseTo(plain.high + gain, 8);
    }),
    { seed: 1 },
  );
});

test('with candidate and champion exchanged the interval is negated', () => {
  fc.assert(
    fc.property(values, values, (candidate, champion) => {
      const { low, high } = intervalOf(candidate, champion);
      const turned = intervalOf(champion, candidate);
      expect(turned.low).toBeCloseTo(-high, 10);
      expect(turned.high).toBeCloseTo(-low, 10);
    }),
    { seed: 1 },
  );
});

test('where evidence for a gain is above 2 / alpha, the interval lies above zero', () => {
  const gains = fc.double({ min: 0, max: 8, noNaN: true });
  let shown = 0;
  fc.assert(
    fc.property(values, values, gains, (better, champion, gain) => {
      const candidate = momentsOf(better.map((one) => one + gain));
      const comparison = { candidate, champion: momentsOf(champion), headStart: HEAD_START };
      if (logTEValue(comparison) <= Math.log(2 / 0.05)) return;
      shown += 1;
      expect(differenceInterval(comparison, 0.05).low).toBeGreaterThan(0);
    }),
    { seed: 1, numRuns: 500 },
  );
  expect(shown).toBeGreaterThan(20);
});

test('too few values leave every gain possible', () => {
  const everything = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  expect(intervalOf([], [])).toEqual(everything);
  expect(intervalOf([1, 2, 3], [])).toEqual(everything);
  expect(intervalOf([1], [2], NO_HEAD_START)).toEqual(everything);
});

test('values that are all equal leave one gain possible', () => {
  const same = (of: number) => Array.from({ length: 6 }, () => of);
  expect(intervalOf(same(3), same(1), NO_HEAD_START)).toEqual({ low: 2, high: 2 });
});
