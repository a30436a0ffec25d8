import { existsSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { StudyFolder } from '../lab/folder.ts';

/** Held by the one engine that works on a study. */
export interface StudyLock extends Disposable {
  release(): void;
}

export type Locking =
  | { readonly kind: 'held'; readonly lock: StudyLock }
  /** Another engine is at work; its process id where it has said so yet. */
  | { readonly kind: 'busy'; readonly pid: number | undefined };

/** Whoever only asks whether an engine is at work stands in the way for about a millisecond. Milliseconds. */
const PATIENCE = 250;

/**
 * Takes the study for this process. The lock is an exclusive transaction on an empty database, so the system itself
 * releases it however the holder dies, and no stale lock can be left behind. Blocks for as long as somebody asks.
 */
export function lockStudy(folder: Pick<StudyFolder, 'lock' | 'live'>): Locking {
  const database = new DatabaseSync(folder.lock, { timeout: PATIENCE });
  try {
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (isBusy(cause)) return { kind: 'busy', pid: holderOf(folder) };
    throw new Error(`${folder.lock}: the study cannot be locked: ${(cause as Error).message}`, { cause });
  }
  const release = () => {
    if (!database.isOpen) return;
    database.exec('ROLLBACK');
    database.close();
  };
  return { kind: 'held', lock: { release, [Symbol.dispose]: release } };
}

/**
 * Whether an engine works on the study at this moment. Asks with a lock that many can share, so that neither the engine nor
 * another who asks is disturbed, and reads only: a study may be somebody else's.
 */
export function engineAtWork(folder: StudyFolder): { pid: number | undefined } | undefined {
  if (!existsSync(folder.lock)) return undefined;
  const database = new DatabaseSync(folder.lock, { readOnly: true });
  try {
    database.exec('SELECT count(*) FROM sqlite_schema');
    return undefined;
  } catch (cause) {
    if (isBusy(cause)) return { pid: holderOf(folder) };
    throw new Error(`${folder.lock} cannot be read: ${(cause as Error).message}`, { cause });
  } finally {
    database.close();
  }
}

function isBusy(fault: unknown): boolean {
  // SQLITE_BUSY is 5; the primary code is the low byte of the extended one.
  return fault instanceof Error && 'errcode' in fault && (Number(fault.errcode) & 0xff) === 5;
}

function holderOf(folder: Pick<StudyFolder, 'live'>): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(folder.live, 'utf8')) as { pid?: unknown };
    return typeof pid === 'number' ? pid : undefined;
  } catch {
    return undefined;
  }
}
