import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { trialFolder } from '../lab/folder.ts';
import type { ExperimentId, TrialId } from '../model/identity.ts';
import type { LastFailure } from '../model/researcher.ts';
import { printable } from '../process/printable.ts';
import type { Engine } from './engine.ts';

/** Of the output of a trial that failed, in bytes: the end says how. */
const MOST_OUTPUT = 4_000;

/** The newest experiment that crashed, ran out of time or was invalid in a trial, and the end of what that printed. */
export function lastFailure({ ledger, folder }: Pick<Engine, 'ledger' | 'folder'>): LastFailure | undefined {
  const { experiments, nextExperiment } = ledger.state;
  for (let id = nextExperiment - 1; id >= 1; id--) {
    const experiment = experiments.get(id as ExperimentId);
    if (experiment?.status !== 'judged') continue;
    const { verdict } = experiment;
    if (verdict.kind !== 'crash' && verdict.kind !== 'timeout' && verdict.kind !== 'invalid') continue;
    if (!('trial' in verdict.evidence)) continue;
    const { trial } = verdict.evidence;
    const stage = 'stage' in verdict.evidence ? verdict.evidence.stage : 'run';
    return { experiment: experiment.proposal.experiment, text: endOfOutput(folder, trial, stage) };
  }
  return undefined;
}

function endOfOutput(folder: Engine['folder'], trial: TrialId, stage: string): string {
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
