import type { Category } from '../../model/category.ts';
import type { ExperimentId } from '../../model/identity.ts';
import type { Objective } from '../../model/objective.ts';
import { originName } from '../../model/proposal.ts';
import type { Standing } from '../../model/standing.ts';
import type { Experiment, StudyState } from '../../model/study.ts';
import { type Comparison, forecastOf, type Verdict, type VerdictWord } from '../../model/verdict.ts';
import { oneLine } from '../../process/one-line.ts';
import { type Break, breaksIn } from './breaks.ts';
import { type KeepStanding, standingOfKeep } from './stack.ts';

/** Where on the axis of values an experiment stands. In the metric's unit. */
export type Place =
  | { readonly kind: 'measured'; readonly value: number }
  /** Stopped early: where it would have ended by how it had gone so far. */
  | { readonly kind: 'foretold'; readonly value: number }
  /** A crash, a time-out, an invalid score: it has no value. */
  | { readonly kind: 'none' };

/** One judged experiment on the chart of a study. */
export interface ChartPoint {
  readonly experiment: ExperimentId;
  /** When it was judged, in milliseconds since 1970. */
  readonly at: number;
  readonly verdict: VerdictWord;
  readonly place: Place;
  /** Of a keep: what has become of it. */
  readonly keep?: KeepStanding;
  readonly category: Category;
  readonly researcher: string;
  /** Its hypothesis on one line, safe to print. */
  readonly label: string;
}

/** The running best from one time on, until the next step. */
export interface BestStep {
  readonly at: number;
  readonly value: number;
  /** Whose value it is; absent for the baseline's. */
  readonly experiment?: ExperimentId;
}

/** Values between which all that matters of a study lies. */
export interface ValueRange {
  readonly bottom: number;
  readonly top: number;
}

export interface StudyChart {
  /** Every judged experiment, in the order of the ledger. */
  readonly points: readonly ChartPoint[];
  /** Oldest first; empty before the baseline is measured. */
  readonly best: readonly BestStep[];
  /** What the champion scores by all its trials so far, which may be less than was believed when it was kept. */
  readonly champion?: number;
  /** Of the axis of values; undefined before the baseline is measured. */
  readonly range: ValueRange | undefined;
  /** Of the axis of time, in milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Within it, each time of more than ten minutes in which nothing ran. */
  readonly breaks: readonly Break[];
}

export function chartOf(state: StudyState, standing: Standing, now: number): StudyChart {
  const points = [...state.experiments.values()].flatMap((experiment) => pointOf(state, experiment) ?? []);
  const best = runningBest(state, standing);
  const usual = valueRange(state.study.objective, best, measuredValues(state), standing);
  const range = usual && withRoomFor(usual, shownValues(points, standing));
  const champion = standing.champion?.value;
  return {
    points,
    best,
    ...(champion === undefined ? {} : { champion }),
    range,
    from: state.startedAt,
    to: Math.max(now, state.startedAt),
    breaks: breaksIn(state, now),
  };
}

/** What must be seen: each keep where it was measured, which by luck may be better than what is believed of it, and the champion. */
function shownValues(points: readonly ChartPoint[], { champion }: Standing): number[] {
  const kept = points.flatMap(({ verdict, place }) =>
    verdict === 'keep' && place.kind !== 'none' ? place.value : [],
  );
  return champion === undefined ? kept : [...kept, champion.value];
}

function withRoomFor({ bottom, top }: ValueRange, values: readonly number[]): ValueRange {
  const room = 0.04 * (top - bottom);
  return {
    bottom: values.reduce((least, value) => Math.min(least, value - room), bottom),
    top: values.reduce((most, value) => Math.max(most, value + room), top),
  };
}

function pointOf(state: StudyState, experiment: Experiment): ChartPoint | undefined {
  if (experiment.status !== 'judged') return undefined;
  const { proposal, verdict, judgedAt } = experiment;
  const keep = standingOfKeep(state, experiment);
  return {
    experiment: proposal.experiment,
    at: judgedAt,
    verdict: verdict.kind,
    place: placeOf(verdict),
    ...(keep && { keep }),
    category: proposal.category,
    researcher: oneLine(originName(proposal.origin)),
    label: oneLine(proposal.hypothesis),
  };
}

function placeOf(verdict: Verdict): Place {
  const evidence = comparedBy(verdict);
  if (evidence === undefined) return { kind: 'none' };
  return { kind: forecastOf(verdict) ? 'foretold' : 'measured', value: evidence.candidate };
}

function comparedBy(verdict: Verdict): Comparison | undefined {
  return verdict.kind === 'keep' || verdict.kind === 'discard' ? verdict.evidence : undefined;
}

/** The value of each candidate that was measured to its end, in the metric's unit, in the order of the ledger. */
export function measuredValues(state: StudyState): number[] {
  return [...state.experiments.values()].flatMap((experiment) => {
    if (experiment.status !== 'judged') return [];
    const place = placeOf(experiment.verdict);
    return place.kind === 'measured' ? place.value : [];
  });
}

/** How the champion's value came about: the baseline's, then what each keep was believed to be worth. */
export function runningBest(state: StudyState, { baseline }: Standing): BestStep[] {
  const first = baseline?.value ?? state.milestones[0]?.value;
  if (first === undefined) return [];
  return [{ at: state.startedAt, value: first }, ...state.milestones];
}

/**
 * The range of the running best, with room for candidates that came close: half its height on the worse side, a tenth
 * on the better. A candidate far off would flatten everything that matters.
 */
export function valueRange(
  objective: Objective,
  best: readonly BestStep[],
  candidates: readonly number[],
  standing: Standing,
): ValueRange | undefined {
  if (best.length === 0) return undefined;
  const values = best.map(({ value }) => value);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const center = standing.champion?.value ?? low;
  const scatter = median(candidates.map((value) => Math.abs(value - center)));
  const height = Math.max(high - low, 4 * objective.minimumEffect, scatter / 2) || Math.abs(high) * 0.01 || 1;
  const [below, above] = objective.direction === 'minimize' ? [0.1, 0.5] : [0.5, 0.1];
  const bottom = low - below * height;
  // A quantity that is never negative gets no axis below zero.
  return { bottom: low >= 0 ? Math.max(0, bottom) : bottom, top: high + above * height };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
