/** The values that a site was given so far, as much of them as an axis is made of. */
export interface Visited {
  /** Each value once, as it is written. */
  readonly values: ReadonlySet<string>;
  /** Of those that are finite numbers: their ends, and the least that is not 0, by size. Infinite where there are none. */
  readonly low: number;
  readonly high: number;
  readonly least: number;
  readonly areWhole: boolean;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export function createVisited(): Visited {
  return {
    values: new Set(),
    low: Number.POSITIVE_INFINITY,
    high: Number.NEGATIVE_INFINITY,
    least: Number.POSITIVE_INFINITY,
    areWhole: true,
  };
}

/** Takes note of a value; a running sum, since there may be thousands of a site. */
export function visit(visited: Writable<Visited>, value: string): void {
  const values = visited.values as Set<string>;
  if (values.has(value)) return;
  values.add(value);
  const number = Number(value);
  if (!Number.isFinite(number)) return;
  visited.low = Math.min(visited.low, number);
  visited.high = Math.max(visited.high, number);
  if (number !== 0) visited.least = Math.min(visited.least, Math.abs(number));
  visited.areWhole &&= Number.isInteger(number);
}

export function visitedOf(values: readonly (string | number)[]): Visited {
  const visited = createVisited();
  for (const value of values) visit(visited, String(value));
  return visited;
}
