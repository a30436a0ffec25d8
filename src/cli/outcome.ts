import { exceededText } from '../model/limit.ts';
import type { Outcome } from '../model/trial.ts';

/** What became of a trial, in words. */
export function outcomeSentence(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'completed':
      return 'completed';
    case 'crash':
      return outcome.how;
    case 'timeout':
      return `${outcome.stage} ${exceededText(outcome.exceeded)}`;
    case 'invalid':
    case 'fault':
    case 'cancelled':
      return outcome.reason;
    default:
      return outcome satisfies never;
  }
}
