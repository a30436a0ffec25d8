import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EventOf, LedgerEntry, StudyEvent } from '../model/event.ts';
import type { StudyState } from '../model/study.ts';
import { decodeEntry, digestOf, encodeEntry, FORMAT_VERSION } from './entry.ts';
import { FormatFault, LedgerFault, storageFault } from './fault.ts';
import type { Refusal } from './file.ts';
import type { Fold } from './fold.ts';
import { BEFORE_FIRST, type StoredEntry, type Tip } from './link.ts';
import { openForReading, storedAfter } from './reader.ts';
import { apply, copyState, createState, share, type WorkingState } from './replay.ts';
import { connectForWriting, prepareInsert, UnfinishedLedger } from './unfinished.ts';

/** The most events in one append. Appends of one tick are one group, so what waits is bounded by one tick. */
const MOST_EVENTS = 1000;

export interface LedgerOptions {
  /** Who writes: one engine on one machine. At most 200 characters. */
  readonly author: string;
  /** Milliseconds since 1970, such as `Date.now`. */
  readonly now: () => number;
}

/** What to append: events, or which ones, told with the state that they will follow, others of the same tick included. */
type Addition = readonly StudyEvent[] | ((state: StudyState) => readonly StudyEvent[]);

interface Append {
  readonly addition: Addition;
  readonly resolve: (entries: LedgerEntry[]) => void;
  readonly reject: (fault: LedgerFault) => void;
}

interface Prepared {
  readonly append: Append;
  readonly entries: LedgerEntry[];
  readonly stored: readonly StoredEntry[];
}

/** One entry ready for the disk, as a reader will see it: what could not be read back is refused here. */
function prepareEntry(tip: Tip, event: StudyEvent, options: LedgerOptions): [LedgerEntry, StoredEntry] {
  const sequence = tip.sequence + 1;
  const at = Math.floor(options.now());
  const { author } = options;
  const bytes = encodeEntry({ sequence, version: FORMAT_VERSION, at, author, previous: tip.digest, event });
  const decoded = decodeEntry(bytes);
  if (decoded.kind !== 'entry') {
    const problem = decoded.kind === 'newer' ? `format ${decoded.version}` : decoded.problem;
    throw new FormatFault(`entry ${sequence}: ${event.kind} is not an event of this format: ${problem}`);
  }
  return [decoded.entry, { sequence, bytes, digest: digestOf(bytes) }];
}

function eventsOf(addition: Addition, state: StudyState): readonly StudyEvent[] {
  const events = typeof addition === 'function' ? addition(state) : addition;
  if (events.length === 0 || events.length > MOST_EVENTS)
    throw new LedgerFault(`an append of ${events.length} events: 1 to ${MOST_EVENTS} are possible`);
  return events;
}

function tipOf({ sequence, digest }: StoredEntry): Tip {
  return { sequence, digest };
}

/** The one writer of a study. Whoever opens it makes sure that no other engine does. */
export class Ledger {
  readonly #file: string;
  readonly #options: LedgerOptions;
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #state: WorkingState;
  /** What the state will be once the group at hand is on disk. */
  #ahead: WorkingState;
  #tip: Tip;
  #waiting: Append[] = [];
  #closed = false;

  constructor(file: string, database: DatabaseSync, fold: Fold, options: LedgerOptions) {
    this.#file = file;
    this.#options = options;
    this.#database = database;
    this.#insert = prepareInsert(database);
    this.#state = fold.state;
    this.#ahead = copyState(fold.state);
    this.#tip = fold.tip;
  }

  /** Live: what is on disk, no more and no less. */
  get state(): StudyState {
    return this.#state;
  }

  /** Sequence of the last entry on disk. */
  get sequence(): number {
    return this.#tip.sequence;
  }

