import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { LineSplitter } from './lines.ts';

/** How large a followed file may be unless told otherwise, in bytes. */
const MAX_FOLLOWED_BYTES = 1024 * 1024;
/** Between two looks at the file, in milliseconds. Watching is not relied upon: it misses writes on network disks and in containers. */
const LOOK_INTERVAL = 200;
/** Never through a symbolic link, and never waiting for the other end of a pipe. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What a followed file turned out to be. */
export type Followed =
  | { readonly kind: 'absent' }
  | { readonly kind: 'read'; readonly bytes: number }
  /** It is no plain file, too large, or was changed otherwise than by appending: its lines are not to be believed. */
  | { readonly kind: 'invalid'; readonly reason: string };

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/**
 * Gives the lines of a file while another process appends to it, each once and in order. The writer may be a stranger's code:
 * what was given is compared with what stands there in the end.
 */
export class FileFollower implements Disposable {
  readonly #file: string;
  readonly #maxBytes: number;
  readonly #lines: LineSplitter;
  readonly #given = createHash('sha256');
  #offset = 0;
  #invalid: string | undefined;
  #thrown: unknown;
  #timer: NodeJS.Timeout | undefined;

  /** @param options.file need not exist yet. */
  constructor(options: {
    readonly file: string;
    /** @default 1 MiB */
    readonly maxBytes?: number;
    readonly onLine: (line: string) => void;
  }) {
    this.#file = options.file;
    this.#maxBytes = options.maxBytes ?? MAX_FOLLOWED_BYTES;
    this.#lines = new LineSplitter(options.onLine);
    this.#schedule();
  }

  /**
   * Reads what is left, a last line without an end too, and tells what the file was. To be called when its writers are gone.
   *
   * @throws what the callback threw, or when the disk cannot be read.
   */
  finish(): Followed {
    this[Symbol.dispose]();
    if (this.#thrown !== undefined) throw this.#thrown;
    const found = this.#read('last');
    if (this.#invalid !== undefined) return { kind: 'invalid', reason: this.#invalid };
    this.#lines.end();
    return found === 'absent' ? { kind: 'absent' } : { kind: 'read', bytes: this.#offset };
  }

  /** Stops looking. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      try {
        this.#read('growing');
        if (this.#invalid === undefined) this.#schedule();
      } catch (error) {
        this.#thrown = error;
      }
    }, LOOK_INTERVAL);
  }

  #read(when: 'growing' | 'last'): 'absent' | 'present' {
    if (this.#invalid !== undefined) return 'present';
    let file: number;
    try {
      file = openSync(this.#file, OPEN_FLAGS);
    } catch (error) {
      return this.#notOpened(error);
    }
    try {
      this.#invalid = this.#objection(file);
      if (this.#invalid !== undefined) return 'present';
      if (when === 'last' && !this.#isUnchanged(file))
        this.#invalid = 'was rewritten; lines are only to be appended';
      else this.#give(file);
    } finally {
      closeSync(file);
    }
    return 'present';
  }

  #notOpened(error: unknown): 'absent' | 'present' {
    const code = errorCode(error);
    if (code === 'ENOENT' && this.#offset === 0) return 'absent';
    if (code === 'ENOENT') this.#invalid = 'was removed';
    else if (code === 'ELOOP') this.#invalid = 'is a symbolic link';
    else if (code === 'EACCES' || code === 'ENOTDIR' || code === 'ENXIO')
      this.#invalid = `cannot be read (${code})`;
    else throw new Error(`${this.#file} could not be read`, { cause: error });
    return 'present';
  }

  #objection(file: number): string | undefined {
    const status = fstatSync(file);
    if (!status.isFile()) return 'is no plain file';
    if (status.size > this.#maxBytes) return `is larger than ${this.#maxBytes} bytes`;
    return status.size < this.#offset ? 'was rewritten; lines are only to be appended' : undefined;
  }

  #isUnchanged(file: number): boolean {
    if (this.#offset === 0) return true;
    const start = Buffer.alloc(this.#offset);
    const bytes = readSync(file, start, 0, start.length, 0);
    const found = createHash('sha256').update(start.subarray(0, bytes));
    return found.digest('hex') === this.#given.copy().digest('hex');
  }

  #give(file: number): void {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    while (this.#offset < this.#maxBytes) {
      const wanted = Math.min(chunk.length, this.#maxBytes - this.#offset);
      const bytes = readSync(file, chunk, 0, wanted, this.#offset);
      if (bytes === 0) return;
      this.#offset += bytes;
      this.#given.update(chunk.subarray(0, bytes));
      this.#lines.push(chunk.subarray(0, bytes));
    }
  }
}
