import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { Overview } from '../../../src/serve/page/wire.ts';
import { THEME_CHANGE } from '../head/theme.tsx';
import { value } from '../parts/format.ts';
import { go } from '../state/place.ts';
import { rows, rowsVersion } from '../state/study.ts';
import { type Colours, coloursNow, FONT } from './colours.ts';
import { PointCard } from './point-card.tsx';
import { rangeOver, type StudyData, studyData } from './study-data.ts';
import { nearest, paintStudy } from './study-paint.ts';
import { useWidth } from './use-size.ts';

/** A place of the chart that the reader points at. */
interface Chosen {
  readonly id: number;
  readonly left: number;
  readonly top: number;
}

/** What the drawing reads whenever it is drawn; the plot lives longer than any of it. */
interface Scene {
  data: StudyData;
  colours: Colours;
  study: Overview;
  chosen: number | undefined;
  /** What is in view; undefined for all. */
  view: { readonly from: number; readonly to: number } | undefined;
}

/** The study as a chart: every experiment a point, the champion as a line of steps. */
export function StudyChart({ study, height }: { readonly study: Overview; readonly height: number }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [chosen, setChosen] = useState<Chosen | undefined>(undefined);
  const [isZoomed, setZoomed] = useState(false);
  const chart = useStudyPlot(box, { study, width, height }, setChosen, setZoomed);
  const row = chosen === undefined ? undefined : rows[chosen.id - 1];
  return (
    <div class="chart-box">
      <div class="chart-tools">
        <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => chart.zoom(0.5)}>
          +
        </button>
        <button
          type="button"
          aria-label="Zoom out"
          title="Zoom out (−)"
          disabled={!isZoomed}
          onClick={() => chart.zoom(2)}
        >
          −
        </button>
        <button type="button" aria-label="Last 200 experiments" title="The last 200" onClick={chart.showLast}>
          last 200
        </button>
        <button type="button" aria-label="All experiments" disabled={!isZoomed} onClick={chart.showAll}>
          all
        </button>
      </div>
      <div
        class="chart"
        ref={box}
        style={{ height: `${height}px` }}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys go from keep to keep
        tabIndex={0}
        role="application"
        aria-roledescription="chart"
        aria-label="Chart of all experiments. Arrow keys go from one kept experiment to the next, Enter opens it, plus and minus zoom."
        onKeyDown={chart.onKey}
        onBlur={() => setChosen(undefined)}
      >
        {chosen && row ? (
          <PointCard row={row} study={study} left={chosen.left} top={chosen.top} width={width} />
        ) : null}
      </div>
      <p class="hidden" role="status">
        {row ? `Experiment ${row.id}, ${row.verdict}: ${row.hypothesis}` : ''}
      </p>
    </div>
  );
}

interface Size {
  readonly study: Overview;
  readonly width: number;
  readonly height: number;
}

interface StudyPlot {
  zoom(factor: number): void;
  showLast(): void;
  showAll(): void;
  onKey(event: KeyboardEvent): void;
}

function useStudyPlot(
  box: RefObject<HTMLDivElement | null>,
  { study, width, height }: Size,
  onChosen: (chosen: Chosen | undefined) => void,
  onZoomed: (isZoomed: boolean) => void,
): StudyPlot {
  const plot = useRef<uPlot | undefined>(undefined);
  const scene = useRef<Scene | undefined>(undefined);
  scene.current ??= {
    data: studyData(rows, study),
    colours: coloursNow(),
    study,
    chosen: undefined,
    view: undefined,
  };
  const choose = (id: number | undefined) => {
    if (id === scene.current!.chosen) return;
    scene.current!.chosen = id;
    onChosen(id === undefined ? undefined : placeOf(plot.current!, scene.current!, id));
    plot.current?.redraw(false);
  };
  const show = (view: Scene['view']) => {
    scene.current!.view = view && inside(view, rows.length);
    onZoomed(scene.current!.view !== undefined);
    choose(undefined);
    if (plot.current) setView(plot.current, scene.current!);
  };
  useEffect(() => {
    if (width === 0 || box.current === null) return;
    const made = createPlot(box.current, { width, height }, scene.current!, choose, show);
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = undefined;
    };
  }, [width, height]);
  const redraw = () => {
    scene.current!.study = study;
    scene.current!.data = studyData(rows, study);
    if (plot.current) setView(plot.current, scene.current!);
  };
  useEffect(redraw, [study]);
  useFrames(rowsVersion.watch, redraw);
  useEffect(() => {
    const onTheme = () => {
      scene.current!.colours = coloursNow();
      plot.current?.redraw(false);
    };
    addEventListener(THEME_CHANGE, onTheme);
    return () => removeEventListener(THEME_CHANGE, onTheme);
  }, []);
  const zoom = (factor: number) => {
    const { from, to } = viewOf(scene.current!);
    const middle = scene.current!.chosen ?? (from + to) / 2;
    const share = (middle - from) / (to - from || 1);
    const size = (to - from) * factor;
    show({ from: middle - share * size, to: middle + (1 - share) * size });
  };
  return {
    zoom,
    showAll: () => show(undefined),
    showLast: () => show({ from: rows.length - 200, to: rows.length + 1 }),
    onKey(event) {
      const next = keyMove(event.key, scene.current!);
      if (next === 'open' && scene.current!.chosen !== undefined) go(`/experiments/${scene.current!.chosen}`);
      else if (typeof next === 'number') choose(next);
      else if (event.key === '+' || event.key === '=') zoom(0.5);
      else if (event.key === '-') zoom(2);
      else if (event.key === 'Escape') show(undefined);
      else return;
      event.preventDefault();
    },
  };
}

