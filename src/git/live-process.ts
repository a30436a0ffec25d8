import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { ByteReader, ProcessEnded } from './byte-reader.ts';
import { gitEnvironment } from './environment.ts';
import { faultOf } from './fault.ts';

const ANSWER_DEADLINE_MS = 60_000;
const STDERR_MAX_CHARACTERS = 8 * 1024;

export interface LiveProcessOptions {
  args: readonly string[];
  directory: string;
  environment: Record<string, string>;
  /** What it does, as a phrase that follows "could not": `read an object`. */
  task: string;
  /** Folder named in faults. */
  place: string;
  /** Whether git's dying words are an answer of their own; then the request is not tried again, and `ask` throws `Refusal`. */
  isRefusal?: (stderr: string) => boolean;
}

/** Git ended itself to say no; what it said is `stderr`. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly stderr: string;
  constructor(stderr: string) {
    super(stderr.trim());
    this.stderr = stderr;
  }
}

interface Life {
  child: ChildProcessWithoutNullStreams;
  replies: ByteReader;
  stderr: string;
  /** Settles when every earlier request has been answered. */
  answered: Promise<unknown>;
  closed: Promise<void>;
}

/**
 * A git process that is started at the first request and stays. Requests are answered in the order in which they are asked.
 * One that dies is started again for each request it left unanswered, once; so a request must bear being made twice.
 */
export class LiveProcess {
  readonly #options: LiveProcessOptions;
  #life: Life | undefined;
  #isClosed = false;

  constructor(options: LiveProcessOptions) {
    this.#options = options;
  }

  /** Writes `request` and reads its answer. Throws a `GitFault` (or `DiskFullError`) when git died twice over it. */
  async ask<Answer>(
    request: Buffer | string,
    read: (replies: ByteReader) => Promise<Answer>,
  ): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      if (this.#isClosed) throw this.#fault('the repository is closed');
      this.#life ??= this.#start();
      const life = this.#life;
      try {
        return await this.#askOnce(life, request, read);
      } catch (cause) {
        if (this.#life === life) this.#life = undefined;
        // After an answer that could not be read, nobody knows where the next one begins.
        if (!(cause instanceof ProcessEnded)) {
          life.child.kill('SIGKILL');
          throw cause;
        }
        if (this.#options.isRefusal?.(life.stderr)) throw new Refusal(life.stderr);
        if (attempt === 2) throw this.#fault(life.stderr, cause);
      }
    }
  }

  /** Lets it answer what was asked, then ends it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const life = this.#life;
    if (life === undefined) return;
    if (life.child.pid !== undefined) life.child.stdin.end();
    await life.closed;
  }

  /** Ends it now; requests without an answer fail. */
  kill(): void {
    this.#isClosed = true;
    this.#life?.child.kill('SIGTERM');
  }

  async #askOnce<Answer>(
    life: Life,
    request: Buffer | string,
    read: (replies: ByteReader) => Promise<Answer>,
  ): Promise<Answer> {
    if (life.child.pid !== undefined) life.child.stdin.write(request);
    const answer = life.answered.then(async () => {
      const deadline = setTimeout(() => {
        life.stderr += `no answer within ${ANSWER_DEADLINE_MS / 1000} seconds\n`;
        life.child.kill('SIGKILL');
      }, ANSWER_DEADLINE_MS);
      try {
        return await read(life.replies);
      } finally {
        clearTimeout(deadline);
      }
    });
    life.answered = answer.catch(() => {});
    return answer;
  }

  #start(): Life {
    const child = spawn('git', this.#options.args, {
      cwd: this.#options.directory,
      env: gitEnvironment(this.#options.environment),
      stdio: ['pipe', 'pipe', 'pipe'],
      // Its own process group: a Ctrl-C in the terminal must not end it between two writes.
      detached: true,
    });
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    const replies = new ByteReader();
    const life: Life = { child, replies, stderr: '', answered: Promise.resolve(), closed };
    child.on('error', (error) => {
      life.stderr += `${error.message}\n`;
      replies.end(new ProcessEnded('git could not be started', { cause: error }));
      close();
    });
    // A machine without descriptors left gives not even pipes.
    if (child.pid === undefined) return life;
    child.stdout.on('data', (chunk: Buffer) => replies.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      life.stderr = (life.stderr + chunk.toString('utf8')).slice(-STDERR_MAX_CHARACTERS);
    });
    child.stdin.on('error', () => {});
    child.on('close', (code, signal) => {
      replies.end(new ProcessEnded(`git ended by ${signal ?? `exit status ${code}`}`));
      close();
    });
    return life;
  }

  #fault(stderr: string, cause?: Error): Error {
    const said = stderr.trim() === '' ? (cause?.message ?? '') : stderr;
    return faultOf({ task: this.#options.task, place: this.#options.place, stderr: said, cause });
  }
}
