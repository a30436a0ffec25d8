/**
 * What a run with switches will show, as far as the runs before it tell: ridge regression on the signs of the switches (+1 on,
 * -1 off), brought up to date run by run (recursive least squares). It comes to any effects in any noise; what is assumed of them
 * below only decides how soon. All variances are in variances of the noise, which need not be known.
 */
export interface SwitchPrediction {
  /** The first run's value: a prediction does not hang on where the metric's zero is. Undefined before it. */
  readonly origin: number | undefined;
  /** The level above `origin`, then half of each effect, in the metric's unit. */
  readonly coefficients: Float64Array;
  /** Covariance of the coefficients, row by row. */
  readonly covariance: Float64Array;
  /** How far the runs after the first were from their predictions, each over the standard deviation that noise of 1 gives it. */
  readonly misses: readonly number[];
}

/** Nothing is known of the level. */
const LEVEL = 1e6;
/** From keep to keep half an effect differs by one sigma: the prior of the t e-process. */
const OWN = 1;
/** Keeps were found by one rule on one lab: the effect of one tells of the others. */
const SHARED = 4;

/** Runs whose misses tell the noise: the fewest for a bet, and the fewest before a run can be called broken. */
const FEWEST = 2;
const ENOUGH = 8;
/** A broken run, beyond so many deviations, moves the prediction no further than these would. */
const FURTHEST = 4;
/** Median of a standard normal's absolute value. */
const NORMAL_MEDIAN = 0.6744897501960817;

export function predictNothing(switches: number): SwitchPrediction {
  const size = switches + 1;
  const covariance = new Float64Array(size * size);
  for (let row = 1; row < size; row++)
    for (let column = 1; column < size; column++)
      covariance[row * size + column] = row === column ? SHARED + OWN : SHARED;
  covariance[0] = LEVEL;
  return { origin: undefined, coefficients: new Float64Array(size), covariance, misses: [] };
}

/** One run against its prediction. */
export interface PredictedRun {
  /** 1 for the level, then +1 or -1 for each switch. */
  readonly signs: readonly number[];
  /** Value minus prediction, in the metric's unit. */
  readonly miss: number;
  /** Variance of the miss. */
  readonly spread: number;
  /** The covariance of the miss with each coefficient. */
  readonly direction: Float64Array;
  /** Standard deviation of the noise, as the runs before show it; undefined while they are too few. */
  readonly noise: number | undefined;
}

export function compareWith(
  prediction: SwitchPrediction,
  on: readonly boolean[],
  value: number,
): PredictedRun {
  const { origin = value, coefficients, covariance, misses } = prediction;
  const size = coefficients.length;
  if (on.length !== size - 1)
    throw new RangeError(`a run has ${on.length} switches where the others have ${size - 1}`);
  const signs = [1, ...on.map((isOn) => (isOn ? 1 : -1))];
  const direction = new Float64Array(size);
  let miss = value - origin;
  let spread = 1;
  for (let row = 0; row < size; row++) {
    let sum = 0;
    for (let column = 0; column < size; column++) sum += covariance[row * size + column]! * signs[column]!;
    direction[row] = sum;
    miss -= coefficients[row]! * signs[row]!;
    spread += sum * signs[row]!;
  }
  return { signs, miss, spread, direction, noise: misses.length < FEWEST ? undefined : noiseOf(misses) };
}

/**
 * The miss over its scale, as someone sees it who does not know how one switch stood: neither number depends on its sign,
 * except through the value. Undefined before the noise can be told.
 *
 * @param index of the coefficient: 1 for the first switch
 */
export function missWithout(
  prediction: SwitchPrediction,
  run: PredictedRun,
  index: number,
): number | undefined {
  if (run.noise === undefined) return undefined;
  const { coefficients, covariance } = prediction;
  const sign = run.signs[index]!;
  const miss = run.miss + sign * coefficients[index]!;
  const spread =
    run.spread - 2 * sign * run.direction[index]! + covariance[index * (coefficients.length + 1)]!;
  // Runs that all agree have no noise: then any miss at all is beyond it.
  return miss === 0 ? 0 : miss / (run.noise * Math.sqrt(spread));
}

export function learn(prediction: SwitchPrediction, value: number, run: PredictedRun): SwitchPrediction {
  const { origin, misses } = prediction;
  const { direction, spread, noise } = run;
  const size = direction.length;
  const deviation = Math.sqrt(spread);
  const isBounded = noise !== undefined && misses.length >= ENOUGH;
  const furthest = isBounded ? FURTHEST * noise * deviation : Number.POSITIVE_INFINITY;
  const miss = Math.max(-furthest, Math.min(furthest, run.miss));
  const coefficients = prediction.coefficients.map((old, row) => old + (direction[row]! * miss) / spread);
  const covariance = prediction.covariance.slice();
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      covariance[row * size + column]! -= (direction[row]! * direction[column]!) / spread;
  const isFirst = origin === undefined;
  return {
    origin: isFirst ? value : origin,
    coefficients,
    covariance,
    misses: isFirst ? misses : [...misses, run.miss / deviation],
  };
}

/** Standard deviation of the noise, told from the median of the misses, which a few broken runs do not move. */
function noiseOf(misses: readonly number[]): number {
  const sizes = Float64Array.from(misses, Math.abs).sort();
  return sizes[sizes.length >> 1]! / NORMAL_MEDIAN;
}
