import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { readLive } from '../engine/live.ts';
import { engineAtWork } from '../engine/lock.ts';
import { leaveWish, type Wish } from '../engine/request.ts';
import type { StudyFolder } from '../lab/folder.ts';
import { EXIT } from './exit.ts';
import { Problem } from './problem.ts';
import { openStudyToRead, type ReadStudy } from './read-study.ts';

/** Milliseconds between two looks at whether the engine has heard. */
const INTERVAL = 100;
/** An engine looks for wishes twice a second; one that has not heard by then is stuck. Milliseconds. */
const HEARING_DEADLINE = 15_000;

export function registerPause(program: Command): void {
  command(
    program,
    'pause',
    'start no further trial until "ratchet run"; those in flight are finished',
  ).action(async (lab: string | undefined, options: { study?: string }) => {
    using study = await atWork(lab, options);
    leaveWish(study.folder, 'pause');
    await waitUntil(study.folder, () => readLive(study.folder)?.course !== 'running');
    process.stdout.write('paused; "ratchet run" goes on\n');
  });
}

export function registerStop(program: Command): void {
  command(
    program,
    'stop',
    'end the engine once the trials in flight are finished; the study resumes with "ratchet run"',
  )
    .option('--now', 'end the trials in flight too')
    .action(async (lab: string | undefined, options: { study?: string; now?: true }) => {
      using study = await atWork(lab, options);
      const wish: Wish = options.now ? 'stop-now' : 'stop';
      leaveWish(study.folder, wish);
      await waitUntil(study.folder, () => readLive(study.folder)?.course.startsWith('stopping') ?? true);
      process.stdout.write('stopping\n');
      while (engineAtWork(study.folder) !== undefined) await sleep(INTERVAL);
      process.stdout.write('stopped\n');
    });
}

function command(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .argument('[lab]', 'folder of the lab (default: the one around this folder)')
    .option('--study <id>', "one of the lab's studies (default: the newest)");
}

async function atWork(lab: string | undefined, { study }: { study?: string }): Promise<ReadStudy> {
  const open = await openStudyToRead({
    ...(lab === undefined ? {} : { lab }),
    ...(study === undefined ? {} : { study }),
  });
  if (engineAtWork(open.folder) !== undefined) return open;
  open[Symbol.dispose]();
  throw new Problem(`no engine is at work on study ${open.id}`, EXIT.nothing);
}

async function waitUntil(folder: StudyFolder, heard: () => boolean): Promise<void> {
  const deadline = performance.now() + HEARING_DEADLINE;
  while (!heard() && engineAtWork(folder) !== undefined) {
    if (performance.now() > deadline) {
      const pid = readLive(folder)?.pid;
      throw new Problem(`the engine${pid === undefined ? '' : ` (pid ${pid})`} does not answer`, EXIT.fault);
    }
    await sleep(INTERVAL);
  }
}
