import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Both ends of one pipe, as file descriptors that no child inherits unasked. */
export interface Pipe {
  readonly read: number;
  readonly write: number;
  /** The name the kernel shows for it in a list of open files; unique on this machine. */
  readonly name: string;
}

/** How many pipes one start of `mkfifo` makes: three a command, so five commands. */
const BATCH = 15;
const stock: Pipe[] = [];

const PREFIX = 'ratchet-pipes-';
/** A folder of pipes lives for milliseconds; one this old was left by a process that was killed. Milliseconds. */
const ABANDONED = 60_000;
let swept = false;

/** Once a process: nobody else knows of folders that a killed one left. */
function sweepAbandoned(): void {
  if (swept) return;
  swept = true;
  for (const name of readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX))) {
    const folder = join(tmpdir(), name);
    const made = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - made < ABANDONED) continue;
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}

/**
 * Node gives a child sockets for its output, and `echo failed > /dev/stderr` fails on a socket. These are real pipes: named ones
 * whose names are removed once both ends are open, made in batches since that takes a process.
 */
function makePipes(): void {
  sweepAbandoned();
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  try {
    const names = Array.from({ length: BATCH }, (_, index) => join(folder, String(index)));
    const made = spawnSync('mkfifo', ['-m', '600', ...names], { encoding: 'utf8' });
    if (made.error || made.status !== 0) {
      const [said = ''] = (made.stderr ?? '').split('\n', 1);
      throw new Error(`mkfifo made no pipes in ${folder}: ${said}`, {
        cause: made.error,
      });
    }
    for (const name of names) {
      const read = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
      stock.push({ read, write: openSync(name, constants.O_WRONLY), name });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws when the machine has no `mkfifo`, no room in its temporary folder, or no descriptors left. */
export function takePipe(): Pipe {
  if (stock.length === 0) makePipes();
  const pipe = stock.pop();
  if (pipe === undefined) throw new Error('mkfifo made no pipes');
  return pipe;
}

/** Closes a pipe that was taken and never handed on. */
export function closePipe(pipe: Pipe): void {
  closeSync(pipe.read);
  closeSync(pipe.write);
}
