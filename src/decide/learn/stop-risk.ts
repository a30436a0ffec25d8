import { championOn, type StudyState } from '../../model/study.ts';
import { CHECKPOINTS, type Conditions, type EndedTrial } from '../../model/trial.ts';
import { normalCdf } from '../../statistics/distributions.ts';
import { widthOf } from '../../statistics/effects.ts';
import { foresightsOf, leadAt } from './forecast.ts';
import type { Knowledge } from './knowledge.ts';
import { outlookOf, planAt } from './outlook.ts';
import type { Outlook, Plan } from './plan.ts';
import { freshTrials } from './samples.ts';
import { errorAfter, keepThreshold } from './worth.ts';

/** What stopping early costs, by what is known of the study, and by the trials that were let run to see. */
export interface StopRisk {
  /** Chance that a gain which one whole trial would show to be a keep is stopped before, as the judge goes by now: 0 to 1. */
  readonly expected: number;
  /** Trials that ran to their end whatever they showed. */
  readonly audited: number;
  /** How many of them would have been stopped, as the judge goes by now. */
  readonly stopped: number;
  /** Of these, how many were kept. */
  readonly lost: number;
}

/** Undefined where nothing is stopped: no progress is told, or the noise is not known. */
export function stopRiskOf(
  state: StudyState,
  conditions: Conditions,
  knowledge: Knowledge,
): StopRisk | undefined {
  if (knowledge.forecasts.length === 0 || knowledge.noise.variance === 0) return undefined;
  const { commit } = championOn(state, conditions.hardware);
  const champions = Math.max(1, freshTrials(state, commit, conditions).length);
  const outlook = outlookOf(knowledge, champions);
  const plan = planAt(outlook, knowledge.rate);
  const audits = auditsOf(state).map(({ trial, parent, wasKept }) => {
    const reference = freshTrials(state, parent, conditions);
    const foresights = foresightsOf(state, conditions);
    const wouldStop = CHECKPOINTS.some((_, checkpoint) => {
      const foresight = foresights[checkpoint];
      const lead = foresight && leadAt(checkpoint, foresight.metric, trial.curve, reference);
      return lead !== undefined && foresight!.slope * lead < plan.goesOn[checkpoint]!;
    });
    return { wouldStop, wasKept };
  });
  const stopped = audits.filter(({ wouldStop }) => wouldStop);
  return {
    expected: lossOf(outlook, plan),
    audited: audits.length,
    stopped: stopped.length,
    lost: stopped.filter(({ wasKept }) => wasKept).length,
  };
}

interface Audit {
  readonly trial: EndedTrial;
  readonly parent: Parameters<typeof freshTrials>[1];
  readonly wasKept: boolean;
}

function auditsOf(state: StudyState): Audit[] {
  const byCommit = new Map([...state.experiments.values()].map((one) => [one.proposal.commit, one]));
  return [...state.ended.values()].flatMap((trial) => {
    const experiment = trial.purpose === 'audit' && byCommit.get(trial.commit);
    if (!experiment || trial.outcome.kind !== 'completed' || experiment.status !== 'judged') return [];
    return { trial, parent: experiment.proposal.parent, wasKept: experiment.verdict.kind === 'keep' };
  });
}

/** Points of the numerical integrals, and how far they reach, in standard deviations. */
const POINTS = 240;
const REACH = 4;

/**
 * Of the gains that their first whole trial would show to be keeps, the share that is stopped before. A lead is the value at the
 * end with noise on top, of which each stretch between two checkpoints takes away a part; so the chance to pass all checkpoints
 * is found forwards, from the first one to the end.
 */
export function lossOf({ prior, precision, forecasts }: Outlook, { goesOn }: Plan): number {
  const final = errorAfter(precision, 1);
  const threshold = keepThreshold(prior, final, precision.freedom);
  const widest = Math.sqrt(forecasts[0]!);
  const lowest = threshold - REACH * widest;
  const step = (2 * REACH * widest + 12 * final) / POINTS;
  const leads = Array.from({ length: POINTS }, (_, point) => lowest + point * step);
  let passed: readonly number[] = leads.map(() => 1);
  for (const [checkpoint, forecast] of forecasts.entries()) {
    const here = passed.map((chance, point) => (leads[point]! >= goesOn[checkpoint]! ? chance : 0));
    passed = blurred(here, Math.sqrt(forecast - (forecasts[checkpoint + 1] ?? 0)) / step);
  }
  let kept = 0;
  let lost = 0;
  for (const [point, lead] of leads.entries()) {
    if (lead < threshold) continue;
    const weight = gainsAt(prior, final, lead);
    kept += weight;
    lost += weight * (1 - passed[point]!);
  }
  kept += gainsBeyond(prior, final, leads.at(-1)! + step / 2) / step;
  return kept === 0 ? 0 : lost / kept;
}

/** How often a gain ends with a lead above this one: it passes every checkpoint. */
function gainsBeyond({ effects, shares }: Outlook['prior'], error: number, lead: number): number {
  return effects.reduce((sum, effect, index) => {
    if (effect <= 0) return sum;
    return sum + shares[index]! * normalCdf((effect - lead) / Math.hypot(error, Math.sqrt(widthOf(effect))));
  }, 0);
}

/** How often a gain ends with this lead, as a density. */
function gainsAt({ effects, shares }: Outlook['prior'], error: number, lead: number): number {
  let density = 0;
  for (const [index, effect] of effects.entries()) {
    if (effect <= 0) continue;
    const spread = Math.hypot(error, Math.sqrt(widthOf(effect)));
    density += (shares[index]! / spread) * Math.exp(-(((lead - effect) / spread) ** 2) / 2);
  }
  return density / Math.sqrt(2 * Math.PI);
}

/** Averages over the neighbours by a normal curve; `deviation` in points. What lies outside is as its nearest point. */
function blurred(values: readonly number[], deviation: number): number[] {
  const reach = Math.ceil(REACH * deviation);
  return values.map((_, point) => {
    let total = 0;
    let sum = 0;
    for (let other = point - reach; other <= point + reach; other++) {
      const weight = deviation > 0 ? Math.exp(-(((other - point) / deviation) ** 2) / 2) : 1;
      total += weight;
      sum += weight * values[Math.min(values.length - 1, Math.max(0, other))]!;
    }
    return sum / total;
  });
}
