import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { type StudyFolder, trialFolder } from '../lab/folder.ts';
import type { TrialId } from '../model/identity.ts';
import type { LastFailure } from '../model/researcher.ts';
import type { StudyState } from '../model/study.ts';
import type { Stage } from '../model/trial.ts';
import { printable } from '../process/printable.ts';
import { lastFailureIn } from '../propose/brief.ts';

/** Of the output of a trial that failed, in bytes: the end says how. */
const MOST_OUTPUT = 4_000;

/**
 * The experiment that failed last, and the end of what its trial printed in the stage that failed; nothing of an evaluation, which may
 * print what it saw of data that no researcher sees.
 */
export function lastFailure(state: StudyState, folder: StudyFolder): LastFailure | undefined {
  const last = lastFailureIn(state);
  if (last === undefined) return undefined;
  const outcome = state.ended.get(last.trial)?.outcome;
  const stage = outcome !== undefined && 'stage' in outcome ? outcome.stage : 'run';
  const text = stage === 'evaluate' ? '' : endOfOutput(folder, last.trial, stage);
  return { experiment: last.experiment, text };
}

function endOfOutput(folder: StudyFolder, trial: TrialId, stage: Stage): string {
  const { root, output } = trialFolder(folder, trial);
  let file: number;
  try {
    file = openSync(stage === 'run' ? output : join(root, `${stage}.log`), 'r');
  } catch {
    // Somebody tidied up: the verdict's reason is in the ledger all the same.
    return '';
  }
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, MOST_OUTPUT));
    readSync(file, bytes, 0, bytes.length, Math.max(0, size - MOST_OUTPUT));
    return printable(bytes.toString('utf8'));
  } finally {
    closeSync(file);
  }
}
