/** A function to minimise: gives its value and fills in its gradient. A value that is not finite is a place not to go. */
export type Sloped = (at: Float64Array, slope: Float64Array) => number;

export interface Box {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface MinimiseOptions {
  /** The most evaluations of the function, 1 or more. */
  readonly evaluations: number;
  /** Bounds that no evaluation leaves; none where it is left out. */
  readonly box?: Box;
  /** The longest step, as a Euclidean distance: the first ones know no scale. */
  readonly longestStep?: number;
}

export interface Minimum {
  readonly at: Float64Array;
  readonly value: number;
}

/** Steps that the curvature is learned from. */
const MEMORY = 8;
/** A gradient without a larger coordinate than this is level ground. */
const LEVEL = 1e-7;
/** A step that gains less than this share is the last one. */
const LEAST_GAIN = 1e-9;
/** Share of the gain that the gradient promises which a step must deliver (Armijo). */
const DELIVERED = 1e-4;
/** A refused step is tried again at this share of its length, so often. */
const SHORTER = 0.4;
const TRIES = 12;
/** Length of the first step, where the gradient is not below 1; else this share of the gradient. */
const FIRST_STEP = 0.3;

/** A step that was taken, and how the gradient changed over it. */
interface Step {
  readonly move: Float64Array;
  readonly turn: Float64Array;
  /** Their inner product, above 0. */
  readonly product: number;
}

/**
 * L-BFGS with projected steps (Nocedal, 1980; for the box, the two-metric projection of Bertsekas, 1982): coordinates that
 * press against their bound are left out of the step. A local minimum at best, and never above the start's value.
 *
 * @param start is moved into the box first
 */
export function minimise(f: Sloped, start: Float64Array, options: MinimiseOptions): Minimum {
  const { evaluations, box, longestStep = Number.POSITIVE_INFINITY } = options;
  const size = start.length;
  let at = start.slice();
  if (box) confine(at, box);
  let slope = new Float64Array(size);
  let value = f(at, slope);
  let used = 1;
  let next = new Float64Array(size);
  let nextSlope = new Float64Array(size);
  const direction = new Float64Array(size);
  const steps: Step[] = [];
  while (used < evaluations && Number.isFinite(value)) {
    if (steepness(at, slope, box) < LEVEL) break;
    fillDirection(direction, { at, slope, box, steps });
    const length = Math.sqrt(dot(direction, direction));
    let share = Math.min(1, longestStep / length);
    let gain: number | undefined;
    for (let tries = 0; tries < TRIES && used < evaluations && gain === undefined; tries++) {
      for (let j = 0; j < size; j++) next[j] = at[j]! + share * direction[j]!;
      if (box) confine(next, box);
      const promised = promisedGain(at, next, slope);
      share *= SHORTER;
      // The box can turn a step uphill.
      if (!(promised > 0)) continue;
      const nextValue = f(next, nextSlope);
      used += 1;
      if (nextValue <= value - DELIVERED * promised) gain = value - nextValue;
    }
    if (gain === undefined) {
      // What was learned of the curvature misleads here: straight downhill, once.
      if (steps.length === 0) break;
      steps.length = 0;
      continue;
    }
    learnStep(steps, { at, slope, next, nextSlope });
    [at, next] = [next, at];
    [slope, nextSlope] = [nextSlope, slope];
    value -= gain;
    if (gain < LEAST_GAIN * (1 + Math.abs(value))) break;
  }
  return { at, value };
}

function confine(at: Float64Array, { low, high }: Box): void {
  for (let j = 0; j < at.length; j++) at[j] = Math.min(high[j]!, Math.max(low[j]!, at[j]!));
}

/** Whether a coordinate lies on its bound and downhill is outside. */
function isHeld(j: number, at: Float64Array, slope: Float64Array, box: Box | undefined): boolean {
  if (!box) return false;
  return (at[j]! <= box.low[j]! && slope[j]! > 0) || (at[j]! >= box.high[j]! && slope[j]! < 0);
}

function steepness(at: Float64Array, slope: Float64Array, box: Box | undefined): number {
  let most = 0;
  for (let j = 0; j < at.length; j++)
    if (!isHeld(j, at, slope, box)) most = Math.max(most, Math.abs(slope[j]!));
  return most;
}

interface Place {
  readonly at: Float64Array;
  readonly slope: Float64Array;
  readonly box: Box | undefined;
  readonly steps: readonly Step[];
}

/** Downhill by the two-loop recursion, among the coordinates that are not held. */
function fillDirection(direction: Float64Array, { at, slope, box, steps }: Place): void {
  for (let j = 0; j < at.length; j++) direction[j] = isHeld(j, at, slope, box) ? 0 : -slope[j]!;
  const last = steps.at(-1);
  if (last === undefined) {
    scale(direction, FIRST_STEP * Math.min(1, 1 / Math.sqrt(dot(direction, direction))));
    return;
  }
  const shares = new Float64Array(steps.length);
  for (let index = steps.length - 1; index >= 0; index--) {
    const { move, turn, product } = steps[index]!;
    shares[index] = dot(move, direction) / product;
    addScaled(direction, -shares[index]!, turn);
  }
  scale(direction, last.product / dot(last.turn, last.turn));
  for (let index = 0; index < steps.length; index++) {
    const { move, turn, product } = steps[index]!;
    addScaled(direction, shares[index]! - dot(turn, direction) / product, move);
  }
  for (let j = 0; j < at.length; j++) if (isHeld(j, at, slope, box)) direction[j] = 0;
}

/** What the gradient promises of going from one place to the next. */
function promisedGain(at: Float64Array, next: Float64Array, slope: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < at.length; j++) sum -= slope[j]! * (next[j]! - at[j]!);
  return sum;
}

interface Taken {
  readonly at: Float64Array;
  readonly slope: Float64Array;
  readonly next: Float64Array;
  readonly nextSlope: Float64Array;
}

/** Remembers a step, unless the function did not curve upwards along it. */
function learnStep(steps: Step[], { at, slope, next, nextSlope }: Taken): void {
  const move = next.slice();
  const turn = nextSlope.slice();
  addScaled(move, -1, at);
  addScaled(turn, -1, slope);
  const product = dot(move, turn);
  if (!(product > Number.EPSILON * dot(turn, turn))) return;
  steps.push({ move, turn, product });
  if (steps.length > MEMORY) steps.shift();
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < one.length; j++) sum += one[j]! * other[j]!;
  return sum;
}

function addScaled(to: Float64Array, factor: number, what: Float64Array): void {
  for (let j = 0; j < to.length; j++) to[j]! += factor * what[j]!;
}

function scale(what: Float64Array, factor: number): void {
  for (let j = 0; j < what.length; j++) what[j]! *= factor;
}