  /**
   * Writes 1 to 1,000 events, all or none. Resolves when they are on disk and in `state`. Appends of one tick share
   * one commit; a function is asked when its turn in it comes. Rejects with a LedgerFault (a FormatFault where it breaks the format), and leaves disk and state as they were, where an event contradicts the
   * state or breaks the format, or the disk does not take it; a later append may succeed.
   */
  append(addition: Addition): Promise<LedgerEntry[]> {
    if (this.#closed) return Promise.reject(new LedgerFault(`the ledger ${this.#file} is closed`));
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush());
      this.#waiting.push({ addition, resolve, reject });
    });
  }

  /** The stored rows after `sequence`, for the copy in git. */
  stored(sequence: number): Iterable<StoredEntry> {
    return storedAfter(this.#database, sequence);
  }

  /** Writes what waits, then lets go of the file. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#flush();
    this.#closed = true;
    this.#database.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #flush(): void {
    const group = this.#waiting;
    this.#waiting = [];
    const prepared = this.#prepare(group);
    const last = prepared.at(-1)?.stored.at(-1);
    if (last === undefined) return;
    try {
      this.#commit(prepared.flatMap(({ stored }) => stored));
    } catch (error) {
      this.#ahead = copyState(this.#state);
      const fault = storageFault(this.#file, 'write to', error);
      for (const { append } of prepared) append.reject(fault);
      return;
    }
    this.#tip = tipOf(last);
    for (const { append, entries } of prepared) {
      for (const entry of entries) apply(this.#state, entry);
      append.resolve(entries);
    }
    for (const { entries } of prepared) share(this.#ahead, this.#state, entries);
  }

  /** Refuses the appends that do not follow from what precedes them; the others go on without them. */
  #prepare(group: readonly Append[]): Prepared[] {
    const prepared: Prepared[] = [];
    let tip = this.#tip;
    for (const append of group) {
      const entries: LedgerEntry[] = [];
      const stored: StoredEntry[] = [];
      let at = tip;
      try {
        for (const event of eventsOf(append.addition, this.#ahead)) {
          const [entry, row] = prepareEntry(at, event, this.#options);
          apply(this.#ahead, entry);
          entries.push(entry);
          stored.push(row);
          at = row;
        }
      } catch (error) {
        this.#ahead = copyState(this.#state);
        for (const earlier of prepared) for (const entry of earlier.entries) apply(this.#ahead, entry);
        append.reject(
          error instanceof LedgerFault ? error : new LedgerFault('cannot write an event', { cause: error }),
        );
        continue;
      }
      tip = at;
      prepared.push({ append, entries, stored });
    }
    return prepared;
  }

  #commit(rows: readonly StoredEntry[]): void {
    // A commit that failed may have left its transaction open, depending on what failed.
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const row of rows) this.#insert.run(row.sequence, row.bytes, row.digest);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  #rollBack(): void {
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    } catch {
      // The error that led here says more; the next commit tries again.
    }
  }
}

function continueLedger(file: string, fold: Fold, options: LedgerOptions): Ledger {
  let database: DatabaseSync | undefined;
  try {
    database = connectForWriting(file);
    return new Ledger(file, database, fold, options);
  } catch (error) {
    database?.close();
    throw storageFault(file, 'open', error);
  }
}

/**
 * Creates a ledger, and its folder, with its first entry: there is never a ledger without a study.
 * Throws a LedgerFault where there is one already, or the disk does not take it.
 */
export function startLedger(file: string, start: EventOf<'study-start'>, options: LedgerOptions): Ledger {
  const [entry, stored] = prepareEntry(BEFORE_FIRST, start, options);
  try {
    using unfinished = new UnfinishedLedger(file);
    unfinished.add(stored);
    unfinished.finish();
  } catch (error) {
    throw storageFault(file, 'create', error);
  }
  return continueLedger(file, { state: createState(entry), tip: tipOf(stored) }, options);
}

export type Opening = { readonly kind: 'open'; readonly ledger: Ledger } | Refusal;

/**
 * Opens a ledger to continue its study. It is read and checked as a whole first: on a refusal nothing is written.
 * Throws a LedgerFault where the file is there and cannot be opened.
 */
export function openLedger(file: string, options: LedgerOptions): Opening {
  const reading = openForReading(file);
  if (reading.kind !== 'open') return reading;
  const { connection, fold } = reading;
  connection.database.close();
  return { kind: 'open', ledger: continueLedger(file, fold, options) };
}
