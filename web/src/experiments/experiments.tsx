import { useEffect, useMemo, useRef } from 'preact/hooks';
import { counted } from '../parts/format.ts';
import { place, restate } from '../state/place.ts';
import { useWatched } from '../state/signal.ts';
import { isComplete, overview, rows, rowsVersion } from '../state/study.ts';
import { choose, type Filter, readFilter, writeFilter } from './filter.ts';
import { Filters } from './filters.tsx';
import { Table } from './table.tsx';

/** Every experiment, to be searched. */
export function Experiments() {
  const study = useWatched(overview)!;
  const version = useWatched(rowsVersion);
  const isWhole = useWatched(isComplete);
  const { query } = useWatched(place);
  const search = useRef<HTMLInputElement>(null);
  const filter = useMemo(() => readFilter(query), [query]);
  const chosen = useMemo(() => choose(rows, filter), [filter, version]);
  const change = (changed: Partial<Filter>) => restate(writeFilter({ ...filter, ...changed }));
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      search.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const isFiltered = chosen.length !== rows.length;
  const count = isFiltered
    ? `${chosen.length.toLocaleString('en')} of ${counted(rows.length, 'experiment')}`
    : counted(rows.length, 'experiment');
  return (
    <div class="experiments">
      <h1 class="hidden">Experiments</h1>
      <Filters filter={filter} rows={rows} version={version} search={search} onChange={change} />
      <p class="count quiet" role="status">
        {count}
        {isWhole ? '' : ', loading more…'}
      </p>
      <Table ids={chosen} rows={rows} study={study} filter={filter} onChange={change} />
    </div>
  );
}
