import type { ExperimentRow } from '../../../src/serve/page/wire.ts';
import { WORDS, type Word } from '../parts/verdicts.ts';

/** By which column the table is in order. */
export const SORTS = ['id', 'verdict', 'metric', 'delta', 'seconds', 'category', 'researcher', 'at'] as const;
export type Sort = (typeof SORTS)[number];

/** What of the experiments is shown, and in which order. All of it stands in the address. */
export interface Filter {
  /** None: all. */
  readonly verdicts: ReadonlySet<Word>;
  readonly category: string;
  readonly researcher: string;
  /** What was edited. */
  readonly place: string;
  readonly text: string;
  readonly sort: Sort;
  readonly isDescending: boolean;
}

export function readFilter(query: URLSearchParams): Filter {
  const verdicts = (query.get('verdict') ?? '').split(',').filter((word) => WORDS.includes(word as Word));
  const order = query.get('sort') ?? '-id';
  const sort = SORTS.find((name) => name === order.replace(/^-/, '')) ?? 'id';
  return {
    verdicts: new Set(verdicts as Word[]),
    category: query.get('category') ?? '',
    researcher: query.get('researcher') ?? '',
    place: query.get('place') ?? '',
    text: query.get('q') ?? '',
    sort,
    isDescending: order.startsWith('-'),
  };
}

export function writeFilter(filter: Filter): URLSearchParams {
  const query = new URLSearchParams();
  if (filter.verdicts.size > 0) query.set('verdict', [...filter.verdicts].join(','));
  if (filter.category !== '') query.set('category', filter.category);
  if (filter.researcher !== '') query.set('researcher', filter.researcher);
  if (filter.place !== '') query.set('place', filter.place);
  if (filter.text !== '') query.set('q', filter.text);
  const order = `${filter.isDescending ? '-' : ''}${filter.sort}`;
  if (order !== '-id') query.set('sort', order);
  return query;
}

/** The numbers of the experiments that pass, in their order. A number as the text finds that experiment. */
export function choose(rows: readonly ExperimentRow[], filter: Filter): number[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const number = /^#?(\d+)$/.exec(filter.text.trim())?.[1];
  const chosen: number[] = [];
  for (const row of rows) {
    if (row === undefined) continue;
    if (filter.verdicts.size > 0 && !filter.verdicts.has(row.verdict)) continue;
    if (filter.category !== '' && row.category !== filter.category) continue;
    if (filter.researcher !== '' && row.researcher !== filter.researcher) continue;
    if (filter.place !== '' && !isOf(row.places, filter.place)) continue;
    if (words.length > 0 && String(row.id) !== number && !holds(row.hypothesis, words)) continue;
    chosen.push(row.id);
  }
  return inOrder(rows, chosen, filter);
}

/** Among places with their files a name may stand without its file, as it does where all are of one. */
function isOf(places: string, name: string): boolean {
  return (
    places.includes(name) && places.split('; ').some((place) => place === name || place.endsWith(` ${name}`))
  );
}

function holds(hypothesis: string, words: readonly string[]): boolean {
  const text = hypothesis.toLowerCase();
  return words.every((word) => text.includes(word));
}

function inOrder(rows: readonly ExperimentRow[], ids: number[], { sort, isDescending }: Filter): number[] {
  if (sort === 'id') return isDescending ? ids.reverse() : ids;
  const direction = isDescending ? -1 : 1;
  return ids.sort((one, other) => {
    const a = rows[one - 1]![sort];
    const b = rows[other - 1]![sort];
    if (a === b) return other - one;
    // What has no number is last, whichever way the others go.
    if (a === null) return 1;
    if (b === null) return -1;
    return a < b ? -direction : direction;
  });
}

/** The names that rows have, the most frequent first. */
export function namesOf(
  rows: readonly ExperimentRow[],
  key: 'category' | 'researcher' | 'verdict',
): string[] {
  const counts = new Map<string, number>();
  for (const row of rows) if (row) counts.set(row[key], (counts.get(row[key]) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}
