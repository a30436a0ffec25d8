import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLive } from '../engine/live.ts';
import { studiesOnDisk } from '../engine/studies.ts';
import { makeStateFolder, studyFolder } from '../lab/folder.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { requireLab } from './find-lab.ts';
import { Problem } from './problem.ts';

/** How long a detached engine may take to say that it works, in milliseconds. */
const START_DEADLINE = 30_000;

/** Starts this same command line again in a session of its own, where no terminal ends it, and says how to reach it. */
export async function detach(named: string | undefined): Promise<void> {
  const lab = await requireLab(process.cwd(), named);
  const state = makeStateFolder(lab.folder);
  const log = join(state, 'detached.log');
  const output = openSync(log, 'w');
  const args = process.argv.slice(1).filter((argument) => argument !== '--detach');
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  let exited: number | null | undefined;
  child.on('exit', (code) => {
    exited = code;
  });
  const deadline = performance.now() + START_DEADLINE;
  while (exited === undefined && performance.now() < deadline) {
    const study = studiesOnDisk(lab.folder).findLast(
      (id) => readLive(studyFolder(lab.folder, id))?.pid === child.pid,
    );
    if (study !== undefined) {
      child.unref();
      const at = lab.name === '.' ? '' : ` ${lab.name}`;
      process.stdout.write(
        `study ${study} goes on in the background, pid ${child.pid}\n` +
          `  ratchet attach${at}   shows it\n  ratchet stop${at}     ends it\n  its output: ${log}\n`,
      );
      return;
    }
    await sleep(50);
  }
  const said = readFileSync(log, 'utf8').trim();
  if (exited === EXIT.fine) process.stdout.write(`${said}\n`);
  else throw new Problem(withoutName(said) || `the engine did not start; see ${log}`, exitCodeOf(exited));
}

/** This process puts the name of the program before the message itself. */
function withoutName(said: string): string {
  return said.replaceAll(/^ratchet: /gm, '');
}

/** The mistake of a detached engine is the user's own. */
function exitCodeOf(exited: number | null | undefined): ExitCode {
  return Object.values(EXIT).find((code) => code === exited) ?? EXIT.fault;
}
