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
function stoppedText(forecast: Foretold): string {
  return `stopped at ${percent(forecast)}: forecast ${gainText(forecast)}`;
}

/** What a verdict on a forecast rests on: a trial that was stopped there, or a short one, which ran to its end. */
export function foretoldText(forecast: Foretold): string {
  return `by ${percent(forecast)} of the budget: forecast ${gainText(forecast)}`;
}

type Foretold = Pick<Forecast, 'progress' | 'gain'>;

function percent({ progress }: Foretold): string {
  return `${Math.round(progress * 100)}%`;
}

/** A forecast is not known to more than two digits. */
function gainText({ gain }: Foretold): string {
  return `${gain < 0 ? 'worse' : 'better'} by ${Number(Math.abs(gain).toPrecision(2))}`;
}
