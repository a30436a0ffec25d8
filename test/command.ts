import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { processTable } from '../src/process/this-machine.ts';

/** bin/ratchet.js of this checkout. */
export const COMMAND = fileURLToPath(new URL('../bin/ratchet.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandPlace {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `ratchet` in a process of its own, without a terminal, to its end. */
export async function ratchet(args: readonly string[], place: CommandPlace): Promise<Ended> {
  return endOf(startRatchet(args, place));
}

export function startRatchet(args: readonly string[], { cwd, env = {} }: CommandPlace): ChildProcess {
  return spawn(process.execPath, [COMMAND, ...withoutPage(args)], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A page beside every run of a test would take a process each; those about the page ask for it by naming a port. */
function withoutPage(args: readonly string[]): string[] {
  const wantsNone = args[0] === 'run' && !args.includes('--port') && !args.includes('--help');
  return wantsNone ? [...args, '--no-page'] : [...args];
}

/** What a process has printed by its end. */
export async function endOf(child: ChildProcess): Promise<Ended> {
  const printed = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...printed };
}

/** A process that nobody has reaped yet is listed, and runs no more. */
export function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}

/** The processes of trials that run this file somewhere below a folder. A trial itself knows its processes by other numbers. */
export function trialsRunning(file: string, below: string): number[] {
  const table = processTable();
  return table.pids().filter((pid) => {
    const [program, name] = commandLine(pid);
    return program === 'node' && name === file && (table.workingFolder(pid) ?? '').startsWith(`${below}/`);
  });
}

function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** Whether a text shows a stack: a user's mistake never does. */
export function hasStack(text: string): boolean {
  return /^\s+at .+:\d+:\d+\)?$/m.test(text);
}
