import { BrailleCanvas } from './braille.ts';
import { type Row, span } from './paint.ts';
import { padStart, widthOf } from './text.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Chart {
  /** Joined from point to point, in the order of x. */
  readonly line: readonly Point[];
  /** Scattered around it; those beyond `bottom` and `top` are left out. */
  readonly dots: readonly Point[];
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
  readonly xLabel: (x: number) => string;
  readonly yLabel: (y: number) => string;
}

/** The least that a chart can be read at, the row of labels below it counted. */
export const SMALLEST_CHART = { columns: 24, rows: 3 };

/** From so many rows up there is room for the line of the x axis too. */
const ROWS_WITH_AXIS = 6;

/** The chart in exactly `rows` rows of at most `columns` columns; none where that is less than the smallest. */
export function drawChart(chart: Chart, columns: number, rows: number): Row[] {
  if (columns < SMALLEST_CHART.columns || rows < SMALLEST_CHART.rows) return [];
  const axisRows = rows < ROWS_WITH_AXIS ? 1 : 2;
  const plotRows = rows - axisRows;
  const labels = yLabels(chart, plotRows);
  const gutter = Math.max(...[...labels.values()].map(widthOf));
  const plotColumns = columns - gutter - 2;
  if (plotColumns < 8) return [];
  const canvas = plot(chart, plotColumns, plotRows);
  const drawn: Row[] = [];
  for (let row = 0; row < plotRows; row += 1) {
    const label = labels.get(row);
    const axis = `${padStart(label ?? '', gutter)} ${label === undefined ? '│' : '┤'}`;
    drawn.push([span(axis, 'faint'), ...canvas.row(row, 'good', 'faint')]);
  }
  if (axisRows === 2) drawn.push([span(`${' '.repeat(gutter)} └${'─'.repeat(plotColumns)}`, 'faint')]);
  drawn.push([span(' '.repeat(gutter + 2) + xLabels(chart, plotColumns), 'faint')]);
  return drawn;
}

function plot(chart: Chart, columns: number, rows: number): BrailleCanvas {
  const canvas = new BrailleCanvas(columns, rows);
  const across = chart.right - chart.left || 1;
  const up = chart.top - chart.bottom || 1;
  const x = (point: Point) => Math.round(((point.x - chart.left) / across) * (canvas.width - 1));
  const y = (point: Point) => Math.round(((chart.top - point.y) / up) * (canvas.height - 1));
  for (const point of chart.dots) canvas.dot(x(point), y(point));
  let previous: Point | undefined;
  for (const point of chart.line) {
    const from = previous ?? point;
    canvas.line(x(from), y(from), x(point), y(point));
    previous = point;
  }
  return canvas;
}

/** Labels by row: the top, the bottom, and between them where there is room. */
function yLabels({ top, bottom, yLabel }: Chart, rows: number): Map<number, string> {
  const marks = rows >= 9 ? 4 : rows >= 5 ? 2 : 1;
  const labels = new Map<number, string>();
  for (let mark = 0; mark <= marks; mark += 1) {
    const row = Math.round(((rows - 1) * mark) / marks);
    const share = rows === 1 ? mark / marks : row / (rows - 1);
    labels.set(row, yLabel(top - (top - bottom) * share));
  }
  return labels;
}

/** The ends of the x axis, and its middle where that keeps apart from both. */
function xLabels({ left, right, xLabel }: Chart, columns: number): string {
  const ends = [xLabel(left), xLabel(right)] as const;
  const middle = xLabel((left + right) / 2);
  const space = columns - widthOf(ends[0]) - widthOf(ends[1]);
  if (space < 1) return padStart(ends[1], columns);
  if (space < widthOf(middle) + 4) return ends[0] + ' '.repeat(space) + ends[1];
  const before = Math.round(columns / 2 - widthOf(ends[0]) - widthOf(middle) / 2);
  const after = space - before - widthOf(middle);
  return before < 2 || after < 2
    ? ends[0] + ' '.repeat(space) + ends[1]
    : ends[0] + ' '.repeat(before) + middle + ' '.repeat(after) + ends[1];
}
