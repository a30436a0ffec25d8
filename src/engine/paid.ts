import type { StudyLimit } from '../model/limit.ts';
import { paidProposals } from '../model/paid-proposals.ts';
import { type Spending, spentSince, totalSpent } from '../model/spending.ts';
import type { Engine } from './engine.ts';

/** A bound on what models are paid and what they propose for it, and whose it is. */
export interface PaidLimit {
  readonly limit: StudyLimit & { readonly kind: 'cost' | 'tokens' | 'proposals' };
  readonly whose: 'run' | 'study';
}

/**
 * The first limit on dollars, tokens or proposals that is used up: from then on nobody thinks. What was paid for by then is still run and
 * judged, so that a limit on dollars or tokens may be passed by the thought that was under way, and no proposal is thrown away for it.
 */
export function spentLimit(engine: Engine): PaidLimit | undefined {
  const { state } = engine.ledger;
  const { limits, program, start } = engine;
  const ofStudy = totalSpent(state.spending.values());
  const ofRun = spentSince(start.spent, ofStudy);
  for (const limit of limits)
    if (isSpent(limit, ofRun, () => paidProposals(state) - start.paidProposals))
      return { limit, whose: 'run' };
  for (const limit of program.limits)
    if (isSpent(limit, ofStudy, () => paidProposals(state))) return { limit, whose: 'study' };
  return undefined;
}

/** How many more proposals the limits on those of models allow; Infinity without one. Whoever thinks next is asked for no more. */
export function proposalsLeft({ ledger: { state }, limits, program, start }: Engine): number {
  const left = (bounds: readonly StudyLimit[], before: number) =>
    bounds.map((limit) =>
      limit.kind === 'proposals' ? Math.max(0, limit.count - (paidProposals(state) - before)) : Infinity,
    );
  return Math.min(...left(limits, start.paidProposals), ...left(program.limits, 0));
}

/** @param proposals counted only where a limit asks for them: that takes longer in a long study */
function isSpent(limit: StudyLimit, spent: Spending, proposals: () => number): limit is PaidLimit['limit'] {
  switch (limit.kind) {
    case 'cost':
      return spent.dollars >= limit.dollars;
    case 'tokens':
      return spent.inputTokens + spent.outputTokens >= limit.count;
    case 'proposals':
      return proposals() >= limit.count;
    case 'time':
    case 'experiments':
      return false;
    default:
      return limit satisfies never;
  }
}
