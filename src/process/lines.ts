import { StringDecoder } from 'node:string_decoder';

/** The longest line that is kept, in UTF-16 units; what goes beyond is dropped up to the line's end. */
export const MAX_LINE_LENGTH = 8192;

const LINE_END = /\r\n|\n|\r/;

/**
 * Cuts bytes into lines at LF, CRLF, and the lone CR of a progress display. Invalid UTF-8 becomes U+FFFD.
 * Holds at most one line of MAX_LINE_LENGTH.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  #decoder = new StringDecoder('utf8');
  #partial = '';
  /** A CR has ended a line, and a LF right after it belongs to it. */
  #afterReturn = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(bytes: Buffer): void {
    this.#cut(this.#decoder.write(bytes));
  }

  /** Forgets the line that was begun: what follows did not stand beside it. */
  skip(): void {
    this.#decoder = new StringDecoder('utf8');
    this.#partial = '';
    this.#afterReturn = false;
  }

  /** The input is over: a last line without an end is a line too. */
  end(): void {
    this.#cut(this.#decoder.end());
    if (this.#partial !== '') this.#onLine(this.#partial);
    this.skip();
  }

  #cut(decoded: string): void {
    if (decoded === '') return;
    const text = this.#afterReturn && decoded.startsWith('\n') ? decoded.slice(1) : decoded;
    this.#afterReturn = decoded.endsWith('\r');
    const pieces = text.split(LINE_END);
    pieces[0] = this.#partial + pieces[0];
    this.#partial = (pieces.pop() ?? '').slice(0, MAX_LINE_LENGTH);
    for (const piece of pieces) this.#onLine(piece.slice(0, MAX_LINE_LENGTH));
  }
}
