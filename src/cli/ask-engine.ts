import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { readLive } from '../engine/live.ts';
import { engineAtWork } from '../engine/lock.ts';
import { leaveWish, type Wish } from '../engine/request.ts';
import type { StudyFolder } from '../lab/folder.ts';
import { EXIT } from './exit.ts';
import { Problem } from './problem.ts';
import {
  choiceOf,
  openStudyToRead,
  type ReadStudy,
  type StudyChoice,
  withLabAndStudy,
} from './read-study.ts';

/** Milliseconds between two looks at whether the engine has heard. */
const INTERVAL = 100;
/** An engine looks for wishes twice a second; one that has not heard by then is stuck. Milliseconds. */
const HEARING_DEADLINE = 15_000;

export function registerPause(program: Command): void {
  withLabAndStudy(program.command('pause'))
    .description('start no further trial until "ratchet run"; those in flight are finished')
    .action(async (lab: string | undefined, options: StudyChoice) => {
      using study = await atWork(lab, options);
      leaveWish(study.folder, 'pause');
      await waitUntil(study.folder, () => readLive(study.folder)?.course !== 'running');
      requirePaused(study);
      process.stdout.write('paused; "ratchet run" goes on\n');
    });
}

/** What was asked came too late where the engine had other orders, or was done. */
function requirePaused({ folder, id }: ReadStudy): void {
  if (engineAtWork(folder) === undefined) {
    throw new Problem(
      `the engine on study ${id} ended before it paused: "ratchet run" resumes it`,
      EXIT.nothing,
    );
  }
  if (readLive(folder)?.course === 'paused') return;
  throw new Problem(`the engine on study ${id} is stopping, so it does not pause`, EXIT.nothing);
}

export function registerStop(program: Command): void {
  withLabAndStudy(program.command('stop'))
    .description(
      'end the engine once the trials in flight are finished; the study resumes with "ratchet run"',
    )
    .option('--now', 'end the trials in flight too')
    .action(async (lab: string | undefined, options: StudyChoice & { now?: true }) => {
      using study = await atWork(lab, options);
      const wish: Wish = options.now ? 'stop-now' : 'stop';
      leaveWish(study.folder, wish);
      await waitUntil(study.folder, () => readLive(study.folder)?.course.startsWith('stopping') ?? true);
      process.stdout.write(`stopping${waitText(study.folder, wish)}\n`);
      while (engineAtWork(study.folder) !== undefined) await sleep(INTERVAL);
      process.stdout.write('stopped\n');
    });
}

async function atWork(lab: string | undefined, options: StudyChoice): Promise<ReadStudy> {
  const open = await openStudyToRead(choiceOf(lab, options));
  if (engineAtWork(open.folder) !== undefined) return open;
  open[Symbol.dispose]();
  throw new Problem(`no engine is at work on study ${open.id}`, EXIT.nothing);
}

/** What a stop waits for, which can be as long as a trial. */
function waitText(folder: StudyFolder, wish: Wish): string {
  const inFlight = readLive(folder)?.busy.length ?? 0;
  if (inFlight === 0 || wish === 'stop-now') return '';
  const [trials, are, them] =
    inFlight === 1 ? ['1 trial', 'is', 'it'] : [`${inFlight} trials`, 'are', 'them'];
  return `: ${trials} in flight ${are} finished first; "ratchet stop --now" ends ${them}`;
}

/** @throws Problem where the engine has not heard within the deadline */
export async function waitUntil(folder: StudyFolder, heard: () => boolean): Promise<void> {
  const deadline = performance.now() + HEARING_DEADLINE;
  while (!heard() && engineAtWork(folder) !== undefined) {
    if (performance.now() > deadline) {
      const pid = readLive(folder)?.pid;
      throw new Problem(`the engine${pid === undefined ? '' : ` (pid ${pid})`} does not answer`, EXIT.fault);
    }
    await sleep(INTERVAL);
  }
}
