import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { LineSplitter } from './lines.ts';

export type Stream = 'stdout' | 'stderr';

/** What is kept of each stream's end once a file is full, and what is returned of a file's end, in bytes. */
export const TAIL_BYTES = 64 * 1024;
/** Room for the sentence that tells how much was dropped, in bytes. */
const NOTICE_BYTES = 256;
/** The smallest bound on a file, in bytes: both tails and the notice. */
export const MIN_OUTPUT_BYTES = 2 * TAIL_BYTES + 2 * NOTICE_BYTES;

/** What became of a command's output. */
export interface OutputSummary {
  /** All that was written by the command. */
  readonly bytes: number;
  /** What is not in the file. */
  readonly droppedBytes: number;
  /** The last bytes of the file, at most 64 KiB, as text with invalid UTF-8 replaced; not yet printable. */
  readonly tail: string;
}

/** The last bytes of a stream, in a ring. */
class Ring {
  readonly #bytes = Buffer.allocUnsafe(TAIL_BYTES);
  #total = 0;

  push(chunk: Buffer): void {
    const kept = chunk.length > TAIL_BYTES ? chunk.subarray(chunk.length - TAIL_BYTES) : chunk;
    this.#total += chunk.length - kept.length;
    const at = this.#total % TAIL_BYTES;
    const copied = kept.copy(this.#bytes, at);
    if (copied < kept.length) kept.copy(this.#bytes, 0, copied);
    this.#total += kept.length;
  }

  get droppedBytes(): number {
    return Math.max(0, this.#total - TAIL_BYTES);
  }

  read(): Buffer {
    const at = this.#total % TAIL_BYTES;
    if (this.droppedBytes === 0) return this.#bytes.subarray(0, this.#total);
    return Buffer.concat([this.#bytes.subarray(at), this.#bytes.subarray(0, at)]);
  }
}

/**
 * Writes both streams of a command to one file, and their lines to a callback. A file never grows past its bound: it keeps the
 * beginning, a sentence that tells how much is missing, and the end of each stream. Lines are given for what the file keeps and
 * for nothing else, so that what was read and what can be read again are the same. Between the two streams, order is the order
 * of arrival.
 */
export class Capture implements Disposable {
  readonly #file: number;
  readonly #headBytes: number;
  readonly #onFault: (cause: Error) => void;
  readonly #lines: Readonly<Record<Stream, LineSplitter>>;
  readonly #rings: Partial<Record<Stream, Ring>> = {};
  #bytes = 0;
  #written = 0;
  #broken = false;
  #open = true;

  /** @throws when the file cannot be opened. */
  constructor(options: {
    readonly file: string;
    /** Bound on the file, at least MIN_OUTPUT_BYTES. */
    readonly maxBytes: number;
    readonly onLine: (stream: Stream, line: string) => void;
    /** The file cannot be written; the output is drained, and dropped, from then on. */
    readonly onFault: (cause: Error) => void;
  }) {
    this.#headBytes = Math.max(options.maxBytes, MIN_OUTPUT_BYTES) - MIN_OUTPUT_BYTES;
    this.#onFault = options.onFault;
    this.#lines = {
      stdout: new LineSplitter((line) => options.onLine('stdout', line)),
      stderr: new LineSplitter((line) => options.onLine('stderr', line)),
    };
    this.#file = openSync(options.file, 'w+', 0o600);
  }

  /** All that was written by the command so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a chunk that may be overwritten afterwards. */
  write(stream: Stream, chunk: Buffer): void {
    this.#bytes += chunk.length;
    const ring = this.#rings[stream];
    if (ring !== undefined) {
      ring.push(chunk);
      return;
    }
    const room = this.#headBytes - this.#written;
    const head = chunk.length <= room ? chunk : chunk.subarray(0, room);
    if (head.length > 0) {
      this.#append(head);
      this.#lines[stream].push(head);
    }
    if (head.length === chunk.length) return;
    const first = new Ring();
    first.push(chunk.subarray(head.length));
    this.#rings[stream] = first;
  }

  /** Writes the ends, closes the file, and tells what is in it. */
  finish(): OutputSummary {
    const dropped = (['stdout', 'stderr'] as const).map((stream) => this.#finishStream(stream));
    const tail = this.#broken ? '' : this.#readTail();
    this[Symbol.dispose]();
    const droppedBytes = this.#broken ? this.#bytes - this.#written : dropped[0]! + dropped[1]!;
    return { bytes: this.#bytes, droppedBytes, tail };
  }

  [Symbol.dispose](): void {
    if (this.#open) closeSync(this.#file);
    this.#open = false;
  }

  #finishStream(stream: Stream): number {
    const lines = this.#lines[stream];
    const ring = this.#rings[stream];
    const rest = ring?.read();
    const dropped = ring?.droppedBytes ?? 0;
    if (dropped > 0) {
      this.#append(Buffer.from(`\n[ratchet: ${dropped} bytes of ${stream} were dropped here]\n`));
      lines.skip();
    }
    if (rest !== undefined) {
      this.#append(rest);
      // After a gap the first line is the end of another.
      lines.push(dropped > 0 ? rest.subarray(rest.indexOf('\n') + 1 || rest.length) : rest);
    }
    lines.end();
    return dropped;
  }

  #append(bytes: Buffer): void {
    if (this.#broken) return;
    try {
      for (let done = 0; done < bytes.length; ) {
        const written = writeSync(this.#file, bytes, done, bytes.length - done);
        done += written;
        this.#written += written;
      }
    } catch (cause) {
      this.#broken = true;
      this.#onFault(new Error('the output of a trial could not be written to its file', { cause }));
    }
  }

  #readTail(): string {
    const { size } = fstatSync(this.#file);
    const tail = Buffer.allocUnsafe(Math.min(size, TAIL_BYTES));
    const bytes = readSync(this.#file, tail, 0, tail.length, size - tail.length);
    return tail.toString('utf8', 0, bytes);
  }
}
