import type { Objective } from '../../model/objective.ts';
import type { StudyState } from '../../model/study.ts';
import { forecastOf } from '../../model/verdict.ts';
import { type Standing, standingOf } from '../standing.ts';
import type { Chart, Point } from './chart.ts';

/** How the running best of a study came about, over the seconds since its start; undefined before the baseline is measured. */
export interface Progress {
  readonly line: readonly Point[];
  readonly dots: readonly Point[];
  readonly bottom: number;
  readonly top: number;
  readonly seconds: number;
}

export function progressOf(state: StudyState, now: number): Progress | undefined {
  const standing = standingOf(state);
  const first = standing.baseline?.value ?? state.milestones[0]?.value;
  if (first === undefined) return undefined;
  const seconds = Math.max(1, (now - state.startedAt) / 1000);
  const since = (at: number) => Math.max(0, (at - state.startedAt) / 1000);
  const line: Point[] = [{ x: 0, y: first }];
  let best = first;
  for (const { at, value } of state.milestones) {
    line.push({ x: since(at), y: best }, { x: since(at), y: value });
    best = value;
  }
  line.push({ x: seconds, y: best });
  const dots = measuredCandidates(state, since);
  return { line, dots, seconds, ...rangeOf(state.study.objective, line, dots, standing) };
}

function measuredCandidates(state: StudyState, since: (at: number) => number): Point[] {
  const dots: Point[] = [];
  for (const experiment of state.experiments.values()) {
    if (experiment.status !== 'judged') continue;
    const { verdict, judgedAt } = experiment;
    if ((verdict.kind === 'keep' || verdict.kind === 'discard') && !forecastOf(verdict)) {
      dots.push({ x: since(judgedAt), y: verdict.evidence.candidate });
    }
  }
  return dots;
}

/**
 * The range of the running best, with room for candidates that came close: half its height on the worse side, a tenth
 * on the better. A candidate far off would flatten everything that matters.
 */
function rangeOf(
  objective: Objective,
  line: readonly Point[],
  dots: readonly Point[],
  standing: Standing,
): { bottom: number; top: number } {
  const values = line.map(({ y }) => y);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const center = standing.champion?.value ?? low;
  const scatter = median(dots.map(({ y }) => Math.abs(y - center)));
  const height = Math.max(high - low, 4 * objective.minimumEffect, scatter / 2) || Math.abs(high) * 0.01 || 1;
  const [below, above] = objective.direction === 'minimize' ? [0.1, 0.5] : [0.5, 0.1];
  const bottom = low - below * height;
  // A quantity that is never negative gets no axis below zero.
  return { bottom: low >= 0 ? Math.max(0, bottom) : bottom, top: high + above * height };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** The chart of it, its x axis in time since the study began. */
export function progressChart(progress: Progress, xLabel: Chart['xLabel'], yLabel: Chart['yLabel']): Chart {
  const { line, dots, bottom, top, seconds } = progress;
  return { line, dots, bottom, top, left: 0, right: seconds, xLabel, yLabel };
}
