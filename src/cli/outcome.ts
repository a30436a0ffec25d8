import type { Outcome } from '../model/trial.ts';

/** What became of a trial, in words. */
export function outcomeSentence(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'completed':
      return 'completed';
    case 'crash':
      return outcome.how;
    case 'timeout': {
      const { type, value, limit } = outcome.exceeded;
      return `${outcome.stage} used ${value.toFixed(1)} s of ${type} time, over its limit of ${limit} s`;
    }
    case 'invalid':
    case 'fault':
    case 'cancelled':
      return outcome.reason;
    default:
      return outcome satisfies never;
  }
}
