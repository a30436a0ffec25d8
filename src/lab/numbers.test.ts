import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  counted,
  decimalsFor,
  formatDelta,
  formatPercent,
  formatRoughly,
  formatValue,
  withUnit,
} from './numbers.ts';

const objective = (minimumEffect: number) =>
  ({ name: 'x', unit: '', direction: 'minimize', minimumEffect }) as const;

test('rounding never hides more than a quarter of the smallest effect that matters', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-9, max: 1e4, noNaN: true }),
      fc.double({ min: -1e5, max: 1e5, noNaN: true }),
      (minimumEffect, value) => {
        const shown = Number(formatValue(value, decimalsFor(objective(minimumEffect), value)));
        // A hair more, for numbers that a double cannot hold.
        expect(Math.abs(shown - value)).toBeLessThanOrEqual(minimumEffect / 4 + Math.abs(value) * 1e-12);
      },
    ),
  );
});

test('where every effect matters, six digits count', () => {
  expect(formatValue(2.6358, decimalsFor(objective(0), 2.6358))).toBe('2.63580');
  expect(formatValue(1234.5678, decimalsFor(objective(0), 1234.5678))).toBe('1234.57');
  expect(formatValue(0, decimalsFor(objective(0), 0))).toBe('0.00000');
  expect(formatValue(-0.004, 2)).toBe('0.00');
  expect(formatValue(-0.4, 0)).toBe('0');
  expect(formatValue(-0.006, 2)).toBe('-0.01');
});

test('differences carry their sign, percents too, and nothing is a percent of zero', () => {
  expect([formatDelta(-0.02131, 4), formatDelta(0, 4), formatDelta(1.5, 1)]).toEqual([
    '-0.0213',
    '+0.0000',
    '+1.5',
  ]);
  expect([formatPercent(2, 1.5), formatPercent(-2, -1), formatPercent(0, 1)]).toEqual([
    '-25.0%',
    '+50.0%',
    undefined,
  ]);
});

test('units follow their numbers as people write them', () => {
  expect([withUnit('2.3', 'bits/byte'), withUnit('40', '%'), withUnit('7', '')]).toEqual([
    '2.3 bits/byte',
    '40%',
    '7',
  ]);
  expect([formatRoughly(59), formatRoughly(3599), formatRoughly(6507)]).toEqual(['59s', '59m59s', '1h48m']);
});

test('one of a kind is no plural', () => {
  expect([0, 1, 2].map((count) => counted(count, 'kept change'))).toEqual([
    '0 kept changes',
    '1 kept change',
    '2 kept changes',
  ]);
});
