import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Overview, WireCurve } from '../../../src/serve/page/wire.ts';
import { THEME_CHANGE } from '../head/theme.tsx';
import { value } from '../parts/format.ts';
import { coloursNow, FONT } from './colours.ts';
import { useWidth } from './use-size.ts';

const HEIGHT = 220;

/** Curves of trials over their progress, one against another. */
export function ProgressChart({
  own,
  reference,
  objective,
}: {
  readonly own: readonly { readonly name: string; readonly curve: WireCurve }[];
  readonly reference: WireCurve;
  readonly objective: Overview['objective'];
}) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const curves = [...own.map(({ curve }) => curve), ...(reference.length > 1 ? [reference] : [])];
  useEffect(() => {
    if (width === 0 || box.current === null) return;
    const plot = createPlot(box.current, width, curves, reference.length > 1, objective);
    const onTheme = () => plot.redraw(false);
    addEventListener(THEME_CHANGE, onTheme);
    return () => {
      removeEventListener(THEME_CHANGE, onTheme);
      plot.destroy();
    };
  }, [width, own, reference]);
  const last = own.at(-1)?.curve.at(-1);
  const text =
    last === undefined
      ? ''
      : `The last trial ended at ${value(objective, last[1])}, at ${Math.round(100 * last[0])} percent of its budget.`;
  return (
    <div
      ref={box}
      style={{ height: `${HEIGHT}px` }}
      role="img"
      aria-label={`Curves of ${own.length} trials. ${text}`}
    />
  );
}

function createPlot(
  box: HTMLElement,
  width: number,
  curves: readonly WireCurve[],
  hasReference: boolean,
  objective: Overview['objective'],
): uPlot {
  const stroke = (name: 'accent' | 'good' | 'quiet' | 'grid') => () => coloursNow()[name];
  const series = curves.map((_, index): uPlot.Series => {
    const isReference = hasReference && index === curves.length - 1;
    return {
      stroke: stroke(isReference ? 'good' : 'accent'),
      width: isReference ? 1.5 : 2,
      points: { show: false },
      spanGaps: true,
      ...(isReference ? { dash: [5, 4] } : {}),
    };
  });
  const axis = { font: FONT, stroke: stroke('quiet'), ticks: { show: false } };
  return new uPlot(
    {
      width,
      height: HEIGHT,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range: [0, 1] }, y: { range: () => rangeOf(curves) } },
      series: [{}, ...series],
      axes: [
        {
          ...axis,
          size: 28,
          gap: 4,
          grid: { show: false },
          values: (_, at) => at.map((x) => `${Math.round(100 * x)}%`),
        },
        {
          ...axis,
          size: (_, labels) =>
            Math.max(40, 10 + 7 * Math.max(...(labels ?? ['']).map((label) => label.length))),
          grid: { stroke: stroke('grid'), width: 1 },
          values: (_, at) => at.map((y) => value(objective, y)),
        },
      ],
    },
    joined(curves),
    box,
  );
}

/** All curves over the progress of any of them. */
function joined(curves: readonly WireCurve[]): uPlot.AlignedData {
  const xs = [...new Set(curves.flatMap((curve) => curve.map(([x]) => x)))].sort((a, b) => a - b);
  const ys = curves.map((curve) => {
    const at = new Map(curve);
    return xs.map((x) => at.get(x) ?? null);
  });
  return [xs, ...ys];
}

/** The first steps of a training would flatten all that follows: a tenth of the values may lie beyond. */
function rangeOf(curves: readonly WireCurve[]): [number, number] {
  const values = curves.flatMap((curve) => curve.map(([, y]) => y)).sort((a, b) => a - b);
  const low = values[Math.floor(values.length * 0.02)] ?? 0;
  const high = values[Math.floor(values.length * 0.92)] ?? 1;
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  return [low - room, high + room];
}
