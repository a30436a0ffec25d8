import type uPlot from 'uplot';
import type { ExperimentRow } from '../../../src/serve/page/wire.ts';
import { isFailure } from '../parts/verdicts.ts';
import { type Colours, FONT } from './colours.ts';
import { between, heightOf, lineBetween, type StudyData } from './study-data.ts';

interface Sheet {
  readonly plot: uPlot;
  readonly context: CanvasRenderingContext2D;
  readonly data: StudyData;
  readonly colours: Colours;
  /** Device pixels in one of CSS. */
  readonly ratio: number;
  readonly from: number;
  readonly to: number;
  readonly range: { readonly low: number; readonly high: number };
}

/** Draws all experiments that are in view, what matters last. */
export function paintStudy(plot: uPlot, data: StudyData, colours: Colours, chosen: number | undefined): void {
  const { min: from = 0, max: to = 0 } = plot.scales.x!;
  const { min: low = 0, max: high = 1 } = plot.scales.y!;
  const sheet: Sheet = {
    plot,
    context: plot.ctx,
    data,
    colours,
    ratio: devicePixelRatio,
    from,
    to,
    range: { low, high },
  };
  const { left, top, width, height } = plot.bbox;
  sheet.context.save();
  sheet.context.beginPath();
  sheet.context.rect(left, top - 8 * sheet.ratio, width + 8 * sheet.ratio, height + 16 * sheet.ratio);
  sheet.context.clip();
  paintBand(sheet);
  paintTried(sheet);
  paintLine(sheet);
  const kept = paintKept(sheet);
  paintNow(sheet);
  paintLabels(sheet, kept);
  if (chosen !== undefined) paintChosen(sheet, chosen);
  sheet.context.restore();
}

function paintBand({ plot, context, data, colours, to }: Sheet): void {
  const last = data.best.at(-1);
  if (data.band === null || last === undefined) return;
  const left = plot.valToPos(Math.max(last.x, 0), 'x', true);
  const right = plot.valToPos(to, 'x', true);
  const top = plot.valToPos(data.band.high, 'y', true);
  const bottom = plot.valToPos(data.band.low, 'y', true);
  context.fillStyle = colours.band;
  context.fillRect(left, top, Math.max(0, right - left), bottom - top);
}

/** Everything but keeps: a small dot at its score, a hollow one where it would have ended, a cross at the worse edge for what has none. */
function paintTried({ plot, context, data, colours, ratio, from, to, range }: Sheet): void {
  const { first, last } = between(data, from, to);
  const size = (last - first > 3_000 ? 2 : last - first > 500 ? 3 : 4) * ratio;
  const dots = new Path2D();
  const foretold = new Path2D();
  const crosses = new Path2D();
  for (let index = first; index < last; index++) {
    const row = data.rows[index];
    if (row === undefined || row.verdict === 'keep') continue;
    const height = heightOf(data, row, range);
    if (height === undefined) continue;
    const x = plot.valToPos(row.id, 'x', true);
    const y = insideOf(plot, plot.valToPos(height.y, 'y', true), 5 * ratio);
    if (isFailure(row.verdict)) addCross(crosses, x, y, 3 * ratio);
    else if (height.isBeyond) dots.rect(x - ratio / 2, y - 3 * ratio, ratio, 6 * ratio);
    else (row.metric === null ? foretold : dots).rect(x - size / 2, y - size / 2, size, size);
  }
  context.fillStyle = colours.dot;
  context.fill(dots);
  context.strokeStyle = colours.dot;
  context.lineWidth = ratio;
  context.stroke(foretold);
  context.strokeStyle = colours.bad;
  context.lineWidth = 1.5 * ratio;
  context.stroke(crosses);
}

/** What stands at the edge is whole. */
function insideOf({ bbox }: uPlot, y: number, room: number): number {
  return Math.min(bbox.top + bbox.height - room, Math.max(bbox.top + room, y));
}

function addCross(path: Path2D, x: number, y: number, size: number): void {
  path.moveTo(x - size, y - size);
  path.lineTo(x + size, y + size);
  path.moveTo(x + size, y - size);
  path.lineTo(x - size, y + size);
}

function paintLine({ plot, context, data, colours, ratio, from, to }: Sheet): void {
  const points = lineBetween(data, from, to);
  const [first] = points;
  if (first === undefined) return;
  context.beginPath();
  let y = plot.valToPos(first.y, 'y', true);
  context.moveTo(plot.valToPos(Math.max(first.x, from), 'x', true), y);
  for (const point of points.slice(1)) {
    const x = plot.valToPos(point.x, 'x', true);
    context.lineTo(x, y);
    y = plot.valToPos(point.y, 'y', true);
    context.lineTo(x, y);
  }
  context.lineTo(plot.valToPos(to, 'x', true), y);
  context.strokeStyle = colours.good;
  context.lineWidth = 2 * ratio;
  context.lineJoin = 'round';
  context.stroke();
}

/** What the champion scores now, which by further trials may be more or less than was believed when it was kept. */
function paintNow({ plot, context, data, colours, ratio, to }: Sheet): void {
  if (data.now === null || to < data.rows.length) return;
  const size = 5 * ratio;
  const x = plot.valToPos(to, 'x', true) - size;
  const y = plot.valToPos(data.now, 'y', true);
  context.beginPath();
  context.moveTo(x - size, y);
  context.lineTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.closePath();
  context.fillStyle = colours.surface;
  context.fill();
  context.strokeStyle = colours.good;
  context.lineWidth = 2 * ratio;
  context.stroke();
}

interface Kept {
  readonly row: ExperimentRow;
  readonly x: number;
  readonly y: number;
}

