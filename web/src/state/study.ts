import type {
  ChangeFrame,
  ExperimentRow,
  Overview,
  RowPage,
  SlotsFrame,
} from '../../../src/serve/page/wire.ts';
import { ask } from './ask.ts';
import { watched } from './signal.ts';

/** How the page is connected to its server. */
export type Connection =
  | { readonly kind: 'loading' }
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly since: number }
  | { readonly kind: 'failed'; readonly text: string };

export const connection = watched<Connection>({ kind: 'loading' });
export const overview = watched<Overview | undefined>(undefined);
export const slots = watched<SlotsFrame | undefined>(undefined);
/** Experiments by their number less one; the same array as long as it is told by its version. */
export const rows: ExperimentRow[] = [];
/** Another number whenever `rows` changed. */
export const rowsVersion = watched(0);
/** Whether all experiments have come. */
export const isComplete = watched(false);

/** Milliseconds before a connection that the browser gave up is tried again. */
const AGAIN = 1_000;

let source: EventSource | undefined;
let loading: AbortController | undefined;
let last: { readonly study: string; readonly sequence: number } | undefined;

/** Follows the study for as long as the page is looked at: a hidden one holds no connection, of which a browser has six. */
export function followStudy(): void {
  const look = () => {
    if (document.visibilityState === 'hidden') leave();
    else if (source === undefined) void start();
  };
  document.addEventListener('visibilitychange', look);
  look();
}

function leave(): void {
  source?.close();
  source = undefined;
  loading?.abort();
}

async function start(): Promise<void> {
  if (last !== undefined && isComplete.value) return open();
  await load();
}

/** Loads the study whole: what is above the fold first, then its experiments page by page. */
async function load(): Promise<void> {
  loading?.abort();
  const own = new AbortController();
  loading = own;
  source?.close();
  source = undefined;
  try {
    const pageAfter = (after: number) => ask<RowPage>(`/api/experiments?after=${after}`, own.signal);
    const first = pageAfter(0);
    // It is heard of where it is awaited.
    first.catch(() => undefined);
    const now = await ask<Overview>('/api/overview', own.signal);
    if (now.study !== last?.study) rows.length = 0;
    overview.set(now);
    isComplete.set(false);
    let page = await first;
    // What comes while further pages are loaded is told again by the feed, from here on.
    last = { study: page.study, sequence: page.sequence };
    while (page.next !== null) {
      const next = pageAfter(page.next);
      take(page.rows);
      page = await next;
    }
    take(page.rows);
    isComplete.set(true);
    open();
  } catch (cause) {
    if (own.signal.aborted) return;
    if (cause instanceof TypeError || (cause instanceof DOMException && cause.name === 'TimeoutError'))
      lost();
    else connection.set({ kind: 'failed', text: cause instanceof Error ? cause.message : String(cause) });
    setTimeout(() => void (source === undefined && load()), AGAIN);
  }
}

function open(): void {
  source?.close();
  const own = new EventSource(`/api/feed?from=${last!.study}.${last!.sequence}`);
  source = own;
  own.addEventListener('change', (event) => {
    const { study, sequence, overview: now, rows: changed } = JSON.parse(event.data) as ChangeFrame;
    last = { study, sequence };
    take(changed);
    if (now !== null) overview.set(now);
    connection.set({ kind: 'live' });
  });
  own.addEventListener('slots', (event) => slots.set(JSON.parse(event.data) as SlotsFrame));
  own.addEventListener('reset', () => void load());
  own.onerror = () => {
    if (own !== source) return;
    lost();
    // The browser comes again by itself unless it was refused.
    if (own.readyState !== EventSource.CLOSED) return;
    source = undefined;
    setTimeout(() => void (source === undefined && start()), AGAIN);
  };
}

function lost(): void {
  if (connection.value.kind !== 'lost') connection.set({ kind: 'lost', since: Date.now() });
}

function take(changed: readonly ExperimentRow[]): void {
  if (changed.length === 0) return;
  for (const row of changed) rows[row.id - 1] = row;
  rowsVersion.set(rowsVersion.value + 1);
}