/** Runs once a frame, however often what is watched changes within it. */
function useFrames(watch: (onChange: () => void) => () => void, work: () => void): void {
  const latest = useRef(work);
  latest.current = work;
  useEffect(() => {
    let frame = 0;
    const leave = watch(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => latest.current());
    });
    return () => {
      cancelAnimationFrame(frame);
      leave();
    };
  }, [watch]);
}

/** The kept experiment to the left or the right of the chosen one. */
function keyMove(key: string, { data, chosen }: Scene): number | 'open' | undefined {
  if (key === 'Enter') return 'open';
  const at = chosen ?? data.rows.length + 1;
  if (key === 'ArrowLeft')
    return data.rows.findLast((row) => row && row.verdict === 'keep' && row.id < at)?.id;
  if (key === 'ArrowRight') return data.rows.find((row) => row && row.verdict === 'keep' && row.id > at)?.id;
  return undefined;
}

function viewOf({ view, data }: Scene): { readonly from: number; readonly to: number } {
  return view ?? { from: 0, to: Math.max(10, data.rows.length + 1) };
}

/** The least that is worth looking at: ten experiments. Undefined where nothing would be left out. */
function inside({ from, to }: { from: number; to: number }, count: number): Scene['view'] {
  const size = Math.max(10, to - from);
  if (size >= count) return undefined;
  const start = Math.min(Math.max(0, from), count + 1 - size);
  return { from: start, to: start + size };
}

function setView(plot: uPlot, scene: Scene): void {
  const { from, to } = viewOf(scene);
  const { low, high } = rangeOver(scene.data, from, to);
  plot.batch(() => {
    plot.setScale('x', { min: from, max: to });
    plot.setScale('y', { min: low, max: high });
  });
  plot.redraw(false);
}

function placeOf(plot: uPlot, { data }: Scene, id: number): Chosen | undefined {
  const row = data.rows[id - 1];
  if (row === undefined) return undefined;
  const { min: low = 0, max: high = 1 } = plot.scales.y!;
  const y = Math.min(high, Math.max(low, row.metric ?? row.foretold ?? (data.isSmallerBetter ? high : low)));
  const { left, top } = plot.over.getBoundingClientRect();
  const outer = plot.root.getBoundingClientRect();
  return {
    id,
    left: left - outer.left + plot.valToPos(id, 'x'),
    top: top - outer.top + plot.valToPos(y, 'y'),
  };
}

function createPlot(
  box: HTMLElement,
  { width, height }: { width: number; height: number },
  scene: Scene,
  choose: (id: number | undefined) => void,
  show: (view: Scene['view']) => void,
): uPlot {
  const axis = { font: FONT, labelFont: FONT, stroke: () => scene.colours.quiet, ticks: { show: false } };
  const grid = { stroke: () => scene.colours.grid, width: 1 };
  const { from, to } = viewOf(scene);
  const { low, high } = rangeOver(scene.data, from, to);
  const plot = new uPlot(
    {
      width,
      height,
      padding: [12, 12, 0, 0],
      legend: { show: false },
      cursor: {
        x: false,
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: 8 },
      },
      scales: {
        x: { time: false, auto: false, min: from, max: to },
        y: { auto: false, min: low, max: high },
      },
      series: [{}, { paths: () => null, points: { show: false } }],
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 30,
          gap: 4,
          values: (_, at) => at.map((x) => (Number.isInteger(x) && x > 0 ? `#${x}` : '')),
        },
        {
          ...axis,
          grid,
          size: (_, labels) =>
            Math.max(40, 10 + 7 * Math.max(...(labels ?? ['']).map((label) => label.length))),
          values: (_, at) => at.map((y) => value(scene.study.objective, y)),
        },
      ],
      hooks: {
        draw: [(drawn) => paintStudy(drawn, scene.data, scene.colours, scene.chosen)],
        setSelect: [
          (drawn) => {
            const { left, width: wide } = drawn.select;
            if (wide < 8) return;
            show({ from: drawn.posToVal(left, 'x'), to: drawn.posToVal(left + wide, 'x') });
            drawn.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
      },
    },
    [
      [0, 1],
      [null, null],
    ],
    box,
  );
  listen(plot, scene, choose, show);
  setView(plot, scene);
  return plot;
}

function listen(
  plot: uPlot,
  scene: Scene,
  choose: (id: number | undefined) => void,
  show: (view: Scene['view']) => void,
): void {
  const { over } = plot;
  const at = (event: MouseEvent) => {
    const { left, top } = over.getBoundingClientRect();
    return nearest(plot, scene.data, { left: event.clientX - left, top: event.clientY - top });
  };
  let pressedAt = 0;
  over.addEventListener('mousedown', (event) => {
    pressedAt = event.clientX;
  });
  over.addEventListener('mousemove', (event) => {
    const id = at(event);
    over.style.cursor = id === undefined ? 'crosshair' : 'pointer';
    choose(id);
  });
  over.addEventListener('mouseleave', () => choose(undefined));
  over.addEventListener('click', (event) => {
    // The end of a drag is no click.
    if (Math.abs(event.clientX - pressedAt) > 4) return;
    const id = at(event);
    if (id !== undefined) go(`/experiments/${id}`);
  });
  over.addEventListener('dblclick', () => show(undefined));
  over.addEventListener(
    'wheel',
    (event) => {
      // Without a key the wheel scrolls the page.
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { from, to } = viewOf(scene);
      const middle = plot.posToVal(event.clientX - over.getBoundingClientRect().left, 'x');
      const factor = event.deltaY > 0 ? 1.25 : 0.8;
      show({ from: middle - (middle - from) * factor, to: middle + (to - middle) * factor });
    },
    { passive: false },
  );
}
