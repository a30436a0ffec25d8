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
import { type Foresight, inAnother, inObjective, type Standing } from './foresight.ts';
import { type Glance, placeOf } from './looks.ts';
import { noiseOf } from './noise.ts';
import { onceATrial } from './once-a-trial.ts';
import { candidateTrials, freshTrials, type Measured } from './samples.ts';

/** Trials of candidates that forecasts are learned from: the latest ones, since later champions learn differently. */
const MOST_PAIRS = 200;
/** What is assumed of each checkpoint before it is learned: variance of the forecast, in that of a trial's own noise. */
const ASSUMED = [9, 4, 1.44, 0.64] as const;

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

/** Trials of whatever purpose that ran to their end under these conditions. */
function* completedTrials(state: StudyState, conditions: Conditions): Generator<EndedTrial> {
  for (const trial of state.ended.values()) {
    if (trial.outcome.kind === 'completed' && comparable(trial.conditions, conditions)) yield trial;
  }
}

/** Whether whole trials report how far they are, and what they measured by then. */
export const isProgressTold = onceATrial(
  (state, conditions) => followedMetric(state, completedTrials(state, conditions)) !== undefined,
);

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
      : inAnother(standings, metric, own, assumed, checkpoint);
  });
});

/** What a lead at a checkpoint is taken to miss before that is learned, in squares of the metric's unit. */
export function assumedVariance(state: StudyState, conditions: Conditions, checkpoint: number): number {
  return ASSUMED[checkpoint]! * noiseOf(state, conditions).variance;
}

/**
 * What is seen at each of `CHECKPOINTS`, by how much a lead there misses the gain at the end; none where no progress is told. No miss is
 * smaller than a later one, since the noise that is still to come can only shrink.
 */
export function checkpointGlances(state: StudyState, conditions: Conditions): Glance[] {
  const foresights = foresightsOf(state, conditions);
  if (foresights.every((foresight) => foresight === undefined)) return [];
  const glances: Glance[] = foresights.map((foresight, checkpoint) => ({
    ...placeOf(checkpoint),
    variance:
      foresight === undefined ? assumedVariance(state, conditions, checkpoint) : foresight.deviation ** 2,
    share: foresight?.share ?? 0,
    shown: foresight?.shown ?? 1,
  }));
  for (let checkpoint = glances.length - 2; checkpoint >= 0; checkpoint--) {
    const [here, later] = [glances[checkpoint]!, glances[checkpoint + 1]!];
    glances[checkpoint] = {
      ...here,
      variance: Math.max(here.variance, later.variance),
      share: Math.max(here.share, later.share),
      shown: Math.min(here.shown, later.shown),
    };
  }
  return glances;
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
