import type { ExperimentRow, Overview } from '../../../src/serve/page/wire.ts';
import { isFailure } from '../parts/verdicts.ts';

/** What the chart of a study draws: experiments by their number, and the champion's line. */
export interface StudyData {
  readonly rows: readonly ExperimentRow[];
  /** What the champion was believed to score when it was kept, from an experiment on, in the order of their numbers. */
  readonly best: readonly { readonly x: number; readonly y: number }[];
  /** What it scores by all its trials so far, as the headline tells it; null before anything is measured. */
  readonly now: number | null;
  readonly band: { readonly low: number; readonly high: number } | null;
  readonly isSmallerBetter: boolean;
  readonly minimumEffect: number;
}

export function studyData(rows: readonly ExperimentRow[], study: Overview): StudyData {
  let furthest = 0;
  const best = study.best.map(({ experiment = 0, value }) => {
    // A change that was proposed earlier may be kept later: the line never runs back.
    furthest = Math.max(furthest, experiment);
    return { x: furthest, y: value };
  });
  return {
    rows,
    best,
    now: study.headline.kind === 'not measured yet' ? null : study.headline.value,
    band: study.championInterval,
    isSmallerBetter: study.objective.direction === 'minimize',
    minimumEffect: study.objective.minimumEffect,
  };
}

/** The part of the experiments with numbers from `from` to `to`. */
export function between({ rows }: StudyData, from: number, to: number): { first: number; last: number } {
  return { first: Math.max(0, Math.ceil(from) - 1), last: Math.min(rows.length, Math.floor(to)) };
}

/** At most so many values are looked at for a middle one. */
const MOST_SAMPLES = 2_000;

/**
 * The range of the champion's line over some experiments, with room for those that came close: half its height on the worse side, a
 * tenth on the better. An experiment far off would flatten everything that matters; it is drawn at the edge.
 */
export function rangeOver(data: StudyData, from: number, to: number): { low: number; high: number } {
  const { first, last } = between(data, from, to);
  const values = lineBetween(data, from, to).map(({ y }) => y);
  if (to >= data.rows.length) {
    if (data.now !== null) values.push(data.now);
    if (data.band) values.push(data.band.low, data.band.high);
  }
  const step = Math.max(1, Math.floor((last - first) / MOST_SAMPLES));
  const measured: number[] = [];
  for (let index = first; index < last; index += step) {
    const row = data.rows[index];
    if (row?.metric == null) continue;
    measured.push(row.metric);
    if (row.verdict === 'keep') values.push(row.metric);
  }
  if (values.length === 0) values.push(...measured);
  if (values.length === 0) return { low: 0, high: 1 };
  const low = Math.min(...values);
  const high = Math.max(...values);
  const center = data.isSmallerBetter ? low : high;
  const scatter = middle(measured.map((value) => Math.abs(value - center)));
  const height = Math.max(high - low, 4 * data.minimumEffect, scatter) || Math.abs(high) * 0.01 || 1;
  const [below, above] = data.isSmallerBetter ? [0.12, 0.5] : [0.5, 0.12];
  const bottom = low - below * height;
  return { low: low >= 0 ? Math.max(0, bottom) : bottom, high: high + above * height };
}

/** The champion's line from the last point before `from` on. */
export function lineBetween({ best }: StudyData, from: number, to: number): { x: number; y: number }[] {
  const start = Math.max(
    0,
    best.findLastIndex(({ x }) => x <= from),
  );
  return best.slice(start).filter(({ x }) => x <= to);
}

function middle(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Where an experiment is drawn: at its value, at the edge it is beyond, or at the worse edge where it has none. */
export function heightOf(
  data: StudyData,
  row: ExperimentRow,
  range: { low: number; high: number },
): { readonly y: number; readonly isBeyond: boolean } | undefined {
  const worse = data.isSmallerBetter ? range.high : range.low;
  if (isFailure(row.verdict)) return { y: worse, isBeyond: true };
  const value = row.metric ?? row.foretold;
  if (value === null) return undefined;
  if (value < range.low) return { y: range.low, isBeyond: true };
  if (value > range.high) return { y: range.high, isBeyond: true };
  return { y: value, isBeyond: false };
}
