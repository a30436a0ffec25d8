import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ExperimentRow, Overview } from '../../../src/serve/page/wire.ts';
import { clock, duration, gain, value } from '../parts/format.ts';
import { Scrolled } from '../parts/scrolled.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { go } from '../state/place.ts';
import { type Filter, type Sort, writeFilter } from './filter.ts';
import { useRowHeight } from './use-row-height.ts';
import { useWindow } from './use-window.ts';

interface Column {
  readonly sort: Sort;
  readonly name: string;
  readonly isNumber: boolean;
}

/** A table of any length: only the rows on the screen are drawn, between two empty ones that are as tall as all others. */
export function Table({
  ids,
  rows,
  study,
  filter,
  onChange,
}: {
  readonly ids: readonly number[];
  readonly rows: readonly ExperimentRow[];
  readonly study: Overview;
  readonly filter: Filter;
  readonly onChange: (changed: Partial<Filter>) => void;
}) {
  const scroller = useRef<HTMLElement>(null);
  const rowHeight = useRowHeight();
  const { first, count } = useWindow(scroller, rowHeight, ids.length);
  const at = useRowKeys(scroller, ids, rowHeight);
  const order = writeFilter(filter).toString();
  useEffect(() => scroller.current?.scrollTo(0, 0), [order]);
  const shown = ids.slice(first, first + count);
  return (
    <Scrolled name="Table of experiments" look="rows" box={scroller}>
      <table class="experiments-table" aria-rowcount={ids.length + 1}>
        <Heads study={study} filter={filter} onChange={onChange} />
        <tbody>
          <Gap height={first * rowHeight} />
          {shown.map((id, index) => (
            <Row key={id} row={rows[id - 1]!} study={study} number={first + index + 2} isAt={id === at} />
          ))}
          <Gap height={(ids.length - first - shown.length) * rowHeight} />
        </tbody>
      </table>
      {ids.length === 0 ? <p class="empty">No experiment is like that.</p> : null}
    </Scrolled>
  );
}

function Gap({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    <tr class="gap">
      <td colSpan={8} style={{ height: `${height}px` }} />
    </tr>
  );
}

/** Arrow keys, j and k, go from row to row wherever the focus is; Enter follows the link of the row that has it. */
function useRowKeys(
  scroller: RefObject<HTMLElement | null>,
  ids: readonly number[],
  rowHeight: number,
): number | undefined {
  const [at, set] = useState<number | undefined>(undefined);
  // Keys come faster than pages are drawn.
  const latest = useRef<number | undefined>(undefined);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const isTyping = event.target instanceof Element && event.target.matches('input, select, textarea');
      if (isTyping && event.key !== 'ArrowDown' && event.key !== 'Escape') return;
      if (isTyping && event.target instanceof HTMLSelectElement) return;
      if (event.key === 'Enter' && latest.current !== undefined && !isControl(event.target)) {
        event.preventDefault();
        return go(`/experiments/${latest.current}`);
      }
      const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
      const step = stepOf(
        event.key,
        page,
        latest.current === undefined ? -1 : ids.indexOf(latest.current),
        ids.length,
      );
      if (step === undefined || ids.length === 0) return;
      event.preventDefault();
      if (isTyping && event.target instanceof HTMLElement) event.target.blur();
      const next = Math.min(ids.length - 1, Math.max(0, step));
      latest.current = ids[next];
      set(latest.current);
      show(scroller.current, next, rowHeight);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [ids, rowHeight]);
  return at;
}

/** What hears the Enter key itself. */
function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, input, select, textarea') !== null;
}

function stepOf(key: string, page: number, position: number, total: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return position + 1;
    case 'ArrowUp':
    case 'k':
      return position - 1;
    case 'PageDown':
      return position + page;
    case 'PageUp':
      return position - page;
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    default:
      return undefined;
  }
}

/** Scrolls just as far as is needed; the heads stay above the rows. */
function show(scroller: HTMLElement | null, index: number, rowHeight: number): void {
  if (scroller === null) return;
  const top = index * rowHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  const bottom = top + 2 * rowHeight - scroller.clientHeight;
  if (bottom > scroller.scrollTop) scroller.scrollTop = bottom;
}

const COLUMNS: readonly Column[] = [
  { sort: 'id', name: '#', isNumber: true },
  { sort: 'verdict', name: 'verdict', isNumber: false },
  { sort: 'metric', name: 'score', isNumber: true },
  { sort: 'delta', name: 'gain', isNumber: true },
  { sort: 'seconds', name: 'time', isNumber: true },
  { sort: 'category', name: 'category', isNumber: false },
];

function Heads({
  study,
  filter,
  onChange,
}: {
  readonly study: Overview;
  readonly filter: Filter;
  readonly onChange: (changed: Partial<Filter>) => void;
}) {
  const { unit } = study.objective;
  const change = ({ sort, isNumber }: Column) => {
    const isDescending = filter.sort === sort ? !filter.isDescending : isNumber;
    onChange({ sort, isDescending });
  };
  return (
    <thead>
      <tr aria-rowindex={1}>
        {COLUMNS.map((column) => {
          const isSorted = filter.sort === column.sort;
          const order = filter.isDescending ? 'descending' : 'ascending';
          return (
            <th
              key={column.sort}
              scope="col"
              class={`experiments-head ${column.isNumber ? 'right' : ''} col-${column.sort}`}
              aria-sort={isSorted ? order : 'none'}
            >
              <button type="button" onClick={() => change(column)}>
                {column.name}
                {column.sort === 'metric' && unit !== '' ? ` (${unit})` : ''}
                <span aria-hidden="true">{isSorted ? (filter.isDescending ? ' ↓' : ' ↑') : ''}</span>
              </button>
            </th>
          );
        })}
        <th scope="col" class="experiments-head col-hypothesis">
          hypothesis
        </th>
        <th scope="col" class="experiments-head right col-at">
          when
        </th>
      </tr>
    </thead>
  );
}

function Row({
  row,
  study,
  number,
  isAt,
}: {
  readonly row: ExperimentRow;
  readonly study: Overview;
  /** Of the row among all of them, the heads first. */
  readonly number: number;
  readonly isAt: boolean;
}) {
  const { objective } = study;
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isAt) link.current?.focus({ preventScroll: true });
  }, [isAt]);
  const isGain = row.verdict === 'keep' && row.delta !== null && row.delta > 0;
  return (
    <tr class={isAt ? 'row at-row' : 'row'} aria-rowindex={number}>
      <td class="numbers right col-id">
        <a class="whole-row" ref={link} href={`/experiments/${row.id}`}>
          {row.id}
        </a>
      </td>
      <td class="col-verdict">
        <Verdict row={row} />
      </td>
      <td class="numbers right col-metric">{row.metric === null ? '' : value(objective, row.metric)}</td>
      <td class={`numbers right col-delta ${isGain ? 'good' : 'quiet'}`}>
        {row.delta === null ? '' : gain(objective, row.delta)}
      </td>
      <td class="numbers right quiet col-seconds">{row.seconds === 0 ? '' : duration(row.seconds)}</td>
      <td class="quiet col-category">{row.category}</td>
      <td class="col-hypothesis">
        <bdi>{row.hypothesis}</bdi>
      </td>
      <td class="numbers right quiet col-at">{clock(row.at)}</td>
    </tr>
  );
}
