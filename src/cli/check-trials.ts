import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { STATE_FOLDER, type StudyFolder, studyFolder, trialFolder } from '../lab/folder.ts';
import { openTrialReading } from '../measure/trial-reading.ts';
import type { Commit, StudyId, TrialId } from '../model/identity.ts';
import { programAt } from '../model/program.ts';
import type { Outcome, Purpose, Usage } from '../model/trial.ts';
import { enforcementHere } from '../process/enforcement.ts';
import { killStrays } from '../process/terminate.ts';
import { placesOfProgram } from '../run/doors.ts';
import { createLocalExecutor } from '../run/local.ts';
import type { OpenLab } from './open-lab.ts';

/** The folder of a check beside those of the studies, by its process: removed when it is over. */
export const checkFolder = (lab: string, pid: number) => studyFolder(lab, `check-${pid}` as StudyId);
const jobKey = (pid: number, trial: number) => `check/${pid}/${trial}`;

/** One trial of the baseline that belongs to no study. */
export interface CheckTrial {
  readonly outcome: Outcome;
  readonly usage: Usage;
  /** The last that its last stage printed. */
  readonly tail: string;
}

export interface CheckRequest {
  /** Its number within the check, from 1. */
  readonly trial: number;
  readonly seed: number;
  readonly slot: number;
  readonly purpose: Purpose;
  /** Share of the whole budget. @default 1 */
  readonly fidelity?: number;
}

/** Runs trials of the baseline, one a slot at a time; disposing removes the slots. */
export interface CheckTrials extends AsyncDisposable {
  run(request: CheckRequest): Promise<CheckTrial>;
}

export function openCheckTrials(
  { lab, program, repository }: OpenLab,
  folder: StudyFolder,
  { commit, slots, signal }: { commit: Commit; slots: number; signal: AbortSignal },
): CheckTrials {
  const executor = createLocalExecutor({
    repository,
    places: placesOfProgram(program, lab.folder, repository.prefix),
    enforcement: enforcementHere(),
    folder,
    program,
    lab: repository.prefix,
    baseline: commit,
    slots,
  });
  return {
    async run({ trial, seed, slot, purpose, fidelity = 1 }) {
      const id = trial as TrialId;
      using reading = openTrialReading(programAt(program, fidelity), trialFolder(folder, id).curve);
      const reference = { executor: executor.name, key: jobKey(process.pid, trial) };
      const ran = await executor.submit(
        { trial: id, commit, purpose, seed, slot, fidelity, reference },
        {
          signal,
          stage: () => undefined,
          line: (stage, source, text) => void reading.line(stage, source, text),
          usage: () => undefined,
          worthChecking: () => purpose === 'champion',
        },
      );
      return { outcome: reading.outcome(ran), usage: ran.usage, tail: ran.tail };
    },
    [Symbol.asyncDispose]: () => executor.close(),
  };
}

/** What a check that was killed left behind: its trials, and its folder. */
export async function sweepDeadChecks(lab: string): Promise<void> {
  for (const name of readdirSync(join(lab, STATE_FOLDER))) {
    const pid = Number(/^check-(\d+)$/.exec(name)?.[1]);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const folder = checkFolder(lab, pid);
    for (const trial of trialsIn(folder)) {
      await killStrays({ trial: jobKey(pid, trial), folder: realpathSync(folder.root) });
    }
    await rm(folder.root, { recursive: true, force: true });
  }
}

function trialsIn(folder: StudyFolder): number[] {
  const trials = join(folder.root, 'trials');
  return existsSync(trials) ? readdirSync(trials).map(Number) : [];
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    // Somebody else's process is alive too.
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM';
  }
}
