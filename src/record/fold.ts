import type { LedgerEntry } from '../model/event.ts';
import { LedgerFault } from './fault.ts';
import { BEFORE_FIRST, type Linked, link, type StoredEntry, type Tip } from './link.ts';
import { apply, createState, type WorkingState } from './replay.ts';

/** How far stored rows have been folded: the state after `tip`. */
export interface Fold {
  readonly state: WorkingState;
  readonly tip: Tip;
}

export type Step =
  | { readonly kind: 'taken'; readonly fold: Fold; readonly entry: LedgerEntry }
  | Exclude<Linked, { kind: 'entry' }>;

/** Takes the next stored row into the fold; the first one begins it. On a refusal the fold stands where it stood. */
export function take(fold: Fold | undefined, stored: StoredEntry): Step {
  const linked = link(fold?.tip ?? BEFORE_FIRST, stored);
  if (linked.kind !== 'entry') return linked;
  const { entry, tip } = linked;
  try {
    if (fold === undefined) return { kind: 'taken', fold: { state: createState(entry), tip }, entry };
    apply(fold.state, entry);
    return { kind: 'taken', fold: { state: fold.state, tip }, entry };
  } catch (error) {
    if (error instanceof LedgerFault)
      return { kind: 'damaged', sequence: tip.sequence, problem: error.message };
    throw error;
  }
}
