import type { Commit } from '../../model/identity.ts';
import type { Proposal } from '../../model/proposal.ts';
import type { StudyState } from '../../model/study.ts';
import {
  CHECKPOINTS,
  type Conditions,
  type CurvePoint,
  comparable,
  type EndedTrial,
} from '../../model/trial.ts';
import { meanOf } from '../../statistics/noise.ts';
import { noiseOf } from './noise.ts';
import { onceATrial } from './once-a-trial.ts';
import { candidateTrials, freshTrials, type Measured } from './samples.ts';

/** Trials of candidates that forecasts are learned from: the latest ones, since later champions learn differently. */
const MOST_PAIRS = 200;
/** Before this many trials have shown how well their progress told their end, none is stopped. */
const LEAST_PAIRS = { objective: 4, other: 12 };
/** What is assumed of each checkpoint before it is learned: variance of the forecast, in that of a trial's own noise. */
const ASSUMED = [9, 4, 1.44, 0.64] as const;
const ASSUMED_WEIGHT = 2;

/** How a trial stands against its champion at one checkpoint, and how it ended, where it did. */
interface Standing {
  readonly at: number;
  readonly final: number;
  /** Whether both sides ran the same code. */
  readonly isEqual: boolean;
  /** Variance that luck alone gives `final`, in that of one trial. */
  readonly luck: number;
}

/** What one checkpoint tells of the end. */
export interface Foresight {
  readonly metric: string;
  /** Expected gain at the end for each unit of lead at the checkpoint. */
  readonly slope: number;
  /** Of the gain that a trial will then show, in the metric's unit. */
  readonly deviation: number;
}

/** A point counts for a checkpoint up to the next one: a lab that reports once, at its end, tells nothing of its middle. */
const LAST_REACH = 0.8;

/** The point of a curve at each checkpoint, undefined where it has none between that and the next. */
function pointsAt(curve: readonly CurvePoint[]): (CurvePoint | undefined)[] {
  return CHECKPOINTS.map((checkpoint, index) => {
    const next = CHECKPOINTS[index + 1] ?? LAST_REACH;
    return curve.find(({ progress }) => progress >= checkpoint && progress < next);
  });
}

/** The metric by which trials are followed: the objective where the lab streams it, else the first that it streams. */
export function followedMetric(
  { study }: StudyState,
  trials: Iterable<Pick<EndedTrial, 'curve'>>,
): string | undefined {
  for (const { curve } of trials) {
    const values = curve[0]?.values;
    if (values === undefined) continue;
    const { name } = study.objective;
    return Object.hasOwn(values, name) ? name : Object.keys(values)[0];
  }
  return undefined;
}

function* completedTrials(state: StudyState, conditions: Conditions): Generator<EndedTrial> {
  for (const trial of state.ended.values()) {
    if (trial.outcome.kind === 'completed' && comparable(trial.conditions, conditions)) yield trial;
  }
}

/** How far a curve leads the champion's at a checkpoint, in the mean of the champion's trials. */
export function leadAt(
  checkpoint: number,
  metric: string,
  curve: readonly CurvePoint[],
  reference: readonly Measured[],
): number | undefined {
  const own = valueAt(curve, checkpoint, metric);
  const others = reference.flatMap((other) => valueAt(other.trial.curve, checkpoint, metric) ?? []);
  if (own === undefined || others.length === 0) return undefined;
  return own - meanOf(others);
}

function valueAt(curve: readonly CurvePoint[], checkpoint: number, metric: string): number | undefined {
  return pointsAt(curve)[checkpoint]?.values[metric];
}

/**
 * Learns from the trials of this study that ran to their end how well a lead at each of `CHECKPOINTS` tells the gain at the end;
 * undefined where it is not told, or not often enough. A lead in the objective itself counts as it is; one in another metric,
 * such as the training loss, counts by what leads of changes of known gain have been.
 */
