import { logImprovement } from '../../statistics/expected-improvement.ts';
import { fitGaussianProcess, type GaussianProcess } from '../../statistics/gaussian-process.ts';
import type { Landscape, Measured } from './landscape.ts';

/** What is expected of a place that was not tried. */
export interface Surrogate {
  /**
   * How much a trial there promises: log of the expected improvement, less where it may crash or take long. Only differences of
   * it count.
   */
  promise(at: Float64Array): number;
  /** The chance that a trial there is measured at all, above 0 and at most 1. */
  survival(at: Float64Array): number;
  /** The log of the expected improvement alone, and its slope along each number, which is written to `slope`. */
  improvement(at: Float64Array, slope: Float64Array): number;
  /** How far one must go along each axis for the value to be another. */
  readonly lengths: readonly number[];
  /** Expected gain over the present champion with its deviation, in the metric's unit. */
  forecast(at: Float64Array): { readonly gain: number; readonly deviation: number };
}

/** Points that a model is made of; the work grows with their cube. */
export const MOST_POINTS = 100;

/**
 * A Gaussian process of the gains, after the bend of `bends` that explains them best. Points whose verdict is not known yet count as if
 * they had come out as expected, so that trials side by side ask different questions.
 */
export function surrogateOf(landscape: Landscape, measured: readonly Measured[]): Surrogate {
  const choices = landscape.axes.map(({ kind }) => kind === 'choice');
  const known = fitBent(measured, choices, landscape.luck);
  const believed = landscape.open.map((at) => ({ at, cost: known.process.mean(at) }));
  const value = believed.length === 0 ? known : refit(known, measured, believed, choices, landscape.luck);
  const survival = survivalOf(landscape, measured, choices);
  const duration = durationOf(measured, choices);
  const least = leastOf(value, measured, landscape.luck);
  const meanSlope = new Float64Array(choices.length);
  const varianceSlope = new Float64Array(choices.length);
  return {
    lengths: value.process.lengths,
    survival,
    promise(at) {
      const { mean, variance } = value.process.predict(at);
      const deviation = Math.sqrt(variance);
      const improvement = Math.log(deviation) + logImprovement((least - mean) / deviation).log;
      return improvement + Math.log(survival(at)) - Math.log(duration(at));
    },
    improvement(at, slope) {
      const { mean, variance } = value.process.slope(at, meanSlope, varianceSlope);
      const deviation = Math.sqrt(variance);
      const z = (least - mean) / deviation;
      const log = logImprovement(z);
      for (let axis = 0; axis < slope.length; axis++) {
        const widening = varianceSlope[axis]! / (2 * variance);
        slope[axis] = widening + log.slope * (-meanSlope[axis]! / deviation - z * widening);
      }
      return Math.log(deviation) + log.log;
    },
    forecast(at) {
      const { mean, variance } = value.process.predict(at);
      const deviation = Math.sqrt(variance);
      const gain = value.gainAt(mean);
      return { gain, deviation: Math.abs(value.gainAt(mean - deviation) - gain) };
    },
  };
}

interface Bent {
  readonly process: GaussianProcess;
  /** Bent and standardised: lower is better. */
  readonly costs: readonly number[];
  gainAt(cost: number): number;
}

/**
 * Scales of the bend, as shares of the distance from the best to the middle. Costs that grow by powers of ten are bent most, so that a
 * valley floor is seen from its slopes; one that does not need it stays straight.
 */
const BENDS = [Number.POSITIVE_INFINITY, 1, 0.1];

type Luck = Landscape['luck'];

/**
 * Of points and axes together: beyond it a bend is chosen by some of the points, and the model of all goes on from theirs, so that a thought stays
 * short.
 */
const MOST_WORK = 400;
const CHOSEN_BY = 40;

function fitBent(measured: readonly Measured[], choices: readonly boolean[], luck: Luck): Bent {
  const isMuch = measured.length * choices.length > MOST_WORK;
  const some = isMuch ? thinned(measured, CHOSEN_BY) : measured;
  const fits = BENDS.map((bend) => fitWith(some, choices, bend, luck));
  const best = fits.reduce((best, fit) => (fit.evidence > best.evidence ? fit : best));
  return isMuch ? fitWith(measured, choices, best.bend, luck, best.process) : best;
}

/** At most so many, spread over all of them. */
function thinned<Point>(points: readonly Point[], most: number): Point[] {
  const step = Math.max(1, points.length / most);
  return Array.from(
    { length: Math.min(most, points.length) },
    (_, index) => points[Math.floor(index * step)]!,
  );
}

