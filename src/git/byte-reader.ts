/** The end of a helper process while somebody waits for its answer. */
export class ProcessEnded extends Error {
  override name = 'ProcessEnded';
}

/** Reads lines and counted bytes from a stream, one reader at a time. Holds no more than what has arrived and is not yet read. */
export class ByteReader {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #ended: Error | undefined;
  #wake: (() => void) | undefined;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    this.#wake?.();
  }

  /** After this, reading past what has arrived throws `error`. */
  end(error: Error): void {
    this.#ended ??= error;
    this.#wake?.();
  }

  /** The bytes up to the next newline, without it, as Latin-1. */
  async line(): Promise<string> {
    let searched = 0;
    let before = 0;
    for (;;) {
      for (; searched < this.#chunks.length; searched++) {
        const chunk = this.#chunks[searched]!;
        const newline = chunk.indexOf(0x0a);
        if (newline >= 0) return this.#remove(before + newline + 1).toString('latin1', 0, before + newline);
        before += chunk.length;
      }
      await this.#more();
    }
  }

  async take(bytes: number): Promise<Buffer> {
    while (this.#bytes < bytes) await this.#more();
    return this.#remove(bytes);
  }

  /** Passes over bytes without ever holding all of them. */
  async skip(bytes: number): Promise<void> {
    let left = bytes;
    while (left > 0) {
      if (this.#bytes === 0) await this.#more();
      left -= this.#remove(Math.min(left, this.#bytes)).length;
    }
  }

  async #more(): Promise<void> {
    if (this.#ended !== undefined) throw this.#ended;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
    this.#wake = undefined;
  }

  #remove(bytes: number): Buffer {
    const taken: Buffer[] = [];
    let left = bytes;
    while (left > 0) {
      const chunk = this.#chunks[0]!;
      if (chunk.length > left) {
        taken.push(chunk.subarray(0, left));
        this.#chunks[0] = chunk.subarray(left);
        break;
      }
      taken.push(chunk);
      left -= chunk.length;
      this.#chunks.shift();
    }
    this.#bytes -= bytes;
    return taken.length === 1 ? taken[0]! : Buffer.concat(taken);
  }
}
