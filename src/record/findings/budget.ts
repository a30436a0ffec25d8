import type { StudyLimit } from '../../model/limit.ts';
import { paidProposals } from '../../model/paid-proposals.ts';
import { type Spending, totalSpent } from '../../model/spending.ts';
import { activeSecondsAt, type StudyState } from '../../model/study.ts';

/** One bound of the study and how much of it is used: seconds, experiments, dollars, tokens or proposals, by the limit's kind. */
export interface BudgetUse {
  readonly limit: StudyLimit;
  readonly used: number;
}

/** What the whole study has used, up to `now` in milliseconds since 1970. */
export function usedByStudy(state: StudyState, now: number): Used {
  return {
    seconds: activeSecondsAt(state, now),
    experiments: state.judged,
    spent: totalSpent(state.spending.values()),
    paidProposals: () => paidProposals(state),
  };
}

interface Used {
  readonly seconds: number;
  readonly experiments: number;
  readonly spent: Spending;
  /** Counted only where somebody asks: that takes longer in a long study. */
  readonly paidProposals: () => number;
}

/** How much of each limit is used. */
export function budgetOf(limits: readonly StudyLimit[], used: Used): BudgetUse[] {
  return limits.map((limit) => {
    switch (limit.kind) {
      case 'time':
        return { limit, used: used.seconds };
      case 'experiments':
        return { limit, used: used.experiments };
      case 'cost':
        return { limit, used: used.spent.dollars };
      case 'tokens':
        return { limit, used: used.spent.inputTokens + used.spent.outputTokens };
      case 'proposals':
        return { limit, used: used.paidProposals() };
      default:
        return limit satisfies never;
    }
  });
}