export const foresightsOf = onceATrial((state, conditions): (Foresight | undefined)[] => {
  const metric = followedMetric(state, completedTrials(state, conditions));
  if (metric === undefined) return CHECKPOINTS.map(() => undefined);
  const comparisons = comparisonsOf(state, conditions);
  const { name, direction } = state.study.objective;
  const own = noiseOf(state, conditions).variance;
  return CHECKPOINTS.map((_, checkpoint) => {
    const standings = comparisons
      .flatMap((one) => standingOf(one, checkpoint, metric) ?? [])
      .slice(-MOST_PAIRS);
    const assumed = assumedVariance(state, conditions, checkpoint);
    return metric === name
      ? inObjective(standings, metric, direction === 'maximize' ? 1 : -1, assumed)
      : inAnother(standings, metric, own, assumed);
  });
});

function inObjective(
  standings: readonly Standing[],
  metric: string,
  slope: number,
  assumed: number,
): Foresight | undefined {
  if (standings.length < LEAST_PAIRS.objective) return undefined;
  const squares = standings.reduce((sum, { at, final }) => sum + (final - slope * at) ** 2, 0);
  const deviation = Math.sqrt((ASSUMED_WEIGHT * assumed + squares) / (ASSUMED_WEIGHT + standings.length));
  return { metric, slope, deviation };
}

/** Runs of equal code say nothing of what a gain looks like: so many changes must have. */
const LEAST_CHANGES = 4;
/** In standard errors: a metric whose leads go with gains less clearly than this foretells nothing. */
const CLEAR = 2;

/**
 * How large a lead goes with a gain is learned from gains and harms that are clear of the noise; how far leads scatter by
 * themselves, from runs of equal code. So a lead is an estimate of the gain with an error of its own, not a share of it: a rule
 * that foretold the most likely end instead would shrink all leads towards nothing, and stop gains with the rest.
 */
function inAnother(
  standings: readonly Standing[],
  metric: string,
  own: number,
  assumed: number,
): Foresight | undefined {
  if (standings.length < LEAST_PAIRS.other) return undefined;
  const equal = standings.filter(({ isEqual }) => isEqual);
  const changes = standings.filter(({ isEqual }) => !isEqual);
  if (changes.length < LEAST_CHANGES) return undefined;
  if (!goesWithGains(changes, own)) return undefined;
  const size = leadOfGains(changes, own);
  if (size === 0) return undefined;
  const squares = equal.reduce((sum, { at }) => sum + (at / size) ** 2, 0);
  const luck = equal.reduce((sum, one) => sum + one.luck, 0);
  const weight = ASSUMED_WEIGHT + equal.length;
  const spread = (ASSUMED_WEIGHT * (assumed + own) + squares) / weight;
  // What the value at the end has as luck of its own is counted apart.
  const beyond = spread - (own * (ASSUMED_WEIGHT + luck)) / weight;
  return { metric, slope: 1 / size, deviation: Math.sqrt(Math.max(0, beyond)) };
}

/** Whether leads rise and fall with gains: least squares through the origin, in which no change counts more than a clear one. */
function goesWithGains(changes: readonly Standing[], own: number): boolean {
  const weighed = changes.map(({ at, final }) => ({ at, final, weight: 1 / (own + final * final) }));
  const squares = weighed.reduce((sum, { final, weight }) => sum + weight * final * final, 0);
  const slope = weighed.reduce((sum, { at, final, weight }) => sum + weight * at * final, 0) / squares;
  const left = weighed.reduce(
    (sum, { at, final, weight }) => sum + (weight * final * (at - slope * final)) ** 2,
    0,
  );
  return Math.abs(slope) > (CLEAR * Math.sqrt(left)) / squares;
}

/**
 * Lead for each unit of gain, as half of the changes have more and half have less of it: changes differ in it by more than any noise,
 * and a few breakdowns must not decide for all. What is within the noise counts less.
 */
