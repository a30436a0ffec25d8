import { decimalsFor, formatRoughly, formatValue, withUnit } from '../../lab/numbers.ts';
import type { Objective } from '../../model/objective.ts';
import { oneLine } from '../../process/one-line.ts';
import { workedUntil } from '../findings/breaks.ts';
import type { BestStep, ChartPoint, StudyChart, ValueRange } from '../findings/chart.ts';
import { html } from './escape.ts';
import { thin } from './thin.ts';
import { timeTicks, valueTicks } from './ticks.ts';

/** Points that are drawn, so that ten thousand experiments are a file that can be mailed. */
const MOST_POINTS = 1500;

const SIZE = { width: 920, height: 400 } as const;
/** What lies around the plot; `strip` is the band below it for what has no value. */
const MARGIN = { top: 26, right: 92, bottom: 46, strip: 26 } as const;
/** Width of a digit of the labels, about. */
const DIGIT = 7;

/** A chart as an SVG element, and what must be said beside it. */
export interface DrawnChart {
  readonly svg: string;
  readonly notes: readonly string[];
}

/** Where values and times lie on the picture. */
interface Scale {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** The middle of the band for what has no value. */
  readonly strip: number;
  readonly x: (at: number) => number;
  /** Seconds of work from the left edge to the right one, and where a share of them lies. */
  readonly seconds: number;
  readonly atShare: (share: number) => number;
  /** At the edge where a value lies beyond. */
  readonly y: (value: number) => number;
  readonly isBeyond: (value: number) => boolean;
}

/** Every experiment a point over the time that the study took, and the running best as steps; undefined before the baseline is measured. */
export function drawChart(chart: StudyChart, objective: Objective): DrawnChart | undefined {
  const { best, range } = chart;
  const first = best[0];
  const last = best.at(-1);
  if (range === undefined || first === undefined || last === undefined) return undefined;
  const decimals = decimalsFor(objective, last.value);
  const label = (value: number) => formatValue(value, decimals);
  const scale = scaleOf(chart, range, label);
  const { points, oneIn } = thin(chart.points, MOST_POINTS);
  const kept = points.filter(({ verdict }) => verdict === 'keep');
  const others = points.filter(({ verdict }) => verdict !== 'keep');
  const svg = [
    `<svg viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-labelledby="chart-title chart-desc" class="chart">`,
    `<title id="chart-title">${html(`${objective.name} over time`)}</title>`,
    `<desc id="chart-desc">${html(described(chart, objective, label))}</desc>`,
    ...axes(scale, objective, range),
    `<line class="baseline" x1="${scale.left}" x2="${scale.right}" y1="${round(scale.y(first.value))}" y2="${round(scale.y(first.value))}"/>`,
    ...others.map((point) => mark(point, scale, label)),
    `<path class="best" d="${steps(best, scale)}"/>`,
    ...kept.map((point) => mark(point, scale, label)),
    ...keepLabels(kept, scale),
    ...endLabels(first.value, chart.champion ?? last.value, scale, label),
    '</svg>',
  ].join('\n');
  return { svg, notes: notesOf(chart, scale, oneIn) };
}

function scaleOf(
  { from, to, breaks }: StudyChart,
  range: ValueRange,
  label: (value: number) => string,
): Scale {
  const longest = Math.max(...valueTicks(range.bottom, range.top, 5).map((tick) => label(tick).length));
  const left = 20 + Math.max('no score'.length, longest) * DIGIT;
  const right = SIZE.width - MARGIN.right;
  const top = MARGIN.top;
  const bottom = SIZE.height - MARGIN.bottom - MARGIN.strip;
  const worked = (at: number) => workedUntil(at, from, breaks);
  const across = Math.max(1, worked(to));
  const up = range.top - range.bottom || 1;
  const share = (value: number) => Math.min(1, Math.max(0, (value - range.bottom) / up));
  return {
    left,
    right,
    top,
    bottom,
    strip: bottom + MARGIN.strip / 2 + 2,
    atShare: (share) => left + Math.min(1, Math.max(0, share)) * (right - left),
    x: (at) => left + Math.min(1, Math.max(0, worked(at) / across)) * (right - left),
    seconds: across / 1000,
    y: (value) => bottom - share(value) * (bottom - top),
    isBeyond: (value) => value < range.bottom || value > range.top,
  };
}

function axes(scale: Scale, objective: Objective, range: ValueRange): string[] {
  const ticks = valueTicks(range.bottom, range.top, 5);
  const decimals = tickDecimals(ticks);
  const name = withUnitInBrackets(objective);
  return [
    `<text class="axis-title" x="${scale.left}" y="14">${html(name)}</text>`,
    ...ticks.flatMap((tick) => {
      const y = round(scale.y(tick));
      return [
        `<line class="grid" x1="${scale.left}" x2="${scale.right}" y1="${y}" y2="${y}"/>`,
        `<text class="tick" text-anchor="end" x="${scale.left - 8}" y="${y + 4}">${html(formatValue(tick, decimals))}</text>`,
      ];
    }),
    `<text class="tick" text-anchor="end" x="${scale.left - 8}" y="${scale.strip + 4}">no score</text>`,
    `<line class="axis" x1="${scale.left}" x2="${scale.right}" y1="${scale.bottom + 2}" y2="${scale.bottom + 2}"/>`,
    ...timeTicks(scale.seconds, 7).map((tick) => {
      const x = round(scale.atShare(tick / scale.seconds));
      return `<text class="tick" text-anchor="middle" x="${x}" y="${SIZE.height - 26}">${tick === 0 ? '0' : html(formatRoughly(tick))}</text>`;
    }),
    `<text class="axis-title" text-anchor="middle" x="${(scale.left + scale.right) / 2}" y="${SIZE.height - 6}">time at work</text>`,
  ];
}

