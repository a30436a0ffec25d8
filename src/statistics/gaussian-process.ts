import { solveLower, solveUpper } from './cholesky.ts';
import {
  createPosterior,
  type Hyperparameters,
  hyperparametersOf,
  LEAST_NOISE,
  type Observations,
  type Posterior,
} from './gaussian-process-posterior.ts';
import { fillMatern, squaredDifference } from './matern.ts';
import { minimise } from './minimise.ts';

/** What is believed of an unknown function at one place: in the unit of the values, and in its square (above 0). */
export interface Prediction {
  readonly mean: number;
  readonly variance: number;
}

/** A belief about a function: whatever has the same values at the points, the more so the smoother. */
export interface GaussianProcess {
  /** Mean and variance of the function itself, without the noise. */
  predict(at: Float64Array): Prediction;
  /** The mean alone: in time by the number of points, not by its square. */
  mean(at: Float64Array): number;
  /** The same, and fills in the gradients of both by the coordinates; 0 for choices, which have none. */
  slope(at: Float64Array, meanSlope: Float64Array, varianceSlope: Float64Array): Prediction;
  /** In units of each coordinate: how far one must go for the value to be another. Of a choice: 1 / how much it matters. */
  readonly lengths: readonly number[];
  /** The variance far from every point. */
  readonly priorVariance: number;
  /** Variance of a value about the function: learned, or the jitter of 1e-7 that keeps points that coincide apart. */
  readonly noise: number;
  /**
   * ln of the values' density times the priors' (these up to a constant of the number of coordinates). To compare two warps
   * of the values, add the logarithm of each warp's derivative at each value.
   */
  readonly evidence: number;
}

export interface FitOptions {
  /** One for each coordinate: choices are equal or not, no matter by how much. */
  readonly choices: readonly boolean[];
  /** `errors`: what is known of each value's own error variance, on top of the learned one that all share. */
  readonly noise:
    | { readonly kind: 'none' }
    | { readonly kind: 'learned'; readonly errors?: readonly number[] };
  /** A process of the same coordinates, of much the same values: what was found for it is gone on from, with fewer steps. */
  readonly like?: GaussianProcess;
}

/** Where the search for hyperparameters starts: lengths of half a unit, values of deviation 1, a hundredth of it noise. */
const START = { inverseSquare: Math.log(4), variance: 0, noise: Math.log(0.01) };
/**
 * Evaluations of the posterior in one fit: for 120 values of Rosenbrock's function in 16 coordinates more would add less than
 * 1e-5 to the evidence.
 */
const EVALUATIONS = 40;
/** From what was found for much the same values. */
const EVALUATIONS_FROM_LIKE = 12;
/** In logarithms: no step of the search changes a hyperparameter by more than a factor of 20. */
const LONGEST_STEP = 3;
/** Rounding leaves no variance smaller than this. */
const LEAST_VARIANCE = 1e-14;

/**
 * The Gaussian process with Matérn's 5/2 covariance, a length for each coordinate, and the most probable hyperparameters that
 * a bounded search finds (Rasmussen and Williams, 2006, chapters 2 and 5). Takes time by the cube of the points.
 *
 * @param points in coordinates of about unit range, all finite; may coincide, and may be none
 * @param values one for each point, with mean 0 and standard deviation 1
 */
