import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BOUNDS } from '../model/bound.ts';
import type { LedgerEntry, StudyEvent } from '../model/event.ts';
import type { Digest } from '../model/identity.ts';
import { digest, eventV1 } from './schema.ts';

/** The version of the event's format that this engine writes. It reads this one and every older one. */
export const FORMAT_VERSION = 1;

/** `previous` of the first entry. */
export const NO_DIGEST = '0'.repeat(64) as Digest;

type Reader = (event: unknown) => z.ZodSafeParseResult<StudyEvent>;

/** One reader a version: it validates an event of that version, and returns it in today's shape. */
const versions: Readonly<Record<number, Reader>> = {
  1: (event) => eventV1.safeParse(event),
};

const envelope = z.strictObject({
  sequence: z.int().min(1),
  version: z.int().min(1),
  at: z.int().min(0),
  author: z.string().min(1).max(BOUNDS.name),
  previous: digest,
  event: z.unknown(),
});

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function digestOf(bytes: Uint8Array): Digest {
  return createHash('sha256').update(bytes).digest('hex') as Digest;
}

/** The bytes that are stored and hashed: one line of JSON in UTF-8, keys in this order, without a line feed. */
export function encodeEntry({ sequence, version, at, author, previous, event }: LedgerEntry): Uint8Array {
  return Buffer.from(JSON.stringify({ sequence, version, at, author, previous, event }));
}

export type Decoded =
  | { readonly kind: 'entry'; readonly entry: LedgerEntry }
  /** Written by a newer Ratchet. */
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'unreadable'; readonly problem: string };

export function decodeEntry(bytes: Uint8Array): Decoded {
  let value: unknown;
  try {
    const line = utf8.decode(bytes);
    // zod would drop this one key in silence. Inside a JSON string the quotes are escaped, so this is a key.
    if (line.includes('"__proto__":')) return unreadable('a key is named __proto__');
    value = JSON.parse(line);
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : String(error));
  }
  const outer = envelope.safeParse(value);
  if (!outer.success) return unreadable(problemOf(outer.error));
  const { version } = outer.data;
  if (version > FORMAT_VERSION) return { kind: 'newer', version };
  const inner = versions[version]?.(outer.data.event);
  if (inner === undefined) return unreadable(`no reader for version ${version}`);
  if (!inner.success) return unreadable(`event.${problemOf(inner.error)}`);
  return { kind: 'entry', entry: { ...outer.data, event: inner.data } };
}

function unreadable(problem: string): Decoded {
  return { kind: 'unreadable', problem };
}

/** `experiment: Invalid input: expected number, received string`, one line, the first problem only. */
function problemOf(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? 'not valid' : `${issue.path.join('.')}: ${issue.message}`;
}
