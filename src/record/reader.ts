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
  type Mistrust,
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

type Advance = { readonly kind: 'advanced'; readonly fold: Fold | undefined } | Mistrust;

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

  /** Sequence of the last entry that is in `state`. */
  get sequence(): number {
    return this.#fold.tip.sequence;
  }

  /** Takes in what was committed since, and returns it. Throws a LedgerFault on damage or a newer format. */
  refresh(): readonly LedgerEntry[] {
    try {
      if (this.#connection.still) this.#reconnect();
      const entries: LedgerEntry[] = [];
      const result = advance(this.#file, this.#connection.database, this.#fold, (entry) =>
        entries.push(entry),
      );
      if (result.kind !== 'advanced') throw new LedgerFault(result.message);
      if (result.fold !== undefined) this.#fold = result.fold;
      return entries;
    } catch (error) {
      throw storageFault(this.#file, 'read', error);
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

type Reading = { readonly kind: 'open'; readonly connection: Connection; readonly fold: Fold } | Refusal;

/** Reads and checks the whole ledger. Throws a LedgerFault where the file is there and cannot be read. */
export function openForReading(file: string): Reading {
  try {
    const refusal = refuseByHeader(file);
    if (refusal !== undefined) return refusal;
    const connection = connectOrRefuse(file);
    return 'kind' in connection ? connection : readAll(file, connection);
  } catch (error) {
    throw storageFault(file, 'read', error);
  }
}

function connectOrRefuse(file: string): Connection | Mistrust {
  try {
    return connect(file);
  } catch (error) {
    return damagedBySQLite(file, 1, error);
  }
}

function readAll(file: string, connection: Connection): Reading {
  let reading: Reading = { kind: 'absent' };
  try {
    const result = advance(file, connection.database, undefined);
    if (result.kind !== 'advanced') reading = result;
    else if (result.fold !== undefined) reading = { kind: 'open', connection, fold: result.fold };
    return reading;
  } finally {
    if (reading.kind !== 'open') connection.database.close();
  }
}

export type ReadOpening = { readonly kind: 'open'; readonly reader: LedgerReader } | Refusal;

/**
 * Opens a ledger for reading, whether or not an engine is writing to it, and replays it.
 * Throws a LedgerFault where the file is there and cannot be read.
 */
export function readLedger(file: string): ReadOpening {
  const reading = openForReading(file);
  if (reading.kind !== 'open') return reading;
  return { kind: 'open', reader: new LedgerReader(file, reading.connection, reading.fold) };
}
