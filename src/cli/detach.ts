import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLive } from '../engine/live.ts';
import { studiesOnDisk } from '../engine/studies.ts';
import { makeStateFolder, studyFolder } from '../lab/folder.ts';
import type { StudyId } from '../model/identity.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { requireLab } from './find-lab.ts';
import { Problem } from './problem.ts';

/** How long a detached engine may take to say that it works, in milliseconds. */
const START_DEADLINE = 30_000;
/** How long is waited for the address of its page, in milliseconds. */
const PAGE_DEADLINE = 5_000;
/** How long one that is too late may take to end, before it is killed. Milliseconds. */
const END_DEADLINE = 5_000;
/** Milliseconds between two looks. */
const INTERVAL = 50;

/** Starts this same command line again in a session of its own, where no terminal ends it, and says how to reach it. */
export async function detach(named: string | undefined): Promise<void> {
  const lab = await requireLab(process.cwd(), named);
  const args = process.argv.slice(2).map((argument) => (argument === '--detach' ? '--detached' : argument));
  const started = await startDetached(lab.folder, args);
  if (started.kind === 'ended') {
    process.stdout.write(`${started.said}\n`);
    return;
  }
  const at = lab.name === '.' ? '' : ` ${lab.name}`;
  const page = args.includes('--no-page') ? undefined : await pageIn(started.engineLog);
  process.stdout.write(
    `study ${started.study} goes on in the background, pid ${started.pid}\n` +
      (page === undefined ? '' : `  its page: ${page}\n`) +
      `  ratchet attach${at}   shows it\n  ratchet stop${at}     ends it\n  its output: ${started.engineLog}\n`,
  );
}

/** The address that the engine tells in its log; undefined where it tells none in time, and "ratchet serve" shows the study all the same. */
async function pageIn(engineLog: string): Promise<string | undefined> {
  const latest = performance.now() + PAGE_DEADLINE;
  for (;;) {
    const log = readFileSync(engineLog, 'utf8');
    const page = /^page: (http:\S+)$/m.exec(log)?.[1];
    if (page !== undefined || /^note: there is no page/m.test(log) || performance.now() > latest) return page;
    await sleep(INTERVAL);
  }
}

/** An engine in the background: at work, or one that had nothing to do and said so. */
export type Detached =
  | { readonly kind: 'working'; readonly study: StudyId; readonly pid: number; readonly engineLog: string }
  | { readonly kind: 'ended'; readonly said: string };

/**
 * Starts `ratchet` with these arguments, `run` and `--detached` among them, in a session of its own.
 *
 * @param lab the absolute folder of the lab that they name
 * @throws Problem where it does not come to work, with what it said
 */
export async function startDetached(lab: string, args: readonly string[]): Promise<Detached> {
  // The log lies with the study as soon as it is known which one: that of an engine at work is not touched before.
  const draft = join(makeStateFolder(lab), `detached-${process.pid}.log`);
  // It holds the page's link with the token, which is its owner's alone.
  const output = openSync(draft, 'w', 0o600);
  const command = [...process.argv.slice(1, 2), ...args];
  const child = spawn(process.execPath, command, { detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  const start = await startOf(child, lab, START_DEADLINE);
  if (start.kind === 'working') {
    child.unref();
    const { engineLog } = studyFolder(lab, start.study);
    renameSync(draft, engineLog);
    return { kind: 'working', study: start.study, pid: child.pid!, engineLog };
  }
  const said = readFileSync(draft, 'utf8').trim();
  rmSync(draft);
  if (start.kind === 'ended' && start.code === EXIT.fine) return { kind: 'ended', said };
  throw problemOf(start, said);
}

/** What came of an engine that was to work in the background. */
type Start =
  | { readonly kind: 'working'; readonly study: StudyId }
  | { readonly kind: 'ended'; readonly code: number | null }
  | { readonly kind: 'not-started'; readonly cause: Error }
  /** It took longer than the deadline, in milliseconds, and was ended. */
  | { readonly kind: 'late'; readonly deadline: number };

/** Waits until the engine says that it works on a study of the lab; one that does not is ended, and leaves nothing running. */
export async function startOf(child: ChildProcess, lab: string, deadline: number): Promise<Start> {
  let end: Start | undefined;
  child.once('exit', (code) => {
    end ??= { kind: 'ended', code };
  });
  child.once('error', (cause) => {
    end ??= { kind: 'not-started', cause };
  });
  const latest = performance.now() + deadline;
  for (;;) {
    const study = studiesOnDisk(lab).findLast((id) => readLive(studyFolder(lab, id))?.pid === child.pid);
    if (end === undefined && study !== undefined) return { kind: 'working', study };
    await sleep(INTERVAL);
    if (end !== undefined) return end;
    if (performance.now() > latest) break;
  }
  child.kill('SIGTERM');
  const killTime = performance.now() + END_DEADLINE;
  while (end === undefined) {
    await sleep(INTERVAL);
    if (performance.now() > killTime) child.kill('SIGKILL');
  }
  return { kind: 'late', deadline };
}

function problemOf(start: Exclude<Start, { kind: 'working' }>, said: string): Error {
  const text = withoutName(said);
  switch (start.kind) {
    case 'ended':
      return new Problem(text || 'the engine ended and said nothing', exitCodeOf(start.code));
    case 'not-started':
      return new Error('the engine could not be started', { cause: start.cause });
    case 'late': {
      const why = `the engine did not work within ${start.deadline / 1000} s, and was ended`;
      return new Problem(
        [`${why}: try without --detach`, ...(text === '' ? [] : [text])].join('\n'),
        EXIT.fault,
      );
    }
    default:
      return start satisfies never;
  }
}

/** This process puts the name of the program before the message itself. */
function withoutName(said: string): string {
  return said.replaceAll(/^ratchet: /gm, '');
}

/** The mistake of a detached engine is the user's own. */
function exitCodeOf(exited: number | null): ExitCode {
  return Object.values(EXIT).find((code) => code === exited) ?? EXIT.fault;
}
