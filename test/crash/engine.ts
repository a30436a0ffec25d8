import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CrashLab } from './crash-lab.ts';
import { type Fault, straceArguments } from './strace.ts';

const RATCHET = fileURLToPath(new URL('../../bin/ratchet.js', import.meta.url));
/** An engine that is not done by then hangs: seconds. */
const DEADLINE = 60;

/** A verdict as an engine printed it: from then on it must never be lost. */
export interface Acknowledged {
  readonly experiment: number;
  readonly verdict: string;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly acknowledged: readonly Acknowledged[];
}

/** `ratchet run` as a process of its own. */
export interface RunningEngine {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Resolves at the first printed line that matches; rejects where the engine ends before. */
  line(pattern: RegExp): Promise<string>;
}

export interface EngineOptions {
  readonly experiments: number;
  readonly slots?: number;
  readonly fault?: Fault;
  /** Where strace writes what it did. */
  readonly log?: string;
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const VERDICT = /^\d\d:\d\d:\d\d (keep|discard|crash|timeout|invalid|inconclusive)\s+#(\d+) /;

export function startEngine(lab: CrashLab, options: EngineOptions): RunningEngine {
  const command = [
    process.execPath,
    RATCHET,
    'run',
    lab.folder,
    ...['--experiments', String(options.experiments)],
    ...['--slots', String(options.slots ?? 1)],
    ...['--seed', '1', '--researcher', 'search'],
    ...(options.arguments ?? []),
  ];
  return start(lab, underFault(lab, command, options), options.environment);
}

/** `ratchet` with any other command line, to its end. */
export function ratchet(lab: CrashLab, ...args: string[]): Promise<Ended> {
  return start(lab, { command: [process.execPath, RATCHET, ...args], path: process.env.PATH ?? '' }).ended;
}

interface Start {
  readonly command: readonly string[];
  readonly path: string;
}

function underFault(
  lab: CrashLab,
  command: readonly string[],
  { fault, log = '/dev/null' }: EngineOptions,
): Start {
  const path = process.env.PATH ?? '';
  if (fault === undefined) return { command, path };
  const traced = ['strace', ...straceArguments(fault, log)];
  if (fault.git === undefined) return { command: [...traced, '--', ...command], path };
  return { command, path: [writeShim(lab, fault.git, traced), path].join(delimiter) };
}

/** A `git` that runs the real one, and under strace where its command line holds `word`. */
function writeShim(lab: CrashLab, word: string, traced: readonly string[]): string {
  const shim = join(lab.outside, 'shim', 'git');
  mkdirSync(dirname(shim), { recursive: true });
  const real = `PATH=\${PATH#*${delimiter}}`;
  const lines = [
    '#!/bin/sh',
    real,
    'export PATH',
    // Strace as a grandchild (-D), so that the engine's own child is git itself.
    `case " $* " in *" ${word} "*) exec ${traced.join(' ')} -D -A -- git "$@";; esac`,
    'exec git "$@"',
  ];
  writeFileSync(shim, `${lines.join('\n')}\n`);
  chmodSync(shim, 0o755);
  return dirname(shim);
}

function start(
  lab: CrashLab,
  { command, path }: Start,
  extra: Readonly<Record<string, string>> = {},
): RunningEngine {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: lab.outside,
    env: { ...process.env, PATH: path, TMPDIR: lab.temporary, NO_COLOR: '1', ...extra },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  const acknowledged: Acknowledged[] = [];
  const listeners = new Set<(line: string | undefined) => void>();
  child.stderr.on('data', (chunk) => {
    said.stderr += chunk;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.stdout += `${line}\n`;
    const [, verdict, experiment] = VERDICT.exec(line) ?? [];
    if (verdict !== undefined) acknowledged.push({ verdict, experiment: Number(experiment) });
    for (const listener of listeners) listener(line);
  });
  const deadline = setTimeout(() => {
    said.stderr += `no end within ${DEADLINE} seconds\n`;
    child.kill('SIGKILL');
  }, DEADLINE * 1000);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(deadline);
      for (const listener of listeners) listener(undefined);
      resolve({ code, signal, ...said, acknowledged });
    });
  });
  const line = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const listener = (text: string | undefined) => {
        if (text !== undefined && !pattern.test(text)) return;
        listeners.delete(listener);
        if (text === undefined) reject(new Error(`ended before ${pattern}: ${said.stdout}${said.stderr}`));
        else resolve(text);
      };
      listeners.add(listener);
      const already = said.stdout.split('\n').find((text) => pattern.test(text));
      if (already !== undefined) listener(already);
    });
  return { child, pid: child.pid!, ended, line };
}

/** Waits for what another process brings about. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE * 1000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within ${DEADLINE} seconds: ${what}`);
    await sleep(20);
  }
}
