import { renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { FORMAT_VERSION } from './entry.ts';
import { LedgerFault } from './fault.ts';
import { APPLICATION_ID, LOCK_WAIT, makeFolder, refuseByHeader, syncFolder } from './file.ts';
import type { StoredEntry } from './link.ts';

/** A connection whose commits are on disk when they return. */
export function connectForWriting(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: LOCK_WAIT });
  // fullfsync matters on macOS alone, where a plain fsync stops at the drive's own memory.
  database.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;');
  return database;
}

/** Takes sequence, bytes and digest. */
export function prepareInsert(database: DatabaseSync): StatementSync {
  return database.prepare('INSERT INTO entries (sequence, bytes, digest) VALUES (?, ?, ?)');
}

/**
 * A ledger in the making, beside its place: it moves there whole and on disk, or never was. So a ledger's format stands
 * in its first page, not only in the write-ahead log. Throws a LedgerFault where there is a ledger already.
 */
export class UnfinishedLedger {
  readonly #file: string;
  readonly #place: string;
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;

  constructor(place: string) {
    makeFolder(dirname(place));
    if (refuseByHeader(place)?.kind !== 'absent')
      throw new LedgerFault(`there is a file at ${place} already: move it away to begin a ledger there`);
    this.#place = place;
    this.#file = `${place}.unfinished`;
    remove(this.#file);
    this.#database = connectForWriting(this.#file);
    this.#database.exec('BEGIN IMMEDIATE');
    this.#database.exec(
      `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT_VERSION};`,
    );
    this.#database.exec(
      'CREATE TABLE entries (sequence INTEGER PRIMARY KEY, bytes BLOB NOT NULL, digest TEXT NOT NULL) STRICT',
    );
    this.#insert = prepareInsert(this.#database);
  }

  add({ sequence, bytes, digest }: StoredEntry): void {
    this.#insert.run(sequence, bytes, digest);
  }

  finish(): void {
    this.#database.exec('COMMIT');
    this.#database.exec('PRAGMA journal_mode = WAL');
    this.#database.close();
    // A log that an earlier ledger left in this place would be taken for the new one's.
    remove(this.#place);
    renameSync(this.#file, this.#place);
    syncFolder(dirname(this.#place));
  }

  [Symbol.dispose](): void {
    if (this.#database.isOpen) this.#database.close();
    remove(this.#file);
  }
}

function remove(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${suffix}`, { force: true });
}
