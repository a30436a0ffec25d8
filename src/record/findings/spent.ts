import type { StudyLimit } from '../../model/limit.ts';
import { type Spending, totalSpent } from '../../model/spending.ts';
import { activeSecondsAt, type StudyState } from '../../model/study.ts';
import { oneLine } from '../../process/one-line.ts';
import { type BudgetUse, budgetOf, usedByStudy } from './budget.ts';

/** What a study has cost so far. */
export interface Spent {
  /** Seconds during which an engine was at work. */
  readonly activeSeconds: number;
  /** Of all ended trials together, whatever they were run for. */
  readonly trials: { readonly count: number; readonly wallSeconds: number; readonly cpuSeconds: number };
  /** Each bound of the study and how much of it is used. */
  readonly budget: readonly BudgetUse[];
  /** What each model was paid; those that cost nothing are not among them. */
  readonly researchers: readonly (Spending & { readonly name: string })[];
  readonly total: Spending;
}

/** `now` in milliseconds since 1970; `limits` as the program sets them. */
export function spentBy(state: StudyState, limits: readonly StudyLimit[], now: number): Spent {
  let wallSeconds = 0;
  let cpuSeconds = 0;
  for (const { usage } of state.ended.values()) {
    wallSeconds += usage.wallSeconds;
    cpuSeconds += usage.cpuSeconds;
  }
  return {
    activeSeconds: activeSecondsAt(state, now),
    trials: { count: state.ended.size, wallSeconds, cpuSeconds },
    budget: budgetOf(limits, usedByStudy(state, now)),
    researchers: [...state.spending].map(([name, spending]) => ({ name: oneLine(name), ...spending })),
    total: totalSpent(state.spending.values()),
  };
}