function leadOfGains(changes: readonly Standing[], own: number): number {
  const ratios = changes
    .filter(({ final }) => final !== 0)
    .map(({ at, final }) => ({ ratio: at / final, weight: (final * final) / (own + final * final) }))
    .sort((one, other) => one.ratio - other.ratio);
  let left = ratios.reduce((sum, { weight }) => sum + weight, 0) / 2;
  for (const { ratio, weight } of ratios) {
    left -= weight;
    if (left <= 0) return ratio;
  }
  return 0;
}

function assumedVariance(state: StudyState, conditions: Conditions, checkpoint: number): number {
  return ASSUMED[checkpoint]! * noiseOf(state, conditions).variance;
}

/**
 * By how much a lead at each of `CHECKPOINTS` misses the gain at the end: variances, in squares of the metric's unit; none where
 * no progress is told. None is smaller than a later one, since the noise that is still to come can only shrink.
 */
export function forecastVariances(state: StudyState, conditions: Conditions): number[] {
  const foresights = foresightsOf(state, conditions);
  if (foresights.every((foresight) => foresight === undefined)) return [];
  const variances = foresights.map((foresight, checkpoint) =>
    foresight === undefined ? assumedVariance(state, conditions, checkpoint) : foresight.deviation ** 2,
  );
  for (let checkpoint = variances.length - 2; checkpoint >= 0; checkpoint--)
    variances[checkpoint] = Math.max(variances[checkpoint]!, variances[checkpoint + 1]!);
  return variances;
}

/** A trial that ran to its end, and those that it is compared with. */
interface Comparison {
  readonly trial: Measured;
  readonly reference: readonly Measured[];
}

/** First trials of the latest candidates, then champions' own: of each against those before it all differences are luck. */
function comparisonsOf(state: StudyState, conditions: Conditions): Comparison[] {
  const references = new Map<Commit, readonly Measured[]>();
  const referenceOf = (commit: Commit) => {
    const known = references.get(commit) ?? freshTrials(state, commit, conditions);
    references.set(commit, known);
    return known;
  };
  const comparisons: Comparison[] = [];
  for (const { commit, parent } of lastTried(state)) {
    const [first] = candidateTrials(state, commit, conditions);
    if (first) comparisons.push({ trial: first, reference: referenceOf(parent) });
  }
  // A champion's own runs count, whether or not a candidate has run to its end beside them.
  for (const { commit, purpose } of state.ended.values()) if (purpose === 'champion') referenceOf(commit);
  for (const own of references.values())
    for (const [index, trial] of own.entries()) comparisons.push({ trial, reference: own.slice(0, index) });
  return comparisons;
}

/** The latest proposals that have an ended trial, oldest first. */
function lastTried(state: StudyState): Proposal[] {
  const found: Proposal[] = [];
  for (const { proposal } of [...state.experiments.values()].reverse()) {
    if (state.trialsOf.get(proposal.commit)?.some((trial) => state.ended.has(trial))) found.push(proposal);
    if (found.length === 4 * MOST_PAIRS) break;
  }
  return found.reverse();
}

function standingOf(
  { trial: { trial, sample }, reference }: Comparison,
  checkpoint: number,
  metric: string,
): Standing | undefined {
  const at = leadAt(checkpoint, metric, trial.curve, reference);
  if (at === undefined) return undefined;
  const final = sample.value - meanOf(reference.map((other) => other.sample.value));
  const isEqual = reference[0]!.trial.commit === trial.commit;
  return { at, final, isEqual, luck: 1 + 1 / reference.length };
}

/** The last checkpoint that a running trial has passed, by its points so far; undefined before the first. */
export function lastCheckpoint(curve: readonly CurvePoint[]): number | undefined {
  const passed = pointsAt(curve).findLastIndex((point) => point !== undefined);
  return passed === -1 ? undefined : passed;
}
