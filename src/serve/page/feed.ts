import type { ExperimentId } from '../../model/identity.ts';
import { isAtWork, shownState } from './at-work.ts';
import { encode } from './encode.ts';
import { createOverview } from './overview.ts';
import type { PageDesk, PageLook } from './page-desk.ts';
import { ChangedRows, rowOf } from './rows.ts';
import type { ChangeFrame, Overview, Position } from './wire.ts';

/** Milliseconds between two looks at the ledger while somebody reads, and while nobody does. */
const LOOK_INTERVAL = 100;
const IDLE_INTERVAL = 5_000;
/** The engine tells of its slots twice a second. Milliseconds. */
const SLOTS_INTERVAL = 500;
/** A connection that says nothing is taken for a dead one by what lies between. Milliseconds. */
const HEARTBEAT_INTERVAL = 15_000;
/** Between two overviews passes at least so many times what one costs to make, so that a large study leaves the machine to its trials. */
const REST = 4;
/** A reader that is further behind, in entries or experiments, loads the study anew. */
const MOST_BEHIND = 2_000;
/** Bytes that wait for a reader before it is let go: it comes again, and is told what it has missed. */
const MOST_WAITING = 1024 * 1024;
const MOST_READERS = 1_000;

/** The stream of what happens, for any number of readers: each frame is made and encoded once. */
export interface Feed extends Disposable {
  /** A stream of server-sent events from a position on; undefined where there are too many readers. */
  join(from: Position | undefined): ReadableStream<Uint8Array> | undefined;
  /** The study as of now. */
  look(): PageLook;
  overview(): Overview;
  readonly readers: number;
}

type Reader = ReadableStreamDefaultController<Uint8Array>;

const text = new TextEncoder();

function frame(event: string, data: string, id?: string): Uint8Array {
  return text.encode(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`);
}

const HEARTBEAT = text.encode(': still here\n\n');
/** How soon a browser comes again. Milliseconds. */
const BEGIN = text.encode('retry: 1000\n\n');
const RESET = frame('reset', '{}');

/** `20260308-221500-7f3a.1042`: what a browser repeats when it comes again. */
function positionText({ study, sequence }: Position): string {
  return `${study}.${sequence}`;
}

/** The position in a text, or undefined where it is none. */
export function parsePosition(text: string | undefined): Position | undefined {
  const match = /^([0-9a-f-]{1,64})\.(\d{1,15})$/.exec(text ?? '');
  return match ? { study: match[1]!, sequence: Number(match[2]) } : undefined;
}

export function createFeed(desk: PageDesk): Feed {
  const readers = new Set<Reader>();
  const changed = new ChangedRows();
  const overviewOf = createOverview(desk);
  const { entries: _, ...first } = desk.look();
  let latest: PageLook = first;
  // Whoever comes first does not wait for it.
  overviewOf(latest);
  let slots: { readonly text: string; readonly frame: Uint8Array } | undefined;
  let pending = new Set<ExperimentId>();
  let isOverviewDue = false;
  let restUntil = 0;
  let slotsAt = 0;
  let heartbeatAt = 0;
  let timer: NodeJS.Timeout | undefined;

  function look(): PageLook {
    const { entries, ...now } = desk.look();
    for (const id of changed.of(now.state, entries)) pending.add(id);
    if (entries.length > 0 || now.phase !== latest.phase) isOverviewDue = true;
    // What was at work waits once its engine is gone, of which the ledger may not tell.
    if (now.phase !== latest.phase) for (const id of now.state.open) pending.add(id);
    latest = now;
    return latest;
  }

  function changeFrame(ids: Iterable<ExperimentId>, overview: ChangeFrame['overview']): Uint8Array {
    const { sequence } = latest;
    const state = shownState(latest);
    const rows = [...ids].flatMap((id) => {
      const experiment = state.experiments.get(id);
      return experiment === undefined ? [] : rowOf(state, experiment);
    });
    const { study } = state.study;
    const change: ChangeFrame = { study, sequence, overview, rows };
    return frame('change', encode(change, desk.clean), positionText({ study, sequence }));
  }

  function send(bytes: Uint8Array): void {
    for (const reader of readers) give(reader, bytes);
  }

  function give(reader: Reader, bytes: Uint8Array): void {
    reader.enqueue(bytes);
    if ((reader.desiredSize ?? 0) >= 0) return;
    readers.delete(reader);
    reader.close();
  }

  function tick(): void {
    const now = performance.now();
    try {
      look();
      if (readers.size > 0) tell(now);
      // Whoever comes is told of it by what they missed.
      else pending.clear();
    } catch {
      // The ledger is being moved, or was deleted: whoever asks is told by the next request, and readers come again.
      for (const reader of readers) reader.close();
      readers.clear();
    }
    wait();
  }

  function tell(now: number): void {
    const overview = isOverviewDue && now >= restUntil ? timedOverview(now) : null;
    if (overview !== null || pending.size > 0) {
      send(pending.size > MOST_BEHIND ? RESET : changeFrame(pending, overview));
      pending = new Set();
    }
    if (now >= slotsAt) {
      slotsAt = now + SLOTS_INTERVAL;
      const told = encode(desk.slots(), desk.clean);
      if (told !== slots?.text) {
        slots = { text: told, frame: frame('slots', told) };
        send(slots.frame);
      }
    }
    if (now >= heartbeatAt) {
      heartbeatAt = now + HEARTBEAT_INTERVAL;
      send(HEARTBEAT);
    }
  }

  function timedOverview(now: number): Overview {
    const overview = overviewOf(latest);
    isOverviewDue = false;
    restUntil = performance.now() + REST * (performance.now() - now);
    return overview;
  }

  function wait(): void {
    clearTimeout(timer);
    timer = setTimeout(tick, readers.size > 0 ? LOOK_INTERVAL : IDLE_INTERVAL);
    timer.unref();
  }

  /** What a reader has missed, up to `latest`. */
  function missed(from: Position): Uint8Array {
    const { state } = latest;
    if (from.study !== state.study.study || from.sequence > latest.sequence) return RESET;
    if (latest.sequence - from.sequence > MOST_BEHIND) return RESET;
    const ids = changed.of(state, desk.entriesAfter(from.sequence));
    // It may have last heard of them from an engine that was killed since, of which no entry tells.
    if (!isAtWork(latest.phase)) for (const id of state.open) ids.add(id);
    return changeFrame(ids, overviewOf(latest));
  }

  function join(from: Position | undefined): ReadableStream<Uint8Array> | undefined {
    if (readers.size >= MOST_READERS) return undefined;
    let own: Reader | undefined;
    return new ReadableStream<Uint8Array>(
      {
        start(reader) {
          own = reader;
          reader.enqueue(BEGIN);
          look();
          reader.enqueue(from === undefined ? RESET : missed(from));
          if (slots !== undefined) reader.enqueue(slots.frame);
          readers.add(reader);
          if (readers.size === 1) {
            slotsAt = 0;
            wait();
          }
        },
        cancel() {
          if (own !== undefined) readers.delete(own);
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: MOST_WAITING }),
    );
  }

  wait();
  return {
    join,
    look,
    overview: () => overviewOf(look()),
    get readers() {
      return readers.size;
    },
    [Symbol.dispose]() {
      // What came last is told before the end.
      restUntil = 0;
      tick();
      clearTimeout(timer);
      for (const reader of readers) reader.close();
      readers.clear();
    },
  };
}
