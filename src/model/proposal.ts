import type { Category } from './category.ts';
import type { Commit, ExperimentId } from './identity.ts';

/** One file of a patch, whole. Paths are relative to the lab, with forward slashes. */
export type FileChange =
  | { readonly kind: 'write'; readonly path: string; readonly content: string | Uint8Array }
  | { readonly kind: 'delete'; readonly path: string };

/** What a researcher returns: an idea that is not yet in the repository. */
export interface Draft {
  /** One sentence that a person can read: what changes, why, and what is expected. */
  readonly hypothesis: string;
  readonly category: Category;
  readonly changes: readonly FileChange[];
  /** Expected gain in the metric's unit, positive is better; absent where the researcher has no idea. */
  readonly expectedGain?: number;
  /** What was edited, in the researcher's own words, so that it never proposes the same edit twice. */
  readonly edit: string;
  /** Who thought it, where the researcher that was asked asked another one. */
  readonly researcher?: string;
}

/** Where a proposal came from. */
export type Origin =
  | { readonly kind: 'researcher'; readonly name: string }
  /** A person's own, by `ratchet suggest`. */
  | { readonly kind: 'suggestion' }
  /** The change of a kept experiment, carried over to a champion that has moved on meanwhile. */
  | { readonly kind: 'merge'; readonly of: ExperimentId };

/** Researchers of this name are agents that came in by `ratchet mcp`; in brackets follows how such a one calls itself. */
const GUEST = 'mcp';
const LONGEST_GUEST = 60;

/**
 * The origin of what an agent proposes that is itself no part of the engine. Its name for itself is a stranger's text: of it only plain
 * characters are kept, at most 60, and it can be mistaken for no other researcher's.
 */
export function guestOrigin(calledItself: string): Extract<Origin, { kind: 'researcher' }> {
  const name = calledItself
    .replace(/[^\w .@/-]+/g, ' ')
    .trim()
    .slice(0, LONGEST_GUEST);
  return { kind: 'researcher', name: name === '' ? GUEST : `${GUEST} (${name})` };
}

/**
 * The queue that a proposal waits in: what a person suggests, or an agent that waits for the answer, runs before what the engine's own
 * researcher thinks of meanwhile.
 */
export function queueOf(origin: Origin): Origin['kind'] {
  const isGuest = origin.kind === 'researcher' && /^mcp(?: \(|$)/.test(origin.name);
  return isGuest ? 'suggestion' : origin.kind;
}

/** Syntax nodes of the files that a patch touches: the measure by which equal but simpler is a keep. */
export interface SyntaxSize {
  readonly before: number;
  readonly after: number;
}

/** A draft that has become a commit, reachable under `refs/ratchet/STUDY/N`. */
export interface Proposal {
  readonly experiment: ExperimentId;
  readonly hypothesis: string;
  readonly category: Category;
  readonly origin: Origin;
  readonly edit: string;
  readonly parent: Commit;
  readonly commit: Commit;
  readonly expectedGain?: number;
  /** Absent where a touched file is in a language that is not read as a syntax tree. */
  readonly size?: SyntaxSize;
}

/** `search`, or `merge of #12`. */
export function originName(origin: Origin): string {
  switch (origin.kind) {
    case 'researcher':
      return origin.name;
    case 'suggestion':
      return 'a suggestion';
    case 'merge':
      return `merge of #${origin.of}`;
    default:
      return origin satisfies never;
  }
}
