import type { LedgerEntry } from '../model/event.ts';
import { type Chain, linesOf } from './copy.ts';
import { digestOf } from './entry.ts';
import { storageFault } from './fault.ts';
import { damaged, newer, type Refusal } from './file.ts';
import { type Fold, take } from './fold.ts';
import type { StoredEntry } from './link.ts';
import { UnfinishedLedger } from './unfinished.ts';

export type Restoration = { readonly kind: 'restored'; readonly entries: number } | Refusal;

type CopyReading = { readonly kind: 'whole'; readonly fold: Fold } | Refusal;

/** Reads and checks the whole copy as one does a ledger. Git's own faults pass through. */
export async function readCopy(
  chain: Chain,
  ref: string,
  onEntry: (entry: LedgerEntry, stored: StoredEntry) => void,
): Promise<CopyReading> {
  let fold: Fold | undefined;
  for await (const part of chain.readChain(ref)) {
    if (part.kind === 'unreadable') return damaged(ref, (fold?.tip.sequence ?? 0) + 1, part.reason);
    for (const bytes of linesOf(part.content)) {
      const sequence: number = (fold?.tip.sequence ?? 0) + 1;
      const stored = { sequence, bytes, digest: digestOf(bytes) };
      const step = take(fold, stored);
      if (step.kind === 'newer') return newer(ref, step.version);
      if (step.kind === 'damaged') return damaged(ref, step.sequence, step.problem);
      fold = step.fold;
      onEntry(step.entry, stored);
    }
  }
  return fold === undefined ? { kind: 'absent' } : { kind: 'whole', fold };
}

/**
 * Builds the ledger at `file` anew from its copy in git: equal entries, equal bytes. On a refusal, as after a crash,
 * there is no ledger at `file`. Throws a LedgerFault where there is one already, or the disk does not take it; git's
 * own faults pass through.
 */
export async function restoreFromCopy(chain: Chain, ref: string, file: string): Promise<Restoration> {
  using unfinished = attempt(file, () => new UnfinishedLedger(file));
  const reading = await readCopy(chain, ref, (_, stored) => attempt(file, () => unfinished.add(stored)));
  if (reading.kind !== 'whole') return reading;
  attempt(file, () => unfinished.finish());
  return { kind: 'restored', entries: reading.fold.tip.sequence };
}

function attempt<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw storageFault(file, 'restore', error);
  }
}