/** Keeps: filled, hollow where they left the champion again, ringed where they were certified. */
function paintKept({ plot, context, data, colours, ratio, from, to, range }: Sheet): Kept[] {
  const { first, last } = between(data, from, to);
  const kept: Kept[] = [];
  for (let index = first; index < last; index++) {
    const row = data.rows[index];
    if (row?.verdict !== 'keep') continue;
    const height = heightOf(data, row, range);
    if (height === undefined) continue;
    kept.push({
      row,
      x: plot.valToPos(row.id, 'x', true),
      y: plot.valToPos(height.y, 'y', true),
    });
  }
  const radius = (kept.length > 200 ? 3 : 4.5) * ratio;
  for (const { row, x, y } of kept) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = row.keep === 'withdrawn' ? colours.surface : colours.good;
    context.fill();
    context.strokeStyle = row.keep === 'withdrawn' ? colours.quiet : colours.surface;
    context.lineWidth = 1.5 * ratio;
    context.stroke();
    if (row.keep !== 'certified') continue;
    context.beginPath();
    context.arc(x, y, radius + 3.5 * ratio, 0, 2 * Math.PI);
    context.strokeStyle = colours.good;
    context.lineWidth = 1.5 * ratio;
    context.stroke();
  }
  return kept;
}

const LONGEST_LABEL = 44;

/** On the better side of the champion's line, where nothing else is: the largest gains first, and none over another. */
function paintLabels(sheet: Sheet, kept: readonly Kept[]): void {
  const { plot, context, data, colours, ratio } = sheet;
  const { left, top, width, height } = plot.bbox;
  const most = Math.round(width / ratio / 75);
  const down = data.isSmallerBetter ? 1 : -1;
  const placed: { readonly x: number; readonly y: number; readonly width: number }[] = [];
  context.font = FONT.replace('12px', `${11 * ratio}px`);
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  const wanted = kept
    .filter(({ row }) => row.keep !== 'withdrawn')
    .sort((a, b) => (b.row.delta ?? 0) - (a.row.delta ?? 0));
  for (const { row, x, y } of wanted) {
    if (placed.length >= most) break;
    const text = labelOf(row);
    const size = context.measureText(text).width;
    const isRoomy = x - size - 8 * ratio > left;
    const at = {
      x: isRoomy ? x - size - 8 * ratio : x + 8 * ratio,
      y: y + down * (isRoomy ? 7 : 13) * ratio,
      width: size,
    };
    const isInside = at.x + size < left + width && at.y > top && at.y < top + height;
    const overlaps = placed.some(
      (other) =>
        Math.abs(other.y - at.y) < 13 * ratio && at.x < other.x + other.width && other.x < at.x + at.width,
    );
    if (!isInside || overlaps || lineCrosses(sheet, at)) continue;
    placed.push(at);
    context.strokeStyle = colours.surface;
    context.lineWidth = 4 * ratio;
    context.strokeText(text, at.x, at.y);
    context.fillStyle = colours.soft;
    context.fillText(text, at.x, at.y);
  }
}

/** Whether the champion's line runs through a label, which stands on one line. */
function lineCrosses(
  { plot, data, ratio, from, to }: Sheet,
  label: { readonly x: number; readonly y: number; readonly width: number },
): boolean {
  const points = lineBetween(data, from, to).map(({ x, y }) => ({
    x: plot.valToPos(x, 'x', true),
    y: plot.valToPos(y, 'y', true),
  }));
  const end = plot.bbox.left + plot.bbox.width;
  const reach = 7 * ratio;
  return points.some((point, index) => {
    const next = points[index + 1] ?? { x: end, y: point.y };
    const runsAlong =
      Math.abs(point.y - label.y) < reach && point.x < label.x + label.width && next.x > label.x;
    const isBetween = next.x > label.x && next.x < label.x + label.width;
    const [high, low] = [Math.min(point.y, next.y) - reach, Math.max(point.y, next.y) + reach];
    return runsAlong || (isBetween && label.y > high && label.y < low);
  });
}

function labelOf({ id, hypothesis }: ExperimentRow): string {
  const text = hypothesis.length > LONGEST_LABEL ? `${hypothesis.slice(0, LONGEST_LABEL - 1)}…` : hypothesis;
  return `#${id} ${text}`;
}

function paintChosen({ plot, context, data, colours, ratio, range }: Sheet, id: number): void {
  const row = data.rows[id - 1];
  const height = row && heightOf(data, row, range);
  if (!row || !height) return;
  context.beginPath();
  context.arc(
    plot.valToPos(row.id, 'x', true),
    plot.valToPos(height.y, 'y', true),
    8 * ratio,
    0,
    2 * Math.PI,
  );
  context.strokeStyle = colours.accent;
  context.lineWidth = 2 * ratio;
  context.stroke();
}

/** The experiment that is drawn nearest to a place, in CSS pixels of the plotting area; undefined where none is near. */
export function nearest(plot: uPlot, data: StudyData, at: { left: number; top: number }): number | undefined {
  const { min: low = 0, max: high = 1 } = plot.scales.y!;
  const reach = 14;
  const { first, last } = between(
    data,
    plot.posToVal(at.left - reach, 'x'),
    plot.posToVal(at.left + reach, 'x'),
  );
  let found: number | undefined;
  let least = reach * 2;
  for (let index = first; index < last; index++) {
    const row = data.rows[index];
    const height = row && heightOf(data, row, { low, high });
    if (!row || !height) continue;
    const far = Math.hypot(plot.valToPos(row.id, 'x') - at.left, plot.valToPos(height.y, 'y') - at.top);
    // A keep is what one looks for.
    const distance = row.verdict === 'keep' ? far / 2 : far;
    if (distance >= least) continue;
    least = distance;
    found = row.id;
  }
  return found;
}
