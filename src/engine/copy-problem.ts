import type { CopyRefusal } from '../record/copy.ts';

/** Why a ledger and its copy under `ref` cannot both be right: `problem` follows "the copy", `mend` says what a person can do. */
export function copyProblem(refusal: CopyRefusal, ref: string): { problem: string; mend: string } {
  switch (refusal.kind) {
    case 'ahead':
      return {
        problem: `ends at entry ${refusal.copy}, and the ledger at ${refusal.ledger}: the ledger is an old one`,
        mend: 'move the ledger away, and `ratchet run` restores it from the copy',
      };
    case 'different':
      // Two histories of one study, as when an old ledger was put back and worked on: only a person knows which to keep.
      return {
        problem: `differs from the ledger from entry ${refusal.sequence} on`,
        mend:
          `to keep the ledger, git update-ref -d ${ref}; to keep the copy, move the ledger away, ` +
          'and `ratchet run` restores it',
      };
    case 'unreadable':
      return {
        problem: `cannot be read (${refusal.reason})`,
        mend: `git update-ref -d ${ref}, and \`ratchet run\` writes it anew`,
      };
    default:
      return refusal satisfies never;
  }
}
