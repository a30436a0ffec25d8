import { spawnSync } from 'node:child_process';
import type { ProcessRow, ProcessTable } from './table.ts';

const COLUMNS = 'pid=,ppid=,pgid=,stat=,tty=,time=,rss=,lstart=';
/** Columns before `lstart`, which itself holds spaces. */
const PLAIN_COLUMNS = 7;
/** What one listing may be, in bytes. */
const MAX_LISTING = 16 * 1024 * 1024;

type Listed = ProcessRow & { readonly residentBytes: number };

/** `[[days-]hours:]minutes:seconds`, as ps prints CPU time. */
function clockSeconds(text: string): number {
  const [days, clock] = text.includes('-') ? text.split('-') : ['0', text];
  const seconds = (clock ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return Number(days) * 86_400 + seconds;
}

/** One line of `ps -o` with this file's columns. */
export function parsePsLine(line: string): Listed | undefined {
  const words = line.trim().split(/\s+/);
  const [pid, parent, group, state, terminal, time, resident] = words;
  const started = Date.parse(words.slice(PLAIN_COLUMNS).join(' '));
  if (resident === undefined || time === undefined || state === undefined || Number.isNaN(started))
    return undefined;
  return {
    pid: Number(pid),
    parent: Number(parent),
    group: Number(group),
    session: Number(group),
    alive: !state.startsWith('Z'),
    hasTerminal: terminal !== '?' && terminal !== '??' && terminal !== '-',
    started,
    ownCpuSeconds: clockSeconds(time),
    // ps does not tell what a process has waited for: short-lived children are counted by the shell's own `times`.
    reapedCpuSeconds: 0,
    residentBytes: Number(resident) * 1024,
  };
}

function ps(...options: string[]): string {
  const { stdout, error } = spawnSync('ps', options, {
    encoding: 'utf8',
    maxBuffer: MAX_LISTING,
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (error)
    throw new Error('ps could not be run; it is what finds the processes of a trial here', { cause: error });
  return stdout;
}

/** For macOS, by `ps`: untested there. One listing answers all questions until `pids` is asked again. */
export function psProcessTable(): ProcessTable {
  let rows = new Map<number, Listed>();
  return {
    pids: () => {
      const listed = ps('-axo', COLUMNS)
        .split('\n')
        .flatMap((line) => parsePsLine(line) ?? []);
      rows = new Map(listed.map((row) => [row.pid, row]));
      return [...rows.keys()];
    },
    row: (pid) => rows.get(pid) ?? parsePsLine(ps('-o', COLUMNS, '-p', String(pid))),
    memory: (pid) => {
      const row = rows.get(pid);
      return row && { residentBytes: row.residentBytes, peakBytes: row.residentBytes };
    },
    environment: (pid) => ps('-Eww', '-o', 'command=', '-p', String(pid)).replaceAll(' ', '\0'),
    workingFolder: () => undefined,
    openFiles: () => [],
    boot: () => 'this boot',
  };
}
