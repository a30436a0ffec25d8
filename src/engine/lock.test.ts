import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type StudyFolder, studyFolder } from '../lab/folder.ts';
import type { StudyId } from '../model/identity.ts';
import { claimFolder } from './claim.ts';
import { engineAtWork, lockStudy } from './lock.ts';
import { leaveWish, takeWish } from './request.ts';

let lab: string;
let folder: StudyFolder;

beforeEach(() => {
  lab = mkdtempSync(join(tmpdir(), 'ratchet-lock-'));
  folder = studyFolder(lab, '20260101-000000-0001' as StudyId);
  mkdirSync(folder.root, { recursive: true });
});
afterEach(() => rmSync(lab, { recursive: true }));

test('an engine is at work from the moment that it takes the lock until it gives it back', () => {
  expect(engineAtWork(folder)).toBeUndefined();
  const locking = lockStudy(folder);
  if (locking.kind !== 'held') throw new Error('nobody else holds the lock');
  expect(engineAtWork(folder)).toEqual({ pid: undefined });
  expect(lockStudy(folder)).toEqual({ kind: 'busy', pid: undefined });
  locking.lock.release();
  expect(engineAtWork(folder)).toBeUndefined();
});

test('two who ask at the same moment do not take each other for an engine', () => {
  const locking = lockStudy(folder);
  if (locking.kind === 'held') locking.lock.release();
  using other = new DatabaseSync(folder.lock, { readOnly: true });
  other.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
  expect(engineAtWork(folder)).toBeUndefined();
});

test('whether an engine is at work can be seen by one who may only read', () => {
  const locking = lockStudy(folder);
  if (locking.kind !== 'held') throw new Error('nobody else holds the lock');
  for (const path of [lab, join(lab, '.ratchet'), folder.root]) chmodSync(path, 0o555);
  chmodSync(folder.lock, 0o444);
  try {
    using _ = asNobody();
    expect(engineAtWork(folder)).toEqual({ pid: undefined });
    locking.lock.release();
    expect(engineAtWork(folder)).toBeUndefined();
  } finally {
    for (const path of [lab, join(lab, '.ratchet'), folder.root]) chmodSync(path, 0o755);
  }
});

/** Permissions mean nothing to root, which is somebody else meanwhile. */
function asNobody(): Disposable {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  return { [Symbol.dispose]: () => isRoot && process.seteuid?.(0) };
}

test('what was asked of an engine that is gone does not stop the next one', () => {
  leaveWish(folder, 'stop');
  const claimed = claimFolder(folder);
  if (claimed.kind !== 'held') throw new Error('nobody else holds the folder');
  using _ = claimed.lock;
  expect(takeWish(folder)).toBeUndefined();
  leaveWish(folder, 'pause');
  expect(takeWish(folder)).toBe('pause');
});
