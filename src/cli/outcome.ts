import { exceededText } from '../model/limit.ts';
import type { Forecast, Outcome } from '../model/trial.ts';

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
    case 'stopped':
      return stoppedText(outcome.forecast);
    default:
      return outcome satisfies never;
  }
}

/** How far a trial was when the judge ended it, and the gain that was expected of it, in the metric's unit. */
export function stoppedText({ progress, gain }: Pick<Forecast, 'progress' | 'gain'>): string {
  // A forecast is not known to more than two digits.
  const size = Number(Math.abs(gain).toPrecision(2));
  return `stopped at ${Math.round(progress * 100)}%: forecast ${gain < 0 ? 'worse' : 'better'} by ${size}`;
}
