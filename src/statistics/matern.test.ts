import { expect, test } from 'vitest';
import { fillMatern, squaredDifference } from './matern.ts';

test('the correlation falls from one, and its slope is finite at no distance', () => {
  const squares = Float64Array.of(0, 0.01, 1, 9, 1e6);
  const correlations = new Float64Array(5);
  const slopes = new Float64Array(5);
  fillMatern(squares, correlations, slopes);
  const expected = squares.map((square) => {
    const r = Math.sqrt(5 * square);
    return (1 + r + r ** 2 / 3) * Math.exp(-r);
  });
  for (let index = 0; index < 5; index++) expect(correlations[index]).toBeCloseTo(expected[index]!, 14);
  expect(correlations[0]).toBe(1);
  expect(correlations[2]).toBeCloseTo(0.5239941088318, 12);
  expect(slopes[0]).toBe(-5 / 6);
});

test('the slope is the derivative by the squared distance', () => {
  const step = 1e-6;
  for (const square of [0.01, 0.4, 3]) {
    const correlations = new Float64Array(3);
    const slopes = new Float64Array(3);
    fillMatern(Float64Array.of(square - step, square, square + step), correlations, slopes);
    expect(slopes[1]).toBeCloseTo((correlations[2]! - correlations[0]!) / (2 * step), 7);
  }
});

test('choices differ or they do not', () => {
  expect(squaredDifference(3, 1, false)).toBe(4);
  expect(squaredDifference(3, 1, true)).toBe(1);
  expect(squaredDifference(3, 3, true)).toBe(0);
});
