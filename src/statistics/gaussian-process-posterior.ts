import { factorise, invertFactored, logDeterminant, solveLower, solveUpper } from './cholesky.ts';
import { fillMatern, squaredDifference } from './matern.ts';

/**
 * How probable the hyperparameters of a Gaussian process are after its points were seen. They are searched as natural
 * logarithms, in this order: one inverse squared length a coordinate, the prior variance, and the noise where it is learned.
 */

/** The least that a learned noise variance is, and all of one that is not learned: without it coinciding points leave no factor. */
export const LEAST_NOISE = 1e-7;

/** The priors of Optuna's GPSampler (optuna/_gp/prior.py), as densities of the values themselves and up to constants. */
const LENGTH_WEIGHT = 0.1;
const VARIANCE_PRIOR = { shape: 2, rate: 1 };
const NOISE_PRIOR = { shape: 1.1, rate: 30 };

/** What a process is learned from. */
export interface Observations {
  readonly points: readonly Float64Array[];
  readonly values: readonly number[];
  /** Which coordinates are choices; gives their number too. */
  readonly choices: readonly boolean[];
  readonly learnsNoise: boolean;
  /** Error variance of each value, on top of the noise of all; none where it is left out. */
  readonly errors?: readonly number[] | undefined;
}

export interface Hyperparameters {
  readonly inverseSquares: Float64Array;
  readonly priorVariance: number;
  readonly noise: number;
}

export interface Posterior {
  /**
   * -ln of evidence times priors, and its gradient, by the logarithms; infinite where the covariance has no factor.
   */
  readonly surprise: (logs: Float64Array, slope: Float64Array) => number;
  /** Of the last call of `surprise`: the covariance's lower factor, and its inverse times the values. */
  readonly factor: Float64Array;
  readonly weights: Float64Array;
}

export function hyperparametersOf(
  logs: Float64Array,
  { choices, learnsNoise }: Pick<Observations, 'choices' | 'learnsNoise'>,
): Hyperparameters {
  const dimensions = choices.length;
  return {
    inverseSquares: logs.slice(0, dimensions).map(Math.exp),
    priorVariance: Math.exp(logs[dimensions]!),
    noise: LEAST_NOISE + (learnsNoise ? Math.exp(logs[dimensions + 1]!) : 0),
  };
}

/** Holds the workspace of one fit: a call of `surprise` allocates nothing that grows with the points. */
export function createPosterior(observations: Observations): Posterior {
  const { points, choices, learnsNoise, errors } = observations;
  const values = Float64Array.from(observations.values);
  const size = points.length;
  const differences = pairDifferences(points, choices);
  const pairs = (size * (size - 1)) / 2;
  const squares = new Float64Array(pairs);
  const correlations = new Float64Array(pairs);
  const maternSlopes = new Float64Array(pairs);
  const factor = new Float64Array(size * size);
  const inverse = new Float64Array(size * size);
  const scratch = new Float64Array(size * size);
  const weights = new Float64Array(size);

  function surprise(logs: Float64Array, slope: Float64Array): number {
    const { inverseSquares, priorVariance, noise } = hyperparametersOf(logs, observations);
    fillSquares(squares, differences, inverseSquares);
    fillMatern(squares, correlations, maternSlopes);
    let pair = 0;
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < row; column++)
        factor[row * size + column] = priorVariance * correlations[pair++]!;
      factor[row * size + row] = priorVariance + noise + (errors?.[row] ?? 0);
    }
    if (!factorise(factor, size)) return Number.POSITIVE_INFINITY;
    weights.set(values);
    solveLower(factor, size, weights);
    solveUpper(factor, size, weights);
    invertFactored(factor, size, inverse, scratch);
    fillSlope(slope, { inverseSquares, priorVariance, noise });
    let fit = 0;
    for (let row = 0; row < size; row++) fit += values[row]! * weights[row]!;
    const evidence = -(fit + logDeterminant(factor, size) + size * Math.log(2 * Math.PI)) / 2;
    return -evidence - addPriors(slope, { inverseSquares, priorVariance, noise }, learnsNoise);
  }

  /** The gradient of -ln evidence: half the trace of (inverse - weights weights') times each derivative of the covariance. */
  function fillSlope(slope: Float64Array, { inverseSquares, priorVariance, noise }: Hyperparameters): void {
    const dimensions = inverseSquares.length;
    slope.fill(0);
    let byVariance = 0;
    let byNoise = 0;
    let pair = 0;
    for (let row = 0; row < size; row++) {
      const weight = weights[row]!;
      for (let column = 0; column < row; column++, pair++) {
        // Both halves of the matrix at once.
        const pull = inverse[row * size + column]! - weight * weights[column]!;
        byVariance += pull * correlations[pair]!;
        const bySquare = pull * maternSlopes[pair]!;
        const from = pair * dimensions;
        for (let j = 0; j < dimensions; j++) slope[j]! += bySquare * differences[from + j]!;
      }
      const pull = (inverse[row * size + row]! - weight * weight) / 2;
      byVariance += pull;
      byNoise += pull;
    }
    for (let j = 0; j < dimensions; j++) slope[j]! *= priorVariance * inverseSquares[j]!;
    slope[dimensions] = byVariance * priorVariance;
    if (learnsNoise) slope[dimensions + 1] = byNoise * (noise - LEAST_NOISE);
  }

  return { surprise, factor, weights };
}

/** Squared differences of every pair of points: all coordinates of the first pair, all of the next. */
function pairDifferences(points: readonly Float64Array[], choices: readonly boolean[]): Float64Array {
  const differences = new Float64Array(((points.length * (points.length - 1)) / 2) * choices.length);
  let index = 0;
  for (let row = 0; row < points.length; row++)
    for (let column = 0; column < row; column++)
      for (let j = 0; j < choices.length; j++)
        differences[index++] = squaredDifference(points[row]![j]!, points[column]![j]!, choices[j]!);
  return differences;
}

function fillSquares(squares: Float64Array, differences: Float64Array, inverseSquares: Float64Array): void {
  const dimensions = inverseSquares.length;
  let index = 0;
  for (let pair = 0; pair < squares.length; pair++) {
    let sum = 0;
    for (let j = 0; j < dimensions; j++) sum += inverseSquares[j]! * differences[index++]!;
    squares[pair] = sum;
  }
}

/** Adds the priors' part to the gradient of the surprise, and returns their logarithm. */
function addPriors(slope: Float64Array, hyperparameters: Hyperparameters, learnsNoise: boolean): number {
  const { inverseSquares, priorVariance, noise } = hyperparameters;
  const dimensions = inverseSquares.length;
  let log = 0;
  for (let j = 0; j < dimensions; j++) {
    const long = LENGTH_WEIGHT / inverseSquares[j]!;
    const short = LENGTH_WEIGHT * inverseSquares[j]!;
    log -= long + short;
    slope[j]! += short - long;
  }
  log += logGammaPrior(priorVariance, VARIANCE_PRIOR);
  slope[dimensions]! -= VARIANCE_PRIOR.shape - 1 - VARIANCE_PRIOR.rate * priorVariance;
  if (!learnsNoise) return log;
  const learned = noise - LEAST_NOISE;
  slope[dimensions + 1]! -= NOISE_PRIOR.shape - 1 - NOISE_PRIOR.rate * learned;
  return log + logGammaPrior(learned, NOISE_PRIOR);
}

function logGammaPrior(x: number, { shape, rate }: { shape: number; rate: number }): number {
  return (shape - 1) * Math.log(x) - rate * x;
}
