import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { removeGroup } from './group-folder.ts';
import { handOn, handsOn } from './hand-on.ts';

/** Where on this machine groups of processes can be made that the system bounds (Linux control groups). */
export type ControlGroups =
  | { readonly version: 2; readonly folder: string }
  | {
      readonly version: 1;
      readonly memory: string;
      readonly pids: string;
      /** Absent where the system does not count CPU time by group. */
      readonly cpuacct?: string;
    };

export type ControlGroupsFound =
  | { readonly kind: 'found'; readonly groups: ControlGroups }
  | { readonly kind: 'none'; readonly reason: string };

interface Mount {
  readonly place: string;
  /** Which folder of the hierarchy is mounted there. */
  readonly root: string;
  readonly version: 1 | 2;
  readonly controllers: readonly string[];
}

/** Finds them by making one and moving a process into it: whether that is allowed hangs on more than versions. */
export function findControlGroups(): ControlGroupsFound {
  const mounts = groupMounts();
  if (mounts.length === 0) return { kind: 'none', reason: 'no control groups are mounted' };
  const own = ownGroups();
  const unified = mounts.find(({ version }) => version === 2);
  if (unified !== undefined) {
    const nearest = ancestors(unified, own.get('') ?? '/');
    const holdsLimits = (folder: string) => holds(folder, ['memory.max', 'pids.max']);
    const folder =
      nearest.find((candidate) => handsOn(candidate) && holdsLimits(candidate)) ??
      nearest.slice(0, 1).find((own) => handOn(own) && holdsLimits(own));
    if (folder !== undefined) return { kind: 'found', groups: { version: 2, folder } };
  }
  const [memory, pids, cpuacct] = ['memory', 'pids', 'cpuacct'].map((controller) => {
    const mount = mounts.find(({ controllers }) => controllers.includes(controller));
    return mount && ancestors(mount, own.get(controller) ?? '/').find((folder) => holds(folder, []));
  });
  if (memory !== undefined && pids !== undefined) {
    const groups = { version: 1 as const, memory, pids, ...(cpuacct === undefined ? {} : { cpuacct }) };
    return { kind: 'found', groups };
  }
  const reason =
    unified === undefined
      ? 'no group can be made for memory and processes'
      : `no group can be made below one that hands on memory and pids; ${mend()}`;
  return { kind: 'none', reason };
}

function mend(): string {
  return process.getuid?.() === 0
    ? 'in a container that takes a writable /sys/fs/cgroup, as --privileged gives'
    : '`systemd-run --user --scope -p Delegate=yes ratchet` starts it where that can be';
}

function groupMounts(): Mount[] {
  let table: string;
  try {
    table = readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return [];
  }
  return table.split('\n').flatMap((line): Mount[] => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root = '/', place = ''] = before.split(' ');
    const [type, , options = ''] = after.split(' ');
    if (type === 'cgroup2') return [{ place, root, version: 2, controllers: [] }];
    return type === 'cgroup' ? [{ place, root, version: 1, controllers: options.split(',') }] : [];
  });
}

/** This process's own group, by controller; '' is the unified hierarchy. */
function ownGroups(): Map<string, string> {
  const groups = new Map<string, string>();
  for (const line of readFileSync('/proc/self/cgroup', 'utf8').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    for (const controller of controllers?.split(',') ?? []) groups.set(controller, path!);
  }
  return groups;
}

/** The own group's folder and those above it, nearest first. */
function ancestors({ place, root }: Mount, path: string): string[] {
  const below = relative(root, path);
  let folder = below.startsWith('..') ? place : join(place, below);
  const found = [folder];
  while (folder !== place && folder.startsWith(place)) {
    folder = dirname(folder);
    found.push(folder);
  }
  return found;
}

/** Whether a group can be made here, has these files, and takes a process in. */
function holds(folder: string, files: readonly string[]): boolean {
  const own = join(folder, `ratchet-try-${process.pid}`);
  try {
    mkdirSync(own);
  } catch {
    return false;
  }
  try {
    for (const file of files) writeFileSync(join(own, file), 'max');
    execFileSync('/bin/sh', ['-c', 'echo $$ > "$1"', 'sh', join(own, 'cgroup.procs')], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    removeGroup(own);
  }
}
