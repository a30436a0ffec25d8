import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import type { ProcessMemory, ProcessRow, ProcessTable } from './table.ts';

/** USER_HZ: 100 on every Linux that Node runs on, whatever the kernel's own tick. */
const TICKS_PER_SECOND = 100;
/** The largest environment that is searched, in bytes; Linux allows about 2 MiB in all. */
const MAX_ENVIRONMENT = 4 * 1024 * 1024;

// One buffer for all reads: they are synchronous, and a poll of a tree must cost microseconds.
const scratch = Buffer.allocUnsafe(64 * 1024);

/** A process that is gone, or another user's. Any other error says nothing about the process, and is thrown. */
const NOT_THERE = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

function isNotThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NOT_THERE.has(String(error.code));
}

/** Text of a file under /proc, or undefined when the process is gone or is another user's. */
function readProc(path: string, maxBytes = scratch.length): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (isNotThere(error)) return undefined;
    throw error;
  }
  try {
    let text = '';
    while (text.length < maxBytes) {
      const bytes = readSync(file, scratch, 0, scratch.length, null);
      if (bytes === 0) break;
      text += scratch.toString('latin1', 0, bytes);
      if (bytes < 4096) break;
    }
    return text;
  } catch (error) {
    if (isNotThere(error)) return undefined;
    throw error;
  } finally {
    closeSync(file);
  }
}

/** One `/proc/PID/stat` line. The name in parentheses may itself hold spaces and parentheses. */
export function parseStat(line: string): ProcessRow | undefined {
  const open = line.indexOf('(');
  const close = line.lastIndexOf(')');
  if (open < 0 || close < 0) return undefined;
  const fields = line.slice(close + 2).split(' ');
  const field = (index: number) => Number(fields[index]);
  const threads = field(17);
  return {
    pid: Number(line.slice(0, open)),
    parent: field(1),
    group: field(2),
    session: field(3),
    // A leader that ended before its other threads is listed as a zombie while they run on.
    alive: (fields[0] !== 'Z' && fields[0] !== 'X') || threads > 1,
    hasTerminal: field(4) !== 0,
    ownCpuSeconds: (field(11) + field(12)) / TICKS_PER_SECOND,
    reapedCpuSeconds: (field(13) + field(14)) / TICKS_PER_SECOND,
    started: field(19),
  };
}

function memory(pid: number): ProcessMemory | undefined {
  const status = readProc(`/proc/${pid}/status`);
  const kibibytes = (name: string) => {
    const at = status?.indexOf(name) ?? -1;
    return at < 0 || status === undefined ? undefined : Number.parseInt(status.slice(at + name.length), 10);
  };
  const resident = kibibytes('VmRSS:');
  const peak = kibibytes('VmHWM:');
  if (resident === undefined || peak === undefined) return undefined;
  return { residentBytes: resident * 1024, peakBytes: peak * 1024 };
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((name) => link(`/proc/${pid}/fd/${name}`) ?? []);
  } catch {
    return [];
  }
}

let bootName: string | undefined;

/** Reads /proc directly: no process is started, and nothing is cached but the name of the boot. */
export const linuxProcessTable: ProcessTable = {
  pids: () => readdirSync('/proc').flatMap((name) => (name.charCodeAt(0) <= 57 ? Number(name) : [])),
  row: (pid) => {
    const stat = readProc(`/proc/${pid}/stat`);
    return stat === undefined ? undefined : parseStat(stat);
  },
  memory,
  environment: (pid) => readProc(`/proc/${pid}/environ`, MAX_ENVIRONMENT),
  workingFolder: (pid) => link(`/proc/${pid}/cwd`),
  openFiles,
  boot: () => {
    bootName ??= readProc('/proc/sys/kernel/random/boot_id')?.trim() ?? 'unknown boot';
    return bootName;
  },
};
