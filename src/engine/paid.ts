import type { StudyLimit } from '../model/limit.ts';
import { type Spending, spentSince, totalSpent } from '../model/spending.ts';
import type { Engine } from './engine.ts';

/** A bound on what models are paid, and whose it is. */
export interface PaidLimit {
  readonly limit: StudyLimit & { readonly kind: 'cost' | 'tokens' };
  readonly whose: 'run' | 'study';
}

/**
 * The first limit on dollars or tokens that is used up: from then on nobody thinks. What was paid for by then is still run and judged,
 * so that such a limit may be passed by the thought that was under way, and no proposal is thrown away for it.
 */
export function spentLimit({ ledger: { state }, limits, program, start }: Engine): PaidLimit | undefined {
  const ofStudy = totalSpent(state.spending.values());
  const ofRun = spentSince(start.spent, ofStudy);
  for (const limit of limits) if (isSpent(limit, ofRun)) return { limit, whose: 'run' };
  for (const limit of program.limits) if (isSpent(limit, ofStudy)) return { limit, whose: 'study' };
  return undefined;
}

function isSpent(limit: StudyLimit, spent: Spending): limit is PaidLimit['limit'] {
  switch (limit.kind) {
    case 'cost':
      return spent.dollars >= limit.dollars;
    case 'tokens':
      return spent.inputTokens + spent.outputTokens >= limit.count;
    case 'time':
    case 'experiments':
      return false;
    default:
      return limit satisfies never;
  }
}