function fitWith(
  measured: readonly Measured[],
  choices: readonly boolean[],
  bend: number,
  luck: Luck,
  like?: GaussianProcess,
): Bent & { readonly evidence: number; readonly bend: number } {
  const best = Math.max(...measured.map(({ gain }) => gain));
  const behind = measured.map(({ gain }) => best - gain);
  const unit = (median(behind) || Math.max(...behind) || 1) * bend;
  const isStraight = !Number.isFinite(unit);
  const bent = behind.map((cost) => (isStraight ? cost : Math.log1p(cost / unit)));
  const mean = bent.reduce((sum, cost) => sum + cost, 0) / bent.length;
  const spread = Math.sqrt(bent.reduce((sum, cost) => sum + (cost - mean) ** 2, 0) / bent.length) || 1;
  const costs = bent.map((cost) => (cost - mean) / spread);
  const slopes = behind.map((cost) => (isStraight ? 1 : 1 / (unit + cost)) / spread);
  const errors = measured.map(({ error }, index) => (error * slopes[index]!) ** 2);
  const points = measured.map(({ at }) => at);
  const process = fitGaussianProcess(points, costs, {
    choices,
    noise: luck === 'none' ? { kind: 'none' } : { kind: 'learned', errors },
    ...(like && { like }),
  });
  return {
    process,
    costs,
    bend,
    // Of the same values in different units: the density of the values themselves is what is compared.
    evidence: process.evidence + slopes.reduce((sum, slope) => sum + Math.log(slope), 0),
    gainAt: (cost) => {
      const raw = cost * spread + mean;
      return best - (isStraight ? raw : unit * Math.expm1(Math.min(raw, MOST_BENT)));
    },
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Beyond e to this power no cost is a number. */
const MOST_BENT = 700;

function refit(
  known: Bent,
  measured: readonly Measured[],
  believed: readonly { readonly at: Float64Array; readonly cost: number }[],
  choices: readonly boolean[],
  luck: Luck,
): Bent {
  const points = [...measured.map(({ at }) => at), ...believed.map(({ at }) => at)];
  const costs = [...known.costs, ...believed.map(({ cost }) => cost)];
  const process = fitGaussianProcess(points, costs, {
    choices,
    noise: { kind: luck === 'none' ? 'none' : 'learned' },
    like: known.process,
  });
  return { ...known, process, costs };
}

/** What a place must beat: the best measured, or under noise the best that is expected where something was measured. */
function leastOf({ process, costs }: Bent, measured: readonly Measured[], luck: Luck): number {
  if (luck === 'none') return Math.min(...costs);
  return Math.min(...measured.map(({ at }) => process.mean(at)));
}

/** So that a place beside a crash is unlikely, and none is ruled out. */
const LEAST_SURVIVAL = 0.01;

/** The chance that a trial at a place is measured at all. */
function survivalOf(
  { broken }: Landscape,
  measured: readonly Measured[],
  choices: readonly boolean[],
): (at: Float64Array) => number {
  if (broken.length === 0) return () => 1;
  const near = broken.slice(0, MOST_POINTS / 2);
  const points = [...thinned(measured, MOST_POINTS / 2).map(({ at }) => at), ...near];
  const share = 1 - near.length / points.length;
  const spread = Math.sqrt(share * (1 - share));
  const outcomes = points.map((_, index) => ((index < points.length - near.length ? 1 : 0) - share) / spread);
  const process = fitOutcomes(points, outcomes, choices);
  return (at) => {
    const survives = process.mean(at) * spread + share;
    return Math.min(1, Math.max(LEAST_SURVIVAL, survives));
  };
}

/** A process of what is known less well than gains; of many points it goes on from what some of them say. */
function fitOutcomes(
  points: readonly Float64Array[],
  values: readonly number[],
  choices: readonly boolean[],
): GaussianProcess {
  const options = { choices, noise: { kind: 'learned' } } as const;
  if (points.length * choices.length <= MOST_WORK) return fitGaussianProcess(points, values, options);
  const like = fitGaussianProcess(thinned(points, CHOSEN_BY), thinned(values, CHOSEN_BY), options);
  return fitGaussianProcess(points, values, { ...options, like });
}

/** Trials whose times differ by less than this, as a share, are taken to be alike. */
const ALIKE = 0.2;

/** Seconds that a trial at a place takes, relative to the middle. */
function durationOf(
  measured: readonly Measured[],
  choices: readonly boolean[],
): (at: Float64Array) => number {
  const timed = thinned(
    measured.filter(({ seconds }) => seconds > 0),
    MOST_POINTS / 2,
  );
  if (timed.length < 8) return () => 1;
  const logs = timed.map(({ seconds }) => Math.log(seconds));
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const spread = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length);
  if (spread < ALIKE) return () => 1;
  const points = timed.map(({ at }) => at);
  const standardised = logs.map((log) => (log - mean) / spread);
  const process = fitOutcomes(points, standardised, choices);
  return (at) => Math.exp(process.mean(at) * spread);
}
