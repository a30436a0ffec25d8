import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { STATE_FOLDER, type StudyFolder, studyFolder } from '../lab/folder.ts';
import type { StudyId } from '../model/identity.ts';
import { type Locking, lockStudy, type StudyLock } from './lock.ts';
import { refsOf } from './publish.ts';
import { dropWish } from './request.ts';
import { isStudyId } from './studies.ts';

/**
 * Takes a study's folder, and makes it where it is missing. Its scratch folder is empty then, and gone at the release; what
 * was asked of an earlier engine is forgotten.
 */
export function claimFolder(folder: StudyFolder): Locking {
  mkdirSync(folder.root, { recursive: true });
  const locking = lockStudy(folder);
  if (locking.kind === 'busy') return locking;
  dropWish(folder);
  return { kind: 'held', lock: withScratch(locking.lock, folder) };
}

function withScratch(lock: StudyLock, { scratch }: StudyFolder): StudyLock {
  const empty = () => rmSync(scratch, { recursive: true, force: true });
  const release = () => {
    try {
      empty();
    } finally {
      lock.release();
    }
  };
  try {
    empty();
    // Not recursive: a folder that another engine is clearing away at this moment is not made again.
    mkdirSync(scratch);
  } catch (cause) {
    lock.release();
    throw cause;
  }
  return { release, [Symbol.dispose]: release };
}

/** Ids are drawn by lot, so one that is taken, or was just cleared away for abandoned, is no reason to give up at once. */
const MOST_DRAWS = 5;

/** Takes a folder for a new study under the first id, of those that `draw` gives, that is free. */
export function claimNewFolder(
  lab: string,
  draw: () => StudyId,
): { readonly study: StudyId; readonly folder: StudyFolder; readonly lock: StudyLock } {
  let problem: unknown;
  for (let turn = 0; turn < MOST_DRAWS; turn += 1) {
    const study = draw();
    const folder = studyFolder(lab, study);
    if (existsSync(folder.root)) continue;
    try {
      const locking = claimFolder(folder);
      if (locking.kind === 'held') return { study, folder, lock: locking.lock };
    } catch (cause) {
      // Where the folder is still there, it is the disk that does not take it.
      if (existsSync(folder.root)) throw cause;
      problem = cause;
    }
  }
  throw new Error(`no folder for a new study could be made in ${join(lab, STATE_FOLDER)}: try again`, {
    cause: problem,
  });
}

/**
 * Clears away what starts that were killed left behind: folders without a ledger that nobody holds, and their baseline's
 * ref. A folder whose ledger is only missing, with its copy in git, stays.
 */
export async function clearAbandonedStarts(lab: string, repository: Repository): Promise<void> {
  for (const study of readdirSync(join(lab, STATE_FOLDER)).filter(isStudyId)) {
    const folder = studyFolder(lab, study);
    if (existsSync(folder.ledger)) continue;
    const locking = lockStudy(folder);
    if (locking.kind === 'busy') continue;
    using _ = locking.lock;
    const refs = await repository.listRefs(refsOf(study).folder);
    const hasCopy = refs.some(({ ref }) => ref === refsOf(study).ledger);
    if (hasCopy || existsSync(folder.ledger)) continue;
    await repository.updateRefs(refs.map(({ ref }) => ({ ref, delete: true })));
    rmSync(folder.root, { recursive: true, force: true });
  }
}