export function fitGaussianProcess(
  points: readonly Float64Array[],
  values: readonly number[],
  { choices, noise, like }: FitOptions,
): GaussianProcess {
  const learnsNoise = noise.kind === 'learned';
  const errors = noise.kind === 'learned' ? noise.errors : undefined;
  const observations: Observations = { points, values, choices, learnsNoise, errors };
  const posterior = createPosterior(observations);
  const start = new Float64Array(choices.length + (learnsNoise ? 2 : 1)).fill(START.inverseSquare);
  start[choices.length] = START.variance;
  if (learnsNoise) start[choices.length + 1] = START.noise;
  const search = (from: Float64Array, evaluations: number) =>
    minimise(posterior.surprise, from, { evaluations, longestStep: LONGEST_STEP });
  const onward = like && search(startFrom(start, like, learnsNoise), EVALUATIONS_FROM_LIKE);
  // These values may have no factor where the others had one.
  const { at: logs } = onward && Number.isFinite(onward.value) ? onward : search(start, EVALUATIONS);
  // Once more, so that the posterior holds the factor of what was found. What has none was never gone to, and the start has
  // one: rounding takes less than the least noise from the covariance of a thousand points, even where all coincide.
  const surprise = posterior.surprise(logs, new Float64Array(logs.length));
  if (!Number.isFinite(surprise))
    throw new RangeError('a Gaussian process cannot be fitted: a point, a value or an error is not finite');
  const found = hyperparametersOf(logs, observations);
  const { predict, mean, slope } = predictorOf(observations, found, posterior);
  return {
    predict,
    mean,
    slope,
    lengths: Array.from(found.inverseSquares, (inverseSquare) => 1 / Math.sqrt(inverseSquare)),
    priorVariance: found.priorVariance,
    noise: found.noise,
    evidence: -surprise,
  };
}

/** In logarithms, as the search takes them; a noise that was not learned, or has none left, starts as it would anew. */
function startFrom(
  anew: Float64Array,
  { lengths, priorVariance, noise }: GaussianProcess,
  learnsNoise: boolean,
): Float64Array {
  const start = anew.slice();
  for (const [axis, length] of lengths.entries()) start[axis] = -2 * Math.log(length);
  start[lengths.length] = Math.log(priorVariance);
  if (learnsNoise && noise > 2 * LEAST_NOISE) start[lengths.length + 1] = Math.log(noise - LEAST_NOISE);
  return start;
}

function predictorOf(
  { points, choices }: Observations,
  { inverseSquares, priorVariance }: Hyperparameters,
  { factor, weights }: Posterior,
): Pick<GaussianProcess, 'predict' | 'mean' | 'slope'> {
  const size = points.length;
  const dimensions = choices.length;
  const squares = new Float64Array(size);
  const correlations = new Float64Array(size);
  const maternSlopes = new Float64Array(size);
  const solved = new Float64Array(size);

  /** Fills in the correlations with all points, and leaves their covariances in `solved`. */
  function mean(at: Float64Array): number {
    for (let row = 0; row < size; row++) {
      const point = points[row]!;
      let sum = 0;
      for (let j = 0; j < dimensions; j++)
        sum += inverseSquares[j]! * squaredDifference(at[j]!, point[j]!, choices[j]!);
      squares[row] = sum;
    }
    fillMatern(squares, correlations, maternSlopes);
    let sum = 0;
    for (let row = 0; row < size; row++) {
      solved[row] = priorVariance * correlations[row]!;
      sum += solved[row]! * weights[row]!;
    }
    return sum;
  }

  function predict(at: Float64Array): Prediction {
    const expected = mean(at);
    solveLower(factor, size, solved);
    let variance = priorVariance;
    for (let row = 0; row < size; row++) variance -= solved[row]! * solved[row]!;
    return { mean: expected, variance: Math.max(variance, LEAST_VARIANCE) };
  }

  function slope(at: Float64Array, meanSlope: Float64Array, varianceSlope: Float64Array): Prediction {
    const prediction = predict(at);
    solveUpper(factor, size, solved);
    meanSlope.fill(0);
    varianceSlope.fill(0);
    for (let row = 0; row < size; row++) {
      const point = points[row]!;
      const bySquare = 2 * priorVariance * maternSlopes[row]!;
      const forMean = bySquare * weights[row]!;
      const forVariance = -2 * bySquare * solved[row]!;
      for (let j = 0; j < dimensions; j++) {
        if (choices[j]) continue;
        const step = inverseSquares[j]! * (at[j]! - point[j]!);
        meanSlope[j]! += forMean * step;
        varianceSlope[j]! += forVariance * step;
      }
    }
    return prediction;
  }

  return { predict, mean, slope };
}
