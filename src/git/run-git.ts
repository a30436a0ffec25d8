import { spawn } from 'node:child_process';
import { gitEnvironment } from './environment.ts';
import { faultOf } from './fault.ts';

const DEFAULT_DEADLINE_MS = 600_000;
const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;
const STDERR_MAX_BYTES = 16 * 1024;

export interface GitCommand {
  args: readonly string[];
  /** Working directory; ours when left out. */
  directory?: string;
  /** Variables beside the fixed ones of `gitEnvironment`. */
  environment?: Record<string, string>;
  input?: Buffer | string;
  /** Bytes of standard output kept; git is ended when it prints more. @default 256 MiB */
  maxBytes?: number;
  /** @default 600000 */
  deadlineMs?: number;
  signal?: AbortSignal | undefined;
}

export interface GitAnswer {
  /** Exit status, or undefined where a signal ended git. */
  code: number | undefined;
  stdout: Buffer;
  stderr: string;
  /** Whether git printed more than `maxBytes`, and was ended for it. */
  truncated: boolean;
}

/**
 * Runs git once to its end. An exit status is an answer; throws the signal's reason when aborted,
 * a `GitFault` at the deadline, and the system's own error where git cannot be started (`ENOENT`: it is missing).
 */
export function runGit(command: GitCommand): Promise<GitAnswer> {
  const { signal, maxBytes = DEFAULT_MAX_BYTES, deadlineMs = DEFAULT_DEADLINE_MS } = command;
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<GitAnswer>();
  const child = spawn('git', command.args, {
    cwd: command.directory,
    env: gitEnvironment(command.environment),
    stdio: ['pipe', 'pipe', 'pipe'],
    // Its own process group: a Ctrl-C in the terminal is for us to handle, not for a git that is half-way through a write.
    detached: true,
  });
  child.once('error', reject);
  // A machine without descriptors left gives not even pipes.
  if (child.pid === undefined) return promise;
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let stdoutBytes = 0;
  let stderrBytes = 0;
  let truncated = false;
  // SIGTERM, so that git removes its lock files.
  const end = () => child.kill('SIGTERM');
  let expired = false;
  const deadline = setTimeout(() => {
    expired = true;
    end();
  }, deadlineMs);
  signal?.addEventListener('abort', end, { once: true });

  child.stdout.on('data', (chunk: Buffer) => {
    if (truncated) return;
    stdout.push(chunk);
    stdoutBytes += chunk.length;
    if (stdoutBytes > maxBytes) {
      truncated = true;
      end();
    }
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (stderrBytes >= STDERR_MAX_BYTES) return;
    stderr.push(chunk);
    stderrBytes += chunk.length;
  });
  // A git that ends before it read its input answers by its exit status, not by a broken pipe.
  child.stdin.on('error', () => {});
  child.stdin.end(command.input ?? '');

  const settle = () => {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', end);
  };
  child.on('error', (error) => {
    settle();
    reject(error);
  });
  child.on('close', (code) => {
    settle();
    const said = Buffer.concat(stderr).toString('utf8');
    if (signal?.aborted) reject(signal.reason);
    else if (expired) {
      const seconds = deadlineMs / 1000;
      const task = `run git ${command.args.join(' ')} within ${seconds} seconds`;
      reject(faultOf({ task, place: command.directory ?? process.cwd(), stderr: said }));
    } else {
      const printed = Buffer.concat(stdout).subarray(0, maxBytes);
      resolve({ code: code ?? undefined, stdout: printed, stderr: said, truncated });
    }
  });
  return promise;
}