function withUnitInBrackets({ name, unit, direction }: Objective): string {
  const of = unit === '' ? '' : ` (${oneLine(unit)})`;
  return `${oneLine(name)}${of}, ${direction === 'minimize' ? 'smaller' : 'larger'} is better`;
}

/** As few as tell the ticks apart. */
function tickDecimals(ticks: readonly number[]): number {
  const step = ticks.length < 2 ? Math.abs(ticks[0] ?? 1) || 1 : ticks[1]! - ticks[0]!;
  return Math.min(10, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
}

function steps(best: readonly BestStep[], scale: Scale): string {
  const [first, ...others] = best;
  if (first === undefined) return '';
  const way = others.map(({ at, value }) => `H${round(scale.x(at))}V${round(scale.y(value))}`).join('');
  return `M${round(scale.x(first.at))} ${round(scale.y(first.value))}${way}H${scale.right}`;
}

function mark(point: ChartPoint, scale: Scale, label: (value: number) => string): string {
  const x = round(scale.x(point.at));
  const title = `<title>${html(pointText(point, label))}</title>`;
  if (point.place.kind === 'none') {
    const y = round(scale.strip);
    return `<path class="broken" d="M${x - 3} ${y - 3}l6 6m0-6l-6 6">${title}</path>`;
  }
  const y = round(scale.y(point.place.value));
  if (point.verdict !== 'keep') {
    const kind = point.place.kind === 'foretold' ? 'foretold' : 'discard';
    return `<circle class="${kind}" cx="${x}" cy="${y}" r="2.6">${title}</circle>`;
  }
  const ring = point.keep === 'certified' ? `<circle class="ring" cx="${x}" cy="${y}" r="8"/>` : '';
  const kind = point.keep === 'withdrawn' ? 'withdrawn' : 'keep';
  return `${ring}<circle class="${kind}" cx="${x}" cy="${y}" r="4.5">${title}</circle>`;
}

function pointText(
  { experiment, verdict, keep, place, label }: ChartPoint,
  show: (value: number) => string,
): string {
  const word = keep === undefined || keep === 'as measured' ? verdict : `${verdict}, ${keep}`;
  const value =
    place.kind === 'none' ? '' : ` ${show(place.value)}${place.kind === 'foretold' ? ' foretold' : ''}`;
  const text = verdict === 'keep' ? `: ${label}` : '';
  return `#${experiment} ${word}${value}${text}`;
}

/** The numbers of the keeps; one that would stand on another is left out, since its title and the table tell it. */
function keepLabels(kept: readonly ChartPoint[], scale: Scale): string[] {
  const placed: { x: number; y: number }[] = [];
  return kept.flatMap(({ place, at, experiment }) => {
    if (place.kind === 'none') return [];
    const x = round(scale.x(at));
    const y = round(Math.max(scale.top + 4, scale.y(place.value) - 12));
    if (placed.some((other) => Math.abs(other.x - x) < 30 && Math.abs(other.y - y) < 13)) return [];
    placed.push({ x, y });
    return `<text class="keep-label" text-anchor="middle" x="${x}" y="${y}">#${experiment}</text>`;
  });
}

/** The baseline and the champion as they score now, at the right edge. */
function endLabels(
  baseline: number,
  champion: number,
  scale: Scale,
  label: (value: number) => string,
): string[] {
  const text = (kind: string, y: number, value: string) =>
    `<text class="${kind}" x="${scale.right + 12}" y="${round(y) + 4}">${html(value)}</text>`;
  const y = round(scale.y(champion));
  const ends = [
    `<path class="now" d="M${scale.right - 5} ${y}l5 -5l5 5l-5 5z"><title>${html(`champion ${label(champion)}`)}</title></path>`,
    text('best-label', y, label(champion)),
  ];
  const isApart = Math.abs(scale.y(baseline) - y) > 16;
  return isApart ? [...ends, text('tick', scale.y(baseline), label(baseline))] : ends;
}

function described(
  { points, best, champion }: StudyChart,
  objective: Objective,
  label: (value: number) => string,
): string {
  const keeps = points.filter(({ verdict }) => verdict === 'keep').length;
  const unit = oneLine(objective.unit);
  const from = withUnit(label(best[0]!.value), unit);
  const to = withUnit(label(best.at(-1)!.value), unit);
  const now =
    champion === undefined ? '' : `; by all its runs the champion scores ${withUnit(label(champion), unit)}`;
  return `${points.length} experiments, ${keeps} of them kept; the running best, as believed at each keep, goes from ${from} to ${to}${now}.`;
}

function notesOf({ points, breaks }: StudyChart, scale: Scale, oneIn: number): string[] {
  const beyond = points.filter(({ place }) => place.kind !== 'none' && scale.isBeyond(place.value)).length;
  return [
    ...(breaks.length === 0 ? [] : ['Times of more than ten minutes in which nothing ran are left out.']),
    ...(oneIn === 1 ? [] : [`Of the experiments that were not kept, one in ${oneIn} is drawn.`]),
    ...(beyond === 0
      ? []
      : [
          `${beyond} ${beyond === 1 ? 'value lies' : 'values lie'} beyond the axis and ${beyond === 1 ? 'is' : 'are'} drawn at its edge.`,
        ]),
  ];
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
