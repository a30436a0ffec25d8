import { expect, test } from 'vitest';
import { deviationInterval } from './deviation-interval.ts';

test('eight repeats leave a standard deviation uncertain by a factor of 0.66 to 2.04', () => {
  const { low, high } = deviationInterval(7);
  expect(low).toBeCloseTo(0.6612, 4);
  expect(high).toBeCloseTo(2.0353, 4);
});

test('more repeats tell more', () => {
  const few = deviationInterval(3);
  const many = deviationInterval(60);
  expect(few.low).toBeLessThan(many.low);
  expect(few.high).toBeGreaterThan(many.high);
  expect(many.low).toBeLessThan(1);
  expect(many.high).toBeGreaterThan(1);
});

test('a wider confidence gives a wider interval', () => {
  expect(deviationInterval(7, 0.99).high).toBeGreaterThan(deviationInterval(7, 0.9).high);
});
