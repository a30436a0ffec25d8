import { studentQuantile } from '../../src/statistics/distributions.ts';
import { meanOf, squaresOf } from '../../src/statistics/noise.ts';

/** A mean with its interval of 95%, by Student's t; without an interval where there is only one value. */
export interface Mean {
  readonly mean: number;
  readonly margin: number | undefined;
  readonly count: number;
}

/** Undefined of no values. */
export function meanWithInterval(values: readonly number[]): Mean | undefined {
  const count = values.length;
  if (count === 0) return undefined;
  const mean = meanOf(values);
  if (count === 1) return { mean, margin: undefined, count };
  const error = Math.sqrt(squaresOf(values) / (count - 1) / count);
  return { mean, margin: studentQuantile(0.975, count - 1) * error, count };
}

export function meanText(mean: Mean | undefined, digits = 4): string {
  if (mean === undefined) return 'not measured';
  const margin = mean.margin === undefined ? '' : ` +- ${mean.margin.toFixed(digits)}`;
  return `${mean.mean.toFixed(digits)}${margin}`;
}
