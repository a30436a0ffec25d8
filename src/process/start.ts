import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, readSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Stream } from './capture.ts';
import { closePipe, type Pipe, takePipe } from './pipes.ts';
import { type Setting, SHELL, shellArguments } from './shell.ts';

/**
 * A command that runs. Disposing stops reading, whoever still holds the output, closes everything, and kills the root's group
 * if the root still runs: an engine in trouble leaves no command behind.
 */
export interface Started extends Disposable {
  readonly kind: 'started';
  readonly pid: number;
  /** Names of the pipes that carry its output, as the kernel lists them. */
  readonly pipeNames: readonly string[];
  /** Settles when the root has ended: how, and when by `performance.now()`. */
  readonly exited: Promise<RootExit>;
  /** Settles when nobody holds the output open any more. */
  readonly drained: Promise<unknown>;
  /** What the root shell has reported; asked once, after its exit. Empty when it was killed. */
  takeReport(): string;
}

export interface RootExit {
  readonly kind: 'root-exit';
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly at: number;
}

export type Start =
  | Started
  /** The folder or the shell is missing, or the command is too long: it will never start. */
  | { readonly kind: 'could-not-start'; readonly cause: Error }
  /** The machine has no processes, memory or descriptors left: it may start another time. */
  | { readonly kind: 'fault'; readonly cause: Error };

const MACHINE_CODES = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE', 'ENOSPC', 'EIO']);
/** A report is four short lines. */
const MAX_REPORT = 1024;
// All readers share it: what is read is used up before the next read.
const readBuffer = Buffer.allocUnsafe(64 * 1024);

function notStarted(cause: unknown, folder: string): Start {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const kind = MACHINE_CODES.has(code) ? 'fault' : 'could-not-start';
  return { kind, cause: new Error(`the command could not be started in ${folder}`, { cause }) };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function reader(pipe: Pipe, onData: (chunk: Buffer) => void): Socket {
  const socket = new Socket({
    fd: pipe.read,
    readable: true,
    writable: false,
    onread: {
      buffer: readBuffer,
      callback: (bytes) => {
        onData(readBuffer.subarray(0, bytes));
        return true;
      },
    },
  });
  // A pipe that breaks ends its output; how the command ended is told by the command.
  socket.on('error', () => socket.destroy());
  return socket.resume();
}

function readReport(pipe: Pipe): string {
  try {
    const report = Buffer.alloc(MAX_REPORT);
    return report.toString('utf8', 0, readSync(pipe.read, report, 0, MAX_REPORT, null));
  } catch {
    // Nothing was written: the root was killed, or another process still holds the pipe.
    return '';
  }
}

function spawnRoot(options: StartOptions, pipes: readonly Pipe[]): ChildProcess {
  const [program, ...words] = [
    ...options.deathSignal,
    SHELL,
    ...shellArguments(options.command, options.setting),
  ];
  return spawn(program!, words, {
    cwd: options.cwd,
    env: { ...options.environment },
    detached: true,
    stdio: ['ignore', ...pipes.map((pipe) => pipe.write)],
  });
}

export interface StartOptions {
  readonly command: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly setting: Setting;
  /** Words before the root that have it killed when this process dies; none where the machine has no such program. */
  readonly deathSignal: readonly string[];
  /** Gets bytes that are only valid during the call. */
  readonly onData: (stream: Stream, chunk: Buffer) => void;
}

/** Starts a command line as the root of its own session, without input, its output in pipes. */
export async function start(options: StartOptions): Promise<Start> {
  const { cwd } = options;
  if (!isFolder(cwd)) return { kind: 'could-not-start', cause: new Error(`${cwd} is not a folder`) };
  const pipes: Pipe[] = [];
  let child: ChildProcess;
  try {
    for (let index = 0; index < 3; index += 1) pipes.push(takePipe());
  } catch (cause) {
    pipes.forEach(closePipe);
    return { kind: 'fault', cause: new Error('a command got no pipes for its output', { cause }) };
  }
  try {
    child = spawnRoot(options, pipes);
  } catch (cause) {
    pipes.forEach(closePipe);
    return notStarted(cause, cwd);
  }
  if (child.pid === undefined) {
    pipes.forEach(closePipe);
    const [cause] = await once(child, 'error').catch((error) => [error]);
    return notStarted(cause, cwd);
  }
  child.on('error', () => {});
  const { pid } = child;
  const exited = new Promise<RootExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ kind: 'root-exit', code, signal, at: performance.now() }));
  });
  for (const pipe of pipes) closeSync(pipe.write);
  const [output, errors, report] = pipes as [Pipe, Pipe, Pipe];
  const sockets = [
    reader(output, (chunk) => options.onData('stdout', chunk)),
    reader(errors, (chunk) => options.onData('stderr', chunk)),
  ];
  return {
    kind: 'started',
    pid,
    pipeNames: [output.name, errors.name],
    exited,
    drained: Promise.all(sockets.map((socket) => once(socket, 'close'))),
    takeReport: () => readReport(report),
    [Symbol.dispose]: () => {
      // Not reaped yet, so the number is still the root's.
      if (child.exitCode === null && child.signalCode === null) process.kill(-pid, 'SIGKILL');
      for (const socket of sockets) socket.destroy();
      closeSync(report.read);
    },
  };
}
