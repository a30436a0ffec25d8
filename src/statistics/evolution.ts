import { type Axes, axesOf } from './symmetric-eigenvectors.ts';

/**
 * CMA-ES, the evolution strategy that learns the shape of a function's valleys from nothing but the ranks of points (Hansen,
 * "The CMA Evolution Strategy: A Tutorial", arXiv 1604.00772, with weights of 0 for the worse half). The names in brackets
 * are the tutorial's.
 */

/** A normal distribution that new points are drawn from, and how it came to be: plain data that is never changed in place. */
export interface Evolution {
  readonly mean: Float64Array;
  /** The step size (sigma), in units of the coordinates, by which the shape is multiplied. */
  readonly deviation: number;
  /** The shape (C): a symmetric matrix, row after row. */
  readonly covariance: Float64Array;
  readonly axes: ShapeAxes;
  /** The sum of recent moves without the shape (p sigma): longer than by chance where the steps are too short. */
  readonly stepPath: Float64Array;
  /** The sum of recent moves (p c). */
  readonly shapePath: Float64Array;
  /** Generations that were learned from. */
  readonly generations: number;
}

/** The shape's unit eigenvectors (B) as columns, and the square roots of its eigenvalues (D). */
export interface ShapeAxes {
  readonly directions: Float64Array;
  readonly lengths: Float64Array;
}

/** Beyond these bounds a step size is no use, and its squares would leave the range of a double. */
const DEVIATIONS = { least: 1e-100, most: 1e100 };
/** One generation lets the step size grow by e to the power of this at most (Hansen 2011). */
const MOST_GROWTH = 1;
/** No axis is shorter than this share of the longest: beyond, rounding and not the function would shape it. */
const LEAST_AXIS = 1e-8;
/** In place of an eigenvalue of 0, which thousands of generations of one and the same point would come to. */
const SMALLEST = 1e-40;

/**
 * @param start.mean the best guess; finite
 * @param start.deviation about a third of the distance to where the best point may lie, the same in all coordinates; above 0
 */
export function startEvolution({ mean, deviation }: { mean: Float64Array; deviation: number }): Evolution {
  const size = mean.length;
  const covariance = new Float64Array(size * size);
  for (let j = 0; j < size; j++) covariance[j * size + j] = 1;
  return {
    mean: mean.slice(),
    deviation,
    covariance,
    axes: { directions: covariance.slice(), lengths: new Float64Array(size).fill(1) },
    stepPath: new Float64Array(size),
    shapePath: new Float64Array(size),
    generations: 0,
  };
}

/**
 * How many points make a generation (lambda) by default. More see past noise and small hollows, and learn more slowly.
 *
 * @param dimensions 1 or more
 */
export function generationSize(dimensions: number): number {
  return 4 + Math.floor(3 * Math.log(dimensions));
}

/**
 * A point of the distribution.
 *
 * @param random numbers from 0 to below 1; two are taken for each coordinate
 */
export function drawFrom({ mean, deviation, axes }: Evolution, random: () => number): Float64Array {
  const size = mean.length;
  const at = mean.slice();
  for (let axis = 0; axis < size; axis++) {
    const length = deviation * axes.lengths[axis]! * drawNormal(random);
    for (let j = 0; j < size; j++) at[j]! += length * axes.directions[j * size + axis]!;
  }
  return at;
}

/** A standard normal (Box and Muller, 1958). */
function drawNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * The distribution after one more generation. Points may come from anywhere, as long as they are ranked: steps from the mean
 * that are longer than the distribution would make them are shortened (Hansen, "Injecting external solutions into CMA-ES",
 * arXiv 1110.4181). That shortens a few of its own as well, which does it no harm.
 *
 * @param points best first; the better half teaches, so there should be two or more. Of none, nothing is learned
 */
export function learnGeneration(evolution: Evolution, points: readonly Float64Array[]): Evolution {
  if (points.length === 0) return evolution;
  const { mean, deviation, axes } = evolution;
  const size = mean.length;
  const weights = weightsOf(points.length);
  const rates = ratesOf(size, weights);
  const steps = weights.map((_, rank) => stepTo(points[rank]!, evolution));
  const move = new Float64Array(size);
  for (const [rank, step] of steps.entries())
    for (let j = 0; j < size; j++) move[j]! += weights[rank]! * step[j]!;

  const stepPath = longer(evolution.stepPath, rates.step, rates.effective, whitened(move, axes));
  const generations = evolution.generations + 1;
  // Expected length of a standard normal vector, to three digits even in one coordinate.
  const usual = Math.sqrt(size) * (1 - 1 / (4 * size) + 1 / (21 * size * size));
  const stepLength = lengthOf(stepPath);
  const settled = Math.sqrt(1 - (1 - rates.step) ** (2 * generations));
  // While the step size is still far too small, the moves say more about it than about the shape (h sigma).
  const isStalled = stepLength / settled >= (1.4 + 2 / (size + 1)) * usual;
  const shapePath = longer(evolution.shapePath, rates.path, rates.effective, isStalled ? undefined : move);
  const covariance = learnShape(evolution, { steps, weights, rates, shapePath, isStalled });
  const growth = Math.min(MOST_GROWTH, (rates.step / rates.damping) * (stepLength / usual - 1));
  return {
    mean: mean.map((value, j) => value + deviation * move[j]!),
    deviation: Math.min(DEVIATIONS.most, Math.max(DEVIATIONS.least, deviation * Math.exp(growth))),
    covariance,
    axes: shapeAxesOf(axesOf(covariance, size)),
    stepPath,
    shapePath,
    generations,
  };
}

