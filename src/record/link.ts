import type { LedgerEntry } from '../model/event.ts';
import type { Digest } from '../model/identity.ts';
import { type Decoded, decodeEntry, digestOf, NO_DIGEST } from './entry.ts';

/** Where a chain of entries ends: the last sequence (0 before the first entry) and the digest of its bytes. */
export interface Tip {
  readonly sequence: number;
  readonly digest: Digest;
}

export const BEFORE_FIRST: Tip = { sequence: 0, digest: NO_DIGEST };

export type Linked =
  | { readonly kind: 'entry'; readonly entry: LedgerEntry; readonly tip: Tip }
  | Extract<Decoded, { kind: 'newer' }>
  | { readonly kind: 'damaged'; readonly sequence: number; readonly problem: string };

/** One stored row. `digest` is the sha256 of `bytes`, kept beside them so that the last entry is guarded too. */
export interface StoredEntry {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

/** Reads the entry that should follow `tip`, and makes sure that it does. */
export function link(tip: Tip, stored: StoredEntry): Linked {
  const sequence = tip.sequence + 1;
  const damaged = (problem: string): Linked => ({ kind: 'damaged', sequence, problem });
  if (stored.sequence !== sequence) return damaged('it is missing');
  const digest = digestOf(stored.bytes);
  if (stored.digest !== digest) return damaged('its bytes do not have the digest that was stored with them');
  const decoded = decodeEntry(stored.bytes);
  switch (decoded.kind) {
    case 'newer':
      return decoded;
    case 'unreadable':
      return damaged(decoded.problem);
    case 'entry': {
      const { entry } = decoded;
      if (entry.sequence !== sequence) return damaged(`entry ${entry.sequence} stands in its place`);
      if (entry.previous !== tip.digest) return damaged('it does not continue the entry before it');
      return { kind: 'entry', entry, tip: { sequence, digest } };
    }
    default:
      return decoded satisfies never;
  }
}
