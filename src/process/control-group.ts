import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExceededLimit, ResourceLimits } from '../model/limit.ts';
import type { ControlGroups } from './control-groups.ts';
import { makeGroup, removeGroup } from './group-folder.ts';

/** What a group of processes may hold together: bytes, and processes with their threads. */
type GroupLimits = Pick<ResourceLimits, 'memory' | 'processes'>;

/** A group of processes that the system counts and bounds as one, whatever they do to get away. */
export interface ControlGroup extends Disposable {
  /** A process enters by writing its number into each of these files; what it starts is in the group from its first instant. */
  readonly entrances: readonly string[];
  /** CPU time of all that was ever in the group, in seconds; undefined where the system does not count it. */
  cpuSeconds(): number | undefined;
  /** The limit that the group has run into, if any. */
  exceeded(): ExceededLimit | undefined;
}

/** Groups of this engine begin so. */
const GROUP_PREFIX = 'ratchet-';

/** The name of the group of a run. */
export function groupName(trial: string): string {
  return `${GROUP_PREFIX}${trial.replace(/[^\w-]+/g, '-')}`;
}

/** @throws where the machine does not let a group be made that it let be made before. */
export function createControlGroup(groups: ControlGroups, name: string, limits: GroupLimits): ControlGroup {
  return groups.version === 2 ? unified(groups, name, limits) : split(groups, name, limits);
}

function unified(
  { folder }: ControlGroups & { version: 2 },
  name: string,
  limits: GroupLimits,
): ControlGroup {
  const own = makeGroup(folder, name);
  write(join(own, 'memory.max'), limits.memory);
  writeWhereThere(join(own, 'memory.swap.max'), 0);
  write(join(own, 'pids.max'), limits.processes);
  return {
    entrances: [join(own, 'cgroup.procs')],
    cpuSeconds: () => {
      const microseconds = counterIn(join(own, 'cpu.stat'), 'usage_usec');
      return microseconds === undefined ? undefined : microseconds / 1e6;
    },
    exceeded: () => {
      const events = join(own, 'memory.events');
      // A kill without this group having been at its limit is for want of memory elsewhere: of the machine, or of a group above.
      if (isCounted(events, 'oom_kill') && isCounted(events, 'oom'))
        return overMemory(numberIn(join(own, 'memory.peak')), limits);
      return overProcesses(own, limits);
    },
    [Symbol.dispose]: () => {
      writeWhereThere(join(own, 'cgroup.kill'), 1);
      removeGroup(own);
    },
  };
}

function split(groups: ControlGroups & { version: 1 }, name: string, limits: GroupLimits): ControlGroup {
  const memory = makeGroup(groups.memory, name);
  const pids = makeGroup(groups.pids, name);
  const cpu = groups.cpuacct === undefined ? undefined : makeGroup(groups.cpuacct, name);
  write(join(memory, 'memory.limit_in_bytes'), limits.memory);
  writeWhereThere(join(memory, 'memory.memsw.limit_in_bytes'), limits.memory);
  write(join(pids, 'pids.max'), limits.processes);
  const all = [memory, pids, ...(cpu === undefined ? [] : [cpu])];
  return {
    entrances: all.map((folder) => join(folder, 'cgroup.procs')),
    cpuSeconds: () => {
      const nanoseconds = cpu === undefined ? undefined : numberIn(join(cpu, 'cpuacct.usage'));
      return nanoseconds === undefined ? undefined : nanoseconds / 1e9;
    },
    exceeded: () => {
      if (isCounted(join(memory, 'memory.oom_control'), 'oom_kill'))
        return overMemory(numberIn(join(memory, 'memory.max_usage_in_bytes')), limits);
      return overProcesses(pids, limits);
    },
    [Symbol.dispose]: () => all.forEach(removeGroup),
  };
}

function overMemory(peak: number | undefined, { memory }: GroupLimits): ExceededLimit {
  return { type: 'memory', value: Math.max(peak ?? 0, memory), limit: memory };
}

/** The system refuses the one that would be too many, so that one more was asked for than there may be. */
function overProcesses(folder: string, { processes }: GroupLimits): ExceededLimit | undefined {
  if (!isCounted(join(folder, 'pids.events'), 'max')) return undefined;
  return { type: 'processes', value: processes + 1, limit: processes };
}

/** Removes the groups whose names begin so, where nothing is in them: an engine that was killed left them. */
export function removeGroups(groups: ControlGroups, prefix: string): void {
  const folders = groups.version === 2 ? [groups.folder] : [groups.memory, groups.pids, groups.cpuacct];
  for (const folder of folders) {
    if (folder === undefined) continue;
    for (const name of readdirSync(folder)) if (name.startsWith(prefix)) removeGroup(join(folder, name));
  }
}

function write(file: string, value: number): void {
  writeFileSync(file, String(value));
}

function writeWhereThere(file: string, value: number): void {
  if (existsSync(file)) write(file, value);
}

function numberIn(file: string): number | undefined {
  const value = Number(textIn(file) ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

function isCounted(file: string, name: string): boolean {
  return (counterIn(file, name) ?? 0) > 0;
}

function counterIn(file: string, name: string): number | undefined {
  const line = textIn(file)
    ?.split('\n')
    .find((text) => text.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
