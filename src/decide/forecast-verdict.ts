import type { Stop } from '../model/judge.ts';
import type { StudyState } from '../model/study.ts';
import type { Forecast } from '../model/trial.ts';
import type { Verdict } from '../model/verdict.ts';
import { meanOf } from '../statistics/noise.ts';
import { digits } from './digits.ts';
import type { Reference } from './learn/reference.ts';
import { turn } from './learn/samples.ts';

/** The discard of what showed, before a whole trial of it had ended, that other trials are worth more. */
export function forecastVerdict(
  { study: { objective } }: StudyState,
  { trial, forecast, reason }: Stop,
  reference: Reference,
): Verdict {
  const parent = meanOf(reference.samples.map(({ value }) => value));
  return {
    kind: 'discard',
    reason,
    evidence: {
      candidate: turn(objective, parent + forecast.gain),
      parent: turn(objective, parent),
      gain: forecast.gain,
      candidateTrials: [trial],
      parentTrials: reference.trials.map((other) => other.trial.trial),
      basis: { kind: 'forecast', progress: forecast.progress, deviation: forecast.deviation },
    },
  };
}

/** `on its way to be worse by 0.31 bits/byte, give or take 0.06; other trials are worth more`. */
export function forecastText({ study }: StudyState, { gain, deviation }: Forecast): string {
  const { unit } = study.objective;
  const of = unit === '' ? '' : ` ${unit}`;
  const lead = gain < 0 ? `worse by ${digits(-gain)}` : `better by ${digits(gain)}`;
  return `on its way to be ${lead}${of}, give or take ${digits(deviation)}; other trials are worth more`;
}
