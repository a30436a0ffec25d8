/**
 * Places of a hidden level around a value that was seen of it, in standard deviations of the noise: so far to either side, in
 * steps of this size. A chain of such levels, each with what was seen of it and how likely each move to the next is, is
 * read forwards and backwards (Baum and others, 1970).
 */
const REACH = 6;
export const STEP = 1 / 8;
export const PLACES = (2 * REACH) / STEP + 1;
export const OFFSETS = Array.from({ length: PLACES }, (_, place) => place * STEP - REACH);
/** Differences of two places. */
export const SHIFTS = 2 * PLACES - 1;

/** What is known of a level. */
export interface Level {
  readonly mean: number;
  readonly deviation: number;
}

/** Each level's place, as far as it is known before the next one follows; sums to 1. */
export function forwards(seen: readonly Float64Array[], moves: readonly Float64Array[]): Float64Array[] {
  const places: Float64Array[] = [normalised(seen[0]!)];
  for (const [index, move] of moves.entries()) {
    const from = places[index]!;
    const next = seen[index + 1]!.map((look, to) => {
      let sum = 0;
      for (let place = 0; place < PLACES; place++) sum += from[place]! * move[to - place + PLACES - 1]!;
      return look * sum;
    });
    places.push(normalised(next));
  }
  return places;
}

/** For each level, how likely all that was seen after it is at each of its places; up to a factor. */
export function backwards(seen: readonly Float64Array[], moves: readonly Float64Array[]): Float64Array[] {
  const places: Float64Array[] = [new Float64Array(PLACES).fill(1)];
  for (let index = moves.length - 1; index >= 0; index--) {
    const move = moves[index]!;
    const look = seen[index + 1]!;
    const then = places[0]!;
    const earlier = new Float64Array(PLACES).map((_, place) => {
      let sum = 0;
      for (let to = 0; to < PLACES; to++) sum += move[to - place + PLACES - 1]! * look[to]! * then[to]!;
      return sum;
    });
    places.unshift(normalised(earlier));
  }
  return places;
}

/** How much two places weigh together, by the shift from one to the other. */
export function shiftsBetween(from: Float64Array, to: Float64Array): Float64Array {
  const shifts = new Float64Array(SHIFTS);
  for (let one = 0; one < PLACES; one++) {
    for (let other = 0; other < PLACES; other++) shifts[other - one + PLACES - 1]! += from[one]! * to[other]!;
  }
  return shifts;
}

/** Mean and standard deviation of values by their weights. */
export function levelOf(values: readonly number[], weights: Float64Array): Level {
  let total = 0;
  let sum = 0;
  for (const [index, weight] of weights.entries()) {
    total += weight;
    sum += weight * values[index]!;
  }
  const mean = sum / total;
  let squares = 0;
  for (const [index, weight] of weights.entries()) squares += weight * (values[index]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / total) };
}

/** The values over their sum. */
export function normalised(values: Float64Array): Float64Array {
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => value / total);
}
