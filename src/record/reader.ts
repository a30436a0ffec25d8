import type { DatabaseSync } from 'node:sqlite';
import type { LedgerEntry } from '../model/event.ts';
import type { Digest } from '../model/identity.ts';
import type { StudyState } from '../model/study.ts';
import { decodeEntry } from './entry.ts';
import { LedgerFault, storageFault } from './fault.ts';
import {
  type Connection,
  connect,
  damaged,
  damagedBySQLite,
  newer,
  type Refusal,
  refuseByHeader,
} from './file.ts';
import { type Fold, take } from './fold.ts';
import type { StoredEntry } from './link.ts';

/** The rows after `sequence`, one consistent snapshot, oldest first. */
export function* storedAfter(database: DatabaseSync, sequence: number): Generator<StoredEntry> {
  const rows = database
    .prepare('SELECT sequence, bytes, digest FROM entries WHERE sequence > ? ORDER BY sequence')
    .iterate(sequence);
  for (const row of rows) {
    const { sequence, bytes, digest } = row;
    if (typeof sequence !== 'number' || !(bytes instanceof Uint8Array) || typeof digest !== 'string')
      throw new LedgerFault(
        `a row of the ledger is not {sequence, bytes, digest}: ${Object.keys(row).join()}`,
      );
    yield { sequence, bytes, digest: digest as Digest };
  }
}

type Advance = { readonly kind: 'advanced'; readonly fold: Fold | undefined } | Refusal;

/** Reads what follows `from`. On a refusal the state that was passed in stands before the refused entry. */
function advance(
  file: string,
  database: DatabaseSync,
  from: Fold | undefined,
  onEntry?: (entry: LedgerEntry) => void,
): Advance {
  let fold = from;
  try {
    for (const stored of storedAfter(database, fold?.tip.sequence ?? 0)) {
      const step = take(fold, stored);
      if (step.kind === 'newer') return newer(file, step.version);
      if (step.kind === 'damaged') return damaged(file, step.sequence, step.problem);
      fold = step.fold;
      onEntry?.(step.entry);
    }
  } catch (error) {
    return damagedBySQLite(file, (fold?.tip.sequence ?? 0) + 1, error);
  }
  return { kind: 'advanced', fold };
}

/** A ledger as another process sees it: it never waits for the writer, and the writer never waits for it. */
export class LedgerReader {
  readonly #file: string;
  #connection: Connection;
  #fold: Fold;

  constructor(file: string, connection: Connection, fold: Fold) {
    this.#file = file;
    this.#connection = connection;
    this.#fold = fold;
  }

  /** Live: `refresh` moves it on. */
  get state(): StudyState {
    return this.#fold.state;
  }

  get fold(): Fold {
    return this.#fold;
  }

  /** Takes in what was committed since, and returns it. Throws a LedgerFault on damage or a newer format. */
  refresh(): readonly LedgerEntry[] {
    try {
      if (this.#connection.still) this.#reconnect();
      const entries: LedgerEntry[] = [];
      const result = advance(this.#file, this.#connection.database, this.#fold, (entry) =>
        entries.push(entry),
      );
      if (result.kind !== 'advanced')
        throw new LedgerFault('message' in result ? result.message : `the ledger ${this.#file} is gone`);
      if (result.fold !== undefined) this.#fold = result.fold;
      return entries;
    } catch (error) {
      throw error instanceof LedgerFault ? error : storageFault(this.#file, 'read', error);
    }
  }

  /** The stored rows after `sequence`, up to now. */
  stored(sequence = 0): Iterable<StoredEntry> {
    return storedAfter(this.#connection.database, sequence);
  }

  /** The entries after `sequence`, up to now; all of them by default. */
  *entries(sequence = 0): Generator<LedgerEntry> {
    for (const { sequence: at, bytes } of this.stored(sequence)) {
      const decoded = decodeEntry(bytes);
      if (decoded.kind !== 'entry') throw new LedgerFault(`entry ${at} of ${this.#file} cannot be read`);
      yield decoded.entry;
    }
  }

  close(): void {
    if (this.#connection.database.isOpen) this.#connection.database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #reconnect(): void {
    const next = connect(this.#file);
    this.#connection.database.close();
    this.#connection = next;
  }
}

function connectOrRefuse(file: string): Connection | Refusal {
  try {
    return connect(file);
  } catch (error) {
    return damagedBySQLite(file, 1, error);
  }
}

export type ReadOpening = { readonly kind: 'open'; readonly reader: LedgerReader } | Refusal;

/**
 * Opens a ledger for reading, whether or not an engine is writing to it, and replays it.
 * Throws a LedgerFault where the file is there and cannot be read.
 */
export function readLedger(file: string): ReadOpening {
  let connection: Connection | undefined;
  try {
    const refusal = refuseByHeader(file);
    if (refusal !== undefined) return refusal;
    const opened = connectOrRefuse(file);
    if ('kind' in opened) return opened;
    connection = opened;
    const result = advance(file, connection.database, undefined);
    if (result.kind === 'advanced' && result.fold !== undefined)
      return { kind: 'open', reader: new LedgerReader(file, connection, result.fold) };
    connection.database.close();
    return result.kind === 'advanced' ? { kind: 'absent' } : result;
  } catch (error) {
    connection?.database.close();
    throw storageFault(file, 'read', error);
  }
}
