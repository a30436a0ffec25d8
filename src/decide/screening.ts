import type { Stop } from '../model/judge.ts';
import type { StudyState } from '../model/study.ts';
import { CHECKPOINTS, type Conditions, type CurvePoint, type Forecast, type Trial } from '../model/trial.ts';
import { forecastText } from './forecast-verdict.ts';
import { foresightsOf, lastCheckpoint, leadAt } from './learn/forecast.ts';
import { earnedElsewhere, type Ideas, type Knowledge } from './learn/knowledge.ts';
import { outlookOf, planAt } from './learn/outlook.ts';
import { MOST_REFERENCES } from './learn/reference.ts';
import { candidateTrials, freshTrials, type Measured } from './learn/samples.ts';
import { LEAST_FREEDOM } from './learn/worth.ts';

export interface Screening {
  readonly state: StudyState;
  readonly conditions: Conditions;
  readonly knowledge: Knowledge;
  readonly ideas: Ideas;
}

/**
 * Whether a candidate's first trial should end here: what it may still be worth, by its progress against the champion's, is less
 * than what its slot would earn elsewhere. Trials with another purpose, the audit's among them, run to their end.
 */
export function stopOf(
  { state, conditions, knowledge, ideas }: Screening,
  trial: Trial,
  curve: readonly CurvePoint[],
): Stop | undefined {
  const { freedom, variance } = knowledge.noise;
  if (trial.purpose !== 'candidate' || freedom < LEAST_FREEDOM || variance === 0) return undefined;
  if (candidateTrials(state, trial.commit, conditions).length > 0) return undefined;
  const parent = parentOf(state, trial);
  if (parent === undefined) return undefined;
  // Never the curves that made it champion: they were picked because they were lucky.
  const reference = freshTrials(state, parent, conditions).slice(-MOST_REFERENCES);
  const checkpoint = lastCheckpoint(curve);
  if (checkpoint === undefined) return undefined;
  const forecast = forecastOf(state, conditions, checkpoint, curve, reference);
  if (forecast === undefined) return undefined;
  const plan = planAt(outlookOf(knowledge, reference.length), earnedElsewhere(knowledge, ideas));
  if (plan.goesOn(checkpoint, forecast.gain)) return undefined;
  return { trial: trial.trial, forecast, reason: reasonOf(state, forecast) };
}

function parentOf(state: StudyState, { commit }: Trial) {
  for (const ids of [state.open, state.parked]) {
    for (const id of ids) {
      const { proposal } = state.experiments.get(id)!;
      if (proposal.commit === commit) return proposal.parent;
    }
  }
  return undefined;
}

function forecastOf(
  state: StudyState,
  conditions: Conditions,
  checkpoint: number,
  curve: readonly CurvePoint[],
  reference: readonly Measured[],
): Forecast | undefined {
  const foresight = foresightsOf(state, conditions)[checkpoint];
  if (foresight === undefined) return undefined;
  const lead = leadAt(checkpoint, foresight.metric, curve, reference);
  if (lead === undefined) return undefined;
  const gain = foresight.slope * lead;
  const { deviation } = foresight;
  // Of what is further away than a number can say nothing is foretold: its end will tell.
  if (!Number.isFinite(gain) || !Number.isFinite(deviation)) return undefined;
  return { progress: CHECKPOINTS[checkpoint]!, gain, deviation };
}

function reasonOf(state: StudyState, forecast: Forecast): string {
  return `stopped at ${Math.round(forecast.progress * 100)}%: ${forecastText(state, forecast)}`;
}
