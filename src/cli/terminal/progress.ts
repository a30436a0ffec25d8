import type { StudyState } from '../../model/study.ts';
import { forecastOf } from '../../model/verdict.ts';
import { type BestStep, measuredValues, runningBest, valueRange } from '../../record/findings/chart.ts';
import { standingOf } from '../standing.ts';
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
  const best = runningBest(state, standing);
  const range = valueRange(state.study.objective, best, measuredValues(state), standing);
  if (range === undefined) return undefined;
  const seconds = Math.max(1, (now - state.startedAt) / 1000);
  const since = (at: number) => Math.max(0, (at - state.startedAt) / 1000);
  return { line: stepLine(best, since, seconds), dots: measuredCandidates(state, since), seconds, ...range };
}

/** Flat until the next step, then straight up or down. */
function stepLine(best: readonly BestStep[], since: (at: number) => number, end: number): Point[] {
  const line = best.flatMap(({ at, value }, index): Point[] => {
    const before = best[index - 1];
    const here = { x: since(at), y: value };
    return before === undefined ? [here] : [{ x: here.x, y: before.value }, here];
  });
  return [...line, { x: end, y: best.at(-1)!.value }];
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

/** The chart of it, its x axis in time since the study began. */
export function progressChart(progress: Progress, xLabel: Chart['xLabel'], yLabel: Chart['yLabel']): Chart {
  const { line, dots, bottom, top, seconds } = progress;
  return { line, dots, bottom, top, left: 0, right: seconds, xLabel, yLabel };
}
