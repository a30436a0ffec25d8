import { expect, test } from 'vitest';
import { turningPoint } from './bisection.ts';

test('a turning point is found to the last digits, wherever it lies', () => {
  for (const point of [1e-9, 0.3, Math.PI, 12_345.678])
    expect(Math.abs(turningPoint((x) => x > point, 0, 1e5) / point - 1)).toBeLessThan(1e-15);
  expect(turningPoint((x) => x > -2.5, -10, 10)).toBeCloseTo(-2.5, 14);
});

test('between neighbours there is nothing to halve', () => {
  expect(turningPoint(() => true, 1, 1 + Number.EPSILON)).toBeGreaterThanOrEqual(1);
});
