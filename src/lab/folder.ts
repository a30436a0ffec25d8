import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StudyId, TrialId } from '../model/identity.ts';

/** Everything that Ratchet writes into a lab lies below this folder, which ignores itself by its own `.gitignore`. */
export const STATE_FOLDER = '.ratchet';

/** Makes a lab's state folder where it is missing; it ignores itself, so that the lab's own `.gitignore` need not change. */
export function makeStateFolder(lab: string): string {
  const root = join(lab, STATE_FOLDER);
  mkdirSync(root, { recursive: true });
  const ignore = join(root, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  return root;
}

/** Where one study keeps its things. All paths are absolute. */
export interface StudyFolder {
  readonly root: string;
  readonly ledger: string;
  /** A database whose exclusive lock the engine at work holds: the system releases it however the engine dies. */
  readonly lock: string;
  /** JSON about the engine at work, rewritten twice a second: what `attach` and `status` show of the slots. */
  readonly live: string;
  /** JSON line that other terminals write to ask the engine for something. */
  readonly request: string;
  /** Short-lived files of the engine at work: emptied when it starts, gone when it has ended. */
  readonly scratch: string;
  /** Output of a detached engine. */
  readonly engineLog: string;
  /** What was found, for people: written anew as each run ends. */
  readonly report: { readonly html: string; readonly markdown: string };
}

export function studyFolder(lab: string, study: StudyId): StudyFolder {
  const root = join(lab, STATE_FOLDER, study);
  return {
    root,
    ledger: join(root, 'ledger.sqlite'),
    lock: join(root, 'lock.sqlite'),
    live: join(root, 'live.json'),
    request: join(root, 'request.json'),
    scratch: join(root, 'scratch'),
    engineLog: join(root, 'engine.log'),
    report: { html: join(root, 'report.html'), markdown: join(root, 'report.md') },
  };
}

/** One slot: a plain folder that a trial runs in, and the index file git keeps for it, outside the trial's reach. */
export interface SlotFolder {
  readonly work: string;
  readonly index: string;
  /** A second folder, for evaluation, where no candidate's file ever lies. */
  readonly evaluation: string;
  readonly evaluationIndex: string;
  /** Temporary files of the trial at hand: TMPDIR, the metrics file and the compile cache lie here. */
  readonly scratch: string;
}

export function slotFolder(study: StudyFolder, slot: number): SlotFolder {
  return scratchSlot(join(study.root, 'slots', String(slot)));
}

/** A slot's folders somewhere else, for one use. */
export function scratchSlot(root: string): SlotFolder {
  return {
    work: join(root, 'work'),
    index: join(root, 'index'),
    evaluation: join(root, 'evaluation'),
    evaluationIndex: join(root, 'evaluation-index'),
    scratch: join(root, 'scratch'),
  };
}

/** What a trial left behind for people to read: bounded files. */
export interface TrialFolder {
  readonly root: string;
  readonly output: string;
  readonly curve: string;
}

export function trialFolder(study: StudyFolder, trial: TrialId): TrialFolder {
  const root = join(study.root, 'trials', String(trial));
  return { root, output: join(root, 'output.log'), curve: join(root, 'curve.jsonl') };
}
