import { expect, test } from 'vitest';
import {
  gammaExponentialBound,
  logGammaExponentialMixture,
  logOneSidedMixture,
  logTwoSidedMixture,
  oneSidedBound,
  oneSidedHold,
  stitchedBound,
  twoSidedBound,
  twoSidedHold,
} from './sequential-bounds.ts';

// Reference values: the unit tests of confseq (Howard, Waudby-Smith and Ramdas), bounds tuned for time 100 and alpha .05.
const TIME = 100;
const ALPHA = 0.05;
const TWO_SIDED = twoSidedHold(TIME, ALPHA);
const ONE_SIDED = oneSidedHold(TIME, ALPHA);

test('the two-sided normal mixture is that of confseq', () => {
  expect(TWO_SIDED).toBeCloseTo(12.60056, 5);
  expect(logTwoSidedMixture(10, TIME, TWO_SIDED)).toBeCloseTo(-0.6510052, 7);
  expect(twoSidedBound(TIME, ALPHA, TWO_SIDED)).toBeCloseTo(30.35209, 5);
});

test('the one-sided normal mixture is that of confseq', () => {
  expect(ONE_SIDED).toBeCloseTo(15.80063, 5);
  expect(logOneSidedMixture(10, TIME, ONE_SIDED)).toBeCloseTo(-0.06502391, 8);
  expect(oneSidedBound(TIME, ALPHA, ONE_SIDED)).toBeCloseTo(27.66071, 5);
});

test('the gamma-exponential mixture is that of confseq', () => {
  expect(logGammaExponentialMixture(10, TIME, ONE_SIDED, 2)).toBeCloseTo(-0.2490165, 7);
  expect(gammaExponentialBound(TIME, ALPHA, ONE_SIDED, 2)).toBeCloseTo(33.02017, 5);
});

test('the stitched bound is that of confseq, also for noise whose upper tail is cut', () => {
  expect(stitchedBound(TIME, ALPHA, { from: 10, scale: 3 })).toBeCloseTo(64.48755, 5);
  expect(stitchedBound(TIME, ALPHA, { from: 10, scale: -1 })).toBeCloseTo(28.99389, 5);
});

test('on its bound a wealth is 1 / alpha', () => {
  for (const time of [3, 100, 1e6]) {
    const wealth = Math.log(1 / ALPHA);
    expect(logTwoSidedMixture(twoSidedBound(time, ALPHA, TWO_SIDED), time, TWO_SIDED)).toBeCloseTo(
      wealth,
      10,
    );
    expect(logOneSidedMixture(oneSidedBound(time, ALPHA, ONE_SIDED), time, ONE_SIDED)).toBeCloseTo(
      wealth,
      10,
    );
    const bound = gammaExponentialBound(time, ALPHA, ONE_SIDED, 2);
    expect(logGammaExponentialMixture(bound, time, ONE_SIDED, 2)).toBeCloseTo(wealth, 6);
  }
});

test('a bound falls below the stitched one where it is tuned, and the stitched one wins in the end', () => {
  const stitched = (time: number) => stitchedBound(time, ALPHA, { from: 10, scale: 0 });
  expect(oneSidedBound(TIME, ALPHA, ONE_SIDED)).toBeLessThan(stitched(TIME));
  expect(oneSidedBound(1e60, ALPHA, ONE_SIDED)).toBeGreaterThan(stitched(1e60));
});

test('before the time that it starts at, the stitched bound is that of its start', () => {
  const at = (time: number) => stitchedBound(time, ALPHA, { from: 10, scale: 1 });
  expect(at(0.1)).toBe(at(10));
});
