import { lockStudy } from '../engine/lock.ts';
import type { StudyFolder } from '../lab/folder.ts';
import { type Ledger, openLedger } from '../record/ledger.ts';
import { EXIT } from './exit.ts';
import { ledgerProblem } from './ledger-problem.ts';
import { Problem } from './problem.ts';

/**
 * Opens a study's ledger for `work` alone, as an engine would. The next engine brings the copy in git up to date.
 * @throws Problem while an engine is at work on the study, or where its ledger cannot be continued.
 */
export async function withStudyForWriting<Result>(
  folder: StudyFolder,
  work: (ledger: Ledger) => Promise<Result>,
): Promise<Result> {
  const locking = lockStudy(folder);
  if (locking.kind === 'busy') {
    const who = locking.pid === undefined ? 'an engine' : `an engine (pid ${locking.pid})`;
    throw new Problem(`${who} is at work on the study: "ratchet stop" ends it, then try again`, EXIT.nothing);
  }
  using _ = locking.lock;
  const opening = openLedger(folder.ledger, { author: `command-${process.pid}`, now: Date.now });
  if (opening.kind !== 'open') throw ledgerProblem(opening, `${folder.ledger} holds no entry`);
  await using ledger = opening.ledger;
  return await work(ledger);
}
