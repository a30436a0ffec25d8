import { decimalsFor, formatRoughly, formatValue } from '../../lab/numbers.ts';
import { oneLine } from '../../process/one-line.ts';
import { standingOf } from '../standing.ts';
import { drawChart, SMALLEST_CHART } from './chart.ts';
import { championRow, countsRow, titleRow } from './headline.ts';
import { fitRow, paint, type Row, span } from './paint.ts';
import { progressChart, progressOf } from './progress.ts';
import { footerRow, lastVerdicts, slotRows, verdictRows } from './rows.ts';
import type { LiveView } from './view.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/**
 * The whole screen as lines: never more than `rows`, none wider than `columns`. Made to be read from 40 columns and 10
 * rows up. Escape sequences only where `colour` is true, and never from a stranger's text.
 */
export function renderFrame(view: LiveView, size: ScreenSize, colour: boolean): string[] {
  return frameRows(view, size)
    .slice(0, Math.max(0, size.rows))
    .map((row) => paint(fitRow(row, size.columns), colour));
}

/** How the rows of a screen are shared out among its parts. */
interface Shares {
  readonly slots: number;
  readonly chart: number;
  readonly verdicts: number;
  /** Empty lines that keep the parts apart; the first one has the chart's caption. */
  readonly gaps: 0 | 3;
}

/** Title, champion, counts and footer. */
const HEAD_AND_FOOT = 4;
const TALLEST_CHART = 16;

function shareOut(rows: number, slots: number): Shares {
  const gaps = rows >= 18 ? 3 : 0;
  const free = Math.max(0, rows - HEAD_AND_FOOT - gaps);
  const forSlots = Math.min(slots, Math.max(1, Math.floor(free / 3)));
  const rest = free - forSlots;
  const wanted = Math.min(TALLEST_CHART, Math.max(SMALLEST_CHART.rows, Math.round(rest * 0.55)));
  const forChart = rest < SMALLEST_CHART.rows + 2 ? 0 : wanted;
  return { slots: forSlots, chart: forChart, verdicts: rest - forChart, gaps };
}

function frameRows(view: LiveView, { columns, rows }: ScreenSize): Row[] {
  const { objective } = view.state.study;
  const standing = standingOf(view.state);
  const decimals = decimalsFor(objective, standing.champion?.value ?? 1);
  const shares = shareOut(rows - (view.page === undefined ? 0 : 1), view.slots.length);
  const gap: Row[] = shares.gaps === 0 ? [] : [[]];
  const chart = chartRows(view, decimals, columns, shares.chart);
  const caption: Row[] = shares.gaps > 0 && chart.length > 0 ? [captionOf(view)] : [];
  const judged = lastVerdicts(view.state, shares.verdicts + shares.chart - chart.length);
  const verdicts = verdictRows(objective, judged, decimals, columns);
  return [
    titleRow(view, columns),
    championRow(objective, standing, decimals, columns),
    countsRow(view, standing),
    ...caption,
    ...chart,
    ...(verdicts.length === 0 ? [] : [...gap, ...verdicts]),
    ...gap,
    ...slotRows(view.slots, columns, shares.slots),
    ...(shares.gaps > 0 ? pageRows(view) : []),
    footerRow(view, columns),
  ];
}

function pageRows({ page }: LiveView): Row[] {
  return page === undefined ? [] : [[span('page ', 'faint'), span(page, 'accent')]];
}

function chartRows(view: LiveView, decimals: number, columns: number, rows: number): Row[] {
  const progress = progressOf(view.state, view.now);
  if (!progress) return [];
  const chart = progressChart(progress, formatRoughly, (value) => formatValue(value, decimals));
  return drawChart(chart, columns, rows);
}

/** What the chart shows and in which unit. */
function captionOf({ state }: LiveView): Row {
  const { name, unit } = state.study.objective;
  return [
    span(`${oneLine(unit === '' ? name : unit)} over time: `, 'faint'),
    span('⠒⠒ running best', 'good'),
    span('  ⠐⠂ candidates', 'faint'),
  ];
}
