import fc from 'fast-check';
import { expect, it } from 'vitest';
import { timeTicks, valueTicks } from './ticks.ts';

it('values are marked at round numbers inside the range', () => {
  expect(valueTicks(2.31, 2.52, 5)).toEqual([2.35, 2.4, 2.45, 2.5].map((value) => expect.closeTo(value, 9)));
  expect(valueTicks(0, 100, 5)).toEqual([0, 20, 40, 60, 80, 100]);
});

it('whatever the range, there are a few marks, and all lie in it', () => {
  const number = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(number, fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (bottom, height) => {
      const ticks = valueTicks(bottom, bottom + height, 5);
      expect(ticks.length).toBeLessThanOrEqual(7);
      for (const tick of ticks) {
        expect(tick).toBeGreaterThanOrEqual(bottom - 1e-6 * height);
        expect(tick).toBeLessThanOrEqual(bottom + height + 1e-6 * height);
      }
    }),
  );
});

it('a range of no height has one mark', () => {
  expect(valueTicks(3, 3, 5)).toEqual([3]);
});

it('times are marked at round durations from the start on, up to weeks', () => {
  expect(timeTicks(8 * 3600, 7)).toEqual([0, 2, 4, 6, 8].map((hours) => hours * 3600));
  expect(timeTicks(150, 7)).toEqual([0, 30, 60, 90, 120, 150]);
  expect(timeTicks(30 * 86_400, 7)).toEqual([0, 5, 10, 15, 20, 25, 30].map((days) => days * 86_400));
});
