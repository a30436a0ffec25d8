import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { makeStateFolder, STATE_FOLDER } from '../lab/folder.ts';

/** Agents that are attached to a lab: a file for each, which its server touches for as long as it lives. */
const FOLDER = 'guests';
/** Milliseconds between two touches. */
const INTERVAL = 2_000;
/** A file that was not touched for so long is of a server that was killed. Milliseconds. */
const STALE = 20_000;

/** Says that an agent is attached, until it is disposed of. An engine without an idea of its own then waits for the agent's. */
export function attachGuest(lab: string): Disposable {
  const folder = join(makeStateFolder(lab), FOLDER);
  mkdirSync(folder, { recursive: true });
  for (const { file, age } of guestsIn(lab)) if (age > STALE) rmSync(file, { force: true });
  const own = join(folder, `${process.pid}-${Date.now()}`);
  const touch = () => {
    try {
      const now = new Date();
      utimesSync(own, now, now);
    } catch {
      // The state folder was deleted: the next engine makes another, and whoever is attached comes back by its next touch.
      mkdirSync(folder, { recursive: true });
      writeFileSync(own, '');
    }
  };
  writeFileSync(own, '');
  const timer = setInterval(() => {
    try {
      touch();
    } catch {
      // A full disk, or no right to write: then the engine may end for want of ideas, and says so.
    }
  }, INTERVAL);
  timer.unref();
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      rmSync(own, { force: true });
    },
  };
}

export function guestsAttached(lab: string): boolean {
  return guestsIn(lab).some(({ age }) => age <= STALE);
}

function guestsIn(lab: string): { file: string; age: number }[] {
  const folder = join(lab, STATE_FOLDER, FOLDER);
  try {
    return readdirSync(folder).flatMap((name) => {
      const file = join(folder, name);
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat === undefined ? [] : { file, age: Math.abs(Date.now() - stat.mtimeMs) };
    });
  } catch {
    return [];
  }
}
