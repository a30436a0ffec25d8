import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeGroup } from './group-folder.ts';

/** What groups below one must be able to bound. */
const CONTROLLERS = ['memory', 'pids'];
/** Where the processes of a group go that is to hand on: below it. */
const INNER_GROUP = 'ratchet-engine';
/** Processes that are moved may start others meanwhile: as often as this it is looked for more. */
const ROUNDS = 5;

/** Whether a group (version 2) lets those below it bound memory and processes. */
export function handsOn(folder: string): boolean {
  return names(join(folder, 'cgroup.subtree_control'));
}

/**
 * Makes the own group of this process hand on, where that is its user's to say: in a unit of systemd with `Delegate=yes`, and as root of
 * a container. The system forbids it to a group with processes in it (the machine's root excepted), so that all of them, this one
 * among them, go into a group below it; what bounds the own group bounds them as before. Where it fails they are moved back.
 */
export function handOn(folder: string): boolean {
  if (!names(join(folder, 'cgroup.controllers'))) return false;
  if (enable(folder)) return true;
  const inner = join(folder, INNER_GROUP);
  try {
    mkdirSync(inner, { recursive: true });
    for (let round = 0; round < ROUNDS && moveAll(folder, inner); round++) if (enable(folder)) return true;
  } catch {
    // Not this user's to say, or one of the processes cannot be moved.
  }
  takeBack(inner, folder);
  return false;
}

function names(file: string): boolean {
  try {
    const named = readFileSync(file, 'utf8').split(/\s+/);
    return CONTROLLERS.every((controller) => named.includes(controller));
  } catch {
    return false;
  }
}

function enable(folder: string): boolean {
  try {
    writeFileSync(join(folder, 'cgroup.subtree_control'), CONTROLLERS.map((name) => `+${name}`).join(' '));
    return true;
  } catch {
    return false;
  }
}

/** Whether there were any. */
function moveAll(from: string, to: string): boolean {
  const pids = readFileSync(join(from, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean);
  for (const pid of pids) move(pid, to);
  return pids.length > 0;
}

/** One that has ended meanwhile need not be moved. */
function move(pid: string, to: string): void {
  try {
    writeFileSync(join(to, 'cgroup.procs'), pid);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ESRCH')) throw cause;
  }
}

function takeBack(from: string, to: string): void {
  try {
    moveAll(from, to);
  } catch {
    // Nothing was moved there.
  }
  removeGroup(from);
}
