import { describe, expect, it } from 'vitest';
import { gaussian, uniform } from './random.ts';

const draws = (seed: number, name: string, count: number) => {
  const next = uniform(seed, name);
  return Array.from({ length: count }, () => next());
};

describe('a stream of random numbers', () => {
  it('is fixed by its seed and its name', () => {
    expect(draws(7, 'batches', 100)).toEqual(draws(7, 'batches', 100));
    expect(draws(7, 'batches', 100)).not.toEqual(draws(8, 'batches', 100));
    expect(draws(7, 'batches', 100)).not.toEqual(draws(7, 'weights', 100));
  });

  it('stays in [0, 1) and fills it evenly', () => {
    const bins = new Array<number>(10).fill(0);
    for (const draw of draws(1, 'even', 100_000)) bins[Math.floor(draw * 10)]! += 1;
    for (const bin of bins) expect(Math.abs(bin - 10_000)).toBeLessThan(400);
  });

  it('is not correlated with that of the next seed', () => {
    const [first, second] = [draws(1, 'x', 10_000), draws(2, 'x', 10_000)];
    const covariance = first.reduce((sum, value, i) => sum + (value - 0.5) * (second[i]! - 0.5), 0) / 10_000;
    expect(Math.abs(covariance * 12)).toBeLessThan(0.04);
  });
});

describe('gaussian draws', () => {
  it('have mean 0 and variance 1, and are finite', () => {
    const values = gaussian(3, 'weights', 100_000);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(values.every(Number.isFinite)).toBe(true);
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.02);
  });
});
