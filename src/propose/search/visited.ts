/** The values that a site was given so far, as much of them as an axis is made of. */
export interface Visited {
  /** Each value once, as it is written. */
  readonly values: ReadonlySet<string>;
  /** Of those that are finite numbers: their ends, and the least that is not 0, by size. Infinite where there are none. */
  readonly low: number;
  readonly high: number;
  readonly least: number;
  /** What became of those that are no whole numbers: `broken` where enough of them broke, and none was ever measured. */
  readonly fractions: 'none' | 'open' | 'broken' | 'measured';
  /** How many fractions broke; one that moved with others counts half, since they may have been at fault. */
  readonly brokenFractions: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export function createVisited(): Visited {
  return {
    values: new Set(),
    low: Number.POSITIVE_INFINITY,
    high: Number.NEGATIVE_INFINITY,
    least: Number.POSITIVE_INFINITY,
    fractions: 'none',
    brokenFractions: 0,
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
  if (isFraction(value) && visited.fractions === 'none') visited.fractions = 'open';
}

/** Takes note of what became of a value: where fractions break, whole numbers are a site's limit. */
export function settle(
  visited: Writable<Visited>,
  value: string,
  how: 'measured' | 'broken',
  alone: boolean,
): void {
  if (!isFraction(value) || visited.fractions === 'measured') return;
  if (how === 'measured') {
    visited.fractions = 'measured';
  } else {
    visited.brokenFractions += alone ? 1 : 0.5;
    if (visited.brokenFractions >= 1) visited.fractions = 'broken';
  }
}

function isFraction(value: string): boolean {
  const number = Number(value);
  return Number.isFinite(number) && !Number.isInteger(number);
}

export function visitedOf(values: readonly (string | number)[]): Visited {
  const visited = createVisited();
  for (const value of values) visit(visited, String(value));
  return visited;
}
