import type { SwitchedRun } from './switch-off.ts';

/** What one keep adds to the value of a run. */
export interface SwitchEffect {
  /** In the metric's unit; positive is better. */
  readonly gain: number;
  /** Standard error of the gain; 0 where the runs have no noise at all. */
  readonly error: number;
  /** Degrees of freedom of the error, 1 or more. */
  readonly freedom: number;
}

/**
 * The effect of each keep by least squares over all runs, for a report: decisions rest on `logSwitchEvidence`. Undefined while the
 * runs do not tell the keeps apart and leave something over for the noise: two more of them than keeps at least.
 *
 * @param runs at least one
 */
export function switchEffects(runs: readonly SwitchedRun[]): SwitchEffect[] | undefined {
  const rows = runs.map(({ on }) => [1, ...on.map((isOn) => (isOn ? 1 : -1))]);
  const size = rows[0]!.length;
  const freedom = runs.length - size;
  if (freedom < 1) return undefined;
  const products = rows[0]!.map((_, one) =>
    rows[0]!.map((_, other) => sum(rows, (row) => row[one]! * row[other]!)),
  );
  const inverse = invert(products);
  if (inverse === undefined) return undefined;
  // Values are counted from their mean, so that a large level takes no digits from the effects.
  const level = sum(runs, ({ value }) => value) / runs.length;
  const values = runs.map(({ value }) => value - level);
  const moments = rows[0]!.map((_, index) => sum(rows, (row, run) => row[index]! * values[run]!));
  const coefficients = inverse.map((row) => sum(row, (one, index) => one * moments[index]!));
  const squares = sum(
    rows,
    (row, run) => (values[run]! - sum(row, (sign, index) => sign * coefficients[index]!)) ** 2,
  );
  // Between off and on lie two steps of the sign.
  return coefficients.slice(1).map((half, keep) => ({
    gain: 2 * half,
    error: 2 * Math.sqrt((squares / freedom) * inverse[keep + 1]![keep + 1]!),
    freedom,
  }));
}

function sum<T>(items: readonly T[], term: (item: T, index: number) => number): number {
  return items.reduce((total, item, index) => total + term(item, index), 0);
}

/** Gauss and Jordan's method for sums of signs, which are whole numbers; undefined where the matrix has no inverse. */
function invert(matrix: readonly (readonly number[])[]): number[][] | undefined {
  const size = matrix.length;
  const rows = matrix.map((row, index) => [...row, ...row.map((_, column) => (column === index ? 1 : 0))]);
  for (let pivot = 0; pivot < size; pivot++) {
    const best = rows.reduce(
      (found, row, index) =>
        index > pivot && Math.abs(row[pivot]!) > Math.abs(rows[found]![pivot]!) ? index : found,
      pivot,
    );
    [rows[pivot], rows[best]] = [rows[best]!, rows[pivot]!];
    const divisor = rows[pivot]![pivot]!;
    if (Math.abs(divisor) < 1e-9) return undefined;
    const scaled = rows[pivot]!.map((value) => value / divisor);
    for (const [index, row] of rows.entries())
      rows[index] =
        index === pivot ? scaled : row.map((value, column) => value - row[pivot]! * scaled[column]!);
  }
  return rows.map((row) => row.slice(size));
}
