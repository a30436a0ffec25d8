import { closeSync, fsyncSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { FORMAT_VERSION } from './entry.ts';
import { resultCode } from './fault.ts';

/** `Rtch`: how `file` and this engine recognise a ledger among other SQLite databases. */
export const APPLICATION_ID = 0x52746368;

/** How long one connection waits for another that holds a lock for a moment, in milliseconds. */
export const LOCK_WAIT = 5000;

/** Why a ledger is not opened. Nothing was written. `absent`: there is none, or an empty file. */
export type Refusal = { readonly kind: 'absent' } | Mistrust;

/** Why what stands in a ledger is not used. */
export type Mistrust =
  /** A newer Ratchet wrote to it. */
  | { readonly kind: 'newer'; readonly message: string }
  /** `sequence` is the first entry that cannot be trusted. */
  | {
      readonly kind: 'damaged';
      readonly sequence: number;
      readonly problem: string;
      readonly message: string;
    };

/** `ledger` names the file, or the ref of a copy. */
export function newer(ledger: string, version: number): Mistrust {
  const message = `the ledger ${ledger} has format ${version}, this Ratchet reads up to ${FORMAT_VERSION}: update Ratchet to continue the study`;
  return { kind: 'newer', message };
}

export function damaged(ledger: string, sequence: number, problem: string): Mistrust {
  const mend = 'move it away to continue from its copy in git, or start a new study';
  const message = `the ledger ${ledger} is damaged at entry ${sequence} (${problem}): ${mend}`;
  return { kind: 'damaged', sequence, problem, message };
}

/** Bytes that SQLite itself finds damaged from `sequence` on; any other error is thrown on. */
export function damagedBySQLite(file: string, sequence: number, error: unknown): Mistrust {
  const code = resultCode(error);
  if (code !== 11 && code !== 26) throw error;
  return damaged(file, sequence, error instanceof Error ? error.message : 'not a database');
}

/** Looks at the first 100 bytes alone, since SQLite would leave files beside a ledger that it merely opens. */
export function refuseByHeader(file: string): Refusal | undefined {
  const header = readHeader(file);
  if (header === undefined || header.length === 0) return { kind: 'absent' };
  if (header.length < 100 || header.toString('latin1', 0, 15) !== 'SQLite format 3')
    return damaged(file, 1, 'it is not a database');
  const format = header.readUInt32BE(60);
  const application = header.readUInt32BE(68);
  if (application !== APPLICATION_ID) return damaged(file, 1, 'it is the database of another program');
  return format > FORMAT_VERSION ? newer(file, format) : undefined;
}

function readHeader(file: string): Buffer | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const header = Buffer.alloc(100);
    return header.subarray(0, readSync(descriptor, header, 0, header.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** A connection that only reads; `still` where it sees nothing that is written after it was opened. */
export interface Connection {
  readonly database: DatabaseSync;
  readonly still: boolean;
}

/** Opens for reading beside a writer, also in a folder where nobody may write. Throws SQLite's errors. */
export function connect(file: string): Connection {
  const database = new DatabaseSync(file, { readOnly: true, timeout: LOCK_WAIT });
  try {
    // The files beside the ledger are needed at the first statement, not before.
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return { database, still: false };
  } catch (error) {
    database.close();
    const code = resultCode(error);
    // SQLite cannot make its shared memory in a read-only folder. Without a log there is nothing to share.
    if ((code !== 8 && code !== 14) || sizeOf(`${file}-wal`) > 0) throw error;
    const url = pathToFileURL(file);
    url.searchParams.set('immutable', '1');
    return { database: new DatabaseSync(url, { readOnly: true }), still: true };
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Makes the folder and those above it, and has their names on disk before a ledger is in them. */
export function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true });
  if (first === undefined) return;
  for (let at = folder; at.length >= first.length; at = dirname(at)) syncFolder(at);
  syncFolder(dirname(first));
}

export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
