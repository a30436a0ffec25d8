import { readFileSync } from 'node:fs';
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

/**
 * Takes the study for this process. The lock is an exclusive transaction on a small database, so the system itself
 * releases it however the holder dies, and no stale lock can be left behind. `patience`: milliseconds to wait, blocking,
 * for a holder that only looks, as `engineAtWork` does.
 */
export function lockStudy(folder: StudyFolder, patience = 0): Locking {
  const database = new DatabaseSync(folder.lock, { timeout: patience });
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

/** Whether an engine works on the study at this moment, asked without disturbing it. */
export function engineAtWork(folder: StudyFolder): { pid: number | undefined } | undefined {
  try {
    readFileSync(folder.lock);
  } catch {
    return undefined;
  }
  const locking = lockStudy(folder);
  if (locking.kind === 'busy') return { pid: locking.pid };
  locking.lock.release();
  return undefined;
}

function isBusy(fault: unknown): boolean {
  // SQLITE_BUSY is 5; the primary code is the low byte of the extended one.
  return fault instanceof Error && 'errcode' in fault && (Number(fault.errcode) & 0xff) === 5;
}

function holderOf(folder: StudyFolder): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(folder.live, 'utf8')) as { pid?: unknown };
    return typeof pid === 'number' ? pid : undefined;
  } catch {
    return undefined;
  }
}
