import type { StoredEntry } from './link.ts';

/** Append-only content under a ref of the lab's repository, as src/git keeps it. */
export interface Chain {
  appendToChain(ref: string, init: { content: Buffer; message: string }): Promise<unknown>;
  /** Oldest first. */
  readChain(ref: string): AsyncIterable<ChainPart>;
}

export type ChainPart =
  | { readonly kind: 'content'; readonly content: Buffer }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** What the copy is made from: an open ledger. */
interface Source {
  stored(sequence: number): Iterable<StoredEntry>;
}

/** How the copy stands to a ledger that both have entries of. */
export type CopyStanding =
  /** The copy is the beginning of the ledger: as many entries are in both. */
  { readonly kind: 'beginning'; readonly entries: number } | CopyRefusal;

/** Why a copy is not continued. */
export type CopyRefusal =
  /** The copy holds entries that the ledger has not: the ledger is an older one. */
  | { readonly kind: 'ahead'; readonly copy: number; readonly ledger: number }
  /** Ledger and copy are of different histories from `sequence` on. */
  | { readonly kind: 'different'; readonly sequence: number }
  | { readonly kind: 'unreadable'; readonly reason: string };

type CopyOutcome = { readonly kind: 'written'; readonly entries: number } | CopyRefusal;

/** Entries in one commit of the copy, so that its memory is bounded. */
const MOST_ENTRIES = 1000;

/** The lines of one part of the copy, each with its line feed taken off. */
export function* linesOf(content: Buffer): Generator<Buffer> {
  let start = 0;
  while (start < content.length) {
    const feed = content.indexOf('\n', start);
    const end = feed === -1 ? content.length : feed;
    yield content.subarray(start, end);
    start = end + 1;
  }
}

/**
 * The ledger's copy in git: it survives when the lab's state folder is deleted. Write it now and then; it is complete
 * up to the last write. Nothing is ever taken out of it.
 */
export class LedgerCopy {
  readonly #chain: Chain;
  readonly #ref: string;
  /** Sequence of the last entry in the copy; unknown before the first write, and after one that failed. */
  #position: number | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(chain: Chain, ref: string) {
    this.#chain = chain;
    this.#ref = ref;
  }

  /**
   * Appends what the ledger has and the copy has not. The first write compares all that both have, byte by byte;
   * where they disagree it writes nothing. Writes happen one after another. Rejects where git does.
   */
  write(ledger: Source): Promise<CopyOutcome> {
    const outcome = this.#last.then(() => this.#write(ledger));
    this.#last = outcome.catch(() => {});
    return outcome;
  }

  async #write(ledger: Source): Promise<CopyOutcome> {
    const standing: CopyStanding =
      this.#position === undefined
        ? await compareWithCopy(this.#chain, this.#ref, ledger)
        : { kind: 'beginning', entries: this.#position };
    if (standing.kind !== 'beginning') return standing;
    const known = standing.entries;
    // Not known again before git has answered: a failed append may have arrived all the same.
    this.#position = undefined;
    let position = known;
    for (;;) {
      const entries = take(ledger.stored(position), MOST_ENTRIES);
      const last = entries.at(-1);
      if (last === undefined) break;
      const content = Buffer.concat(entries.flatMap(({ bytes }) => [bytes, Buffer.from('\n')]));
      const message = `entries ${position + 1} to ${last.sequence}`;
      await this.#chain.appendToChain(this.#ref, { content, message });
      position = last.sequence;
    }
    this.#position = position;
    return { kind: 'written', entries: position - known };
  }
}

/**
 * Compares all that both have, byte by byte. The ledger may grow meanwhile, and the copy after it: each part of the copy is
 * older than the entries that it is compared with. Rejects where git does.
 */
export async function compareWithCopy(chain: Chain, ref: string, ledger: Source): Promise<CopyStanding> {
  let same = 0;
  let ahead = 0;
  for await (const part of chain.readChain(ref)) {
    if (part.kind === 'unreadable') return { kind: 'unreadable', reason: part.reason };
    const lines = [...linesOf(part.content)];
    const stored = take(ledger.stored(same + ahead), lines.length);
    const index = stored.findIndex(({ bytes }, at) => !lines[at]?.equals(bytes));
    if (index !== -1) return { kind: 'different', sequence: same + index + 1 };
    same += stored.length;
    ahead += lines.length - stored.length;
  }
  return ahead === 0
    ? { kind: 'beginning', entries: same }
    : { kind: 'ahead', copy: same + ahead, ledger: same };
}

function take(stored: Iterable<StoredEntry>, most: number): StoredEntry[] {
  const taken: StoredEntry[] = [];
  if (most === 0) return taken;
  for (const entry of stored) if (taken.push(entry) === most) break;
  return taken;
}

export function createLedgerCopy({ chain, ref }: { chain: Chain; ref: string }): LedgerCopy {
  return new LedgerCopy(chain, ref);
}