/** The weights of the better half of so many points, from the best on; their sum is 1. */
function weightsOf(count: number): number[] {
  const parents = Math.max(1, Math.floor(count / 2));
  const raw = Array.from({ length: parents }, (_, rank) => Math.log(parents + 0.5) - Math.log(rank + 1));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return raw.map((weight) => weight / sum);
}

/** Of the tutorial's table 1. */
interface Rates {
  /** How many equal parents the weights are worth (mu eff). */
  readonly effective: number;
  /** What a generation adds to the step path (c sigma), and how slowly the step size follows (d sigma). */
  readonly step: number;
  readonly damping: number;
  /** What it adds to the shape's path (c c), and to the shape from the path (c 1) and from the points (c mu). */
  readonly path: number;
  readonly fromPath: number;
  readonly fromPoints: number;
}

function ratesOf(size: number, weights: readonly number[]): Rates {
  const effective = 1 / weights.reduce((sum, weight) => sum + weight * weight, 0);
  const step = (effective + 2) / (size + effective + 5);
  const fromPath = 2 / ((size + 1.3) ** 2 + effective);
  return {
    effective,
    step,
    damping: 1 + 2 * Math.max(0, Math.sqrt((effective - 1) / (size + 1)) - 1) + step,
    path: (4 + effective / size) / (size + 4 + (2 * effective) / size),
    fromPath,
    fromPoints: Math.min(
      1 - fromPath,
      (2 * (1 / 4 + effective + 1 / effective - 2)) / ((size + 2) ** 2 + effective),
    ),
  };
}

/** From the mean to a point in step sizes (y), no longer under the shape than Hansen's bound, whoever made the point. */
function stepTo(point: Float64Array, { mean, deviation, axes }: Evolution): Float64Array {
  const size = mean.length;
  const step = mean.map((from, j) => (point[j]! - from) / deviation);
  const longest = Math.sqrt(size) + (2 * size) / (size + 2);
  const length = lengthOf(whitened(step, axes));
  return length <= longest ? step : step.map((part) => (part * longest) / length);
}

/** The step with the shape taken off it (C^-1/2 y). */
function whitened(step: Float64Array, { directions, lengths }: ShapeAxes): Float64Array {
  const size = step.length;
  const result = new Float64Array(size);
  for (let axis = 0; axis < size; axis++) {
    let along = 0;
    for (let j = 0; j < size; j++) along += step[j]! * directions[j * size + axis]!;
    along /= lengths[axis]!;
    for (let j = 0; j < size; j++) result[j]! += along * directions[j * size + axis]!;
  }
  return result;
}

/** A path after one more move, scaled so that moves of pure chance leave it with the variance of one draw. */
function longer(
  path: Float64Array,
  rate: number,
  effective: number,
  move: Float64Array | undefined,
): Float64Array {
  const scale = Math.sqrt(rate * (2 - rate) * effective);
  return path.map((part, j) => (1 - rate) * part + (move === undefined ? 0 : scale * move[j]!));
}

interface Lesson {
  readonly steps: readonly Float64Array[];
  readonly weights: readonly number[];
  readonly rates: Rates;
  readonly shapePath: Float64Array;
  readonly isStalled: boolean;
}

/** The shape after the rank-one update by the path and the rank-mu update by the points. */
function learnShape({ covariance }: Evolution, lesson: Lesson): Float64Array {
  const { steps, weights, rates, shapePath, isStalled } = lesson;
  const size = shapePath.length;
  // A stalled path misses the variance of its last move.
  const missed = isStalled ? rates.path * (2 - rates.path) : 0;
  const kept = 1 - rates.fromPath * (1 - missed) - rates.fromPoints;
  const learned = new Float64Array(size * size);
  for (let row = 0; row < size; row++)
    for (let column = 0; column <= row; column++) {
      let sum = 0;
      for (let rank = 0; rank < steps.length; rank++)
        sum += weights[rank]! * steps[rank]![row]! * steps[rank]![column]!;
      const old = kept * covariance[row * size + column]!;
      const value = old + rates.fromPath * shapePath[row]! * shapePath[column]! + rates.fromPoints * sum;
      learned[row * size + column] = value;
      learned[column * size + row] = value;
    }
  return learned;
}

/** From eigenvalues to lengths, with a bound to how unequal they are. */
function shapeAxesOf({ directions, values }: Axes): ShapeAxes {
  const longest = Math.sqrt(values.reduce((most, value) => Math.max(most, value), SMALLEST));
  const lengths = values.map((value) => Math.max(Math.sqrt(Math.max(0, value)), LEAST_AXIS * longest));
  return { directions, lengths };
}

function lengthOf(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, part) => sum + part * part, 0));
}
