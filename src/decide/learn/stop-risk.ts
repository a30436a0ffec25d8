import type { Commit } from '../../model/identity.ts';
import { championOn, type StudyState } from '../../model/study.ts';
import { CHECKPOINTS, type Conditions, type EndedTrial } from '../../model/trial.ts';
import { normalCdf } from '../../statistics/distributions.ts';
import { widthOf } from '../../statistics/effects.ts';
import { foresightsOf, leadAt } from './forecast.ts';
import type { Knowledge } from './knowledge.ts';
import { leadOf, type Miss, missOf, NO_MISS, type Outlook } from './looks.ts';
import { outlookOf, planAt } from './outlook.ts';
import type { Plan } from './plan.ts';
import { freshTrials } from './samples.ts';
import { leadOfShortTrial, type Screening } from './short-trials.ts';
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
  if (knowledge.glances.length === 0 || knowledge.noise.variance === 0) return undefined;
  const { commit } = championOn(state, conditions.hardware);
  const champions = Math.max(1, freshTrials(state, commit, conditions).length);
  const outlook = outlookOf(knowledge, champions);
  const plan = planAt(outlook, knowledge.rate);
  const audits = auditsOf(state).map(({ trial, parent, wasKept }) => {
    const wouldStop =
      knowledge.screening.kind === 'known'
        ? isStoppedByShortTrial(state, knowledge.screening, { plan, commit: trial.commit, parent })
        : isStoppedAtCheckpoint(state, conditions, { plan, trial, parent });
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

function isStoppedAtCheckpoint(
  state: StudyState,
  conditions: Conditions,
  { plan, trial, parent }: { readonly plan: Plan; readonly trial: EndedTrial; readonly parent: Commit },
): boolean {
  const reference = freshTrials(state, parent, conditions);
  const foresights = foresightsOf(state, conditions);
  return CHECKPOINTS.some((_, checkpoint) => {
    const foresight = foresights[checkpoint];
    const lead = foresight && leadAt(checkpoint, foresight.metric, trial.curve, reference);
    return lead !== undefined && !plan.goesOn(checkpoint, foresight!.slope * lead);
  });
}

function isStoppedByShortTrial(
  state: StudyState,
  screening: Screening & { readonly kind: 'known' },
  { plan, commit, parent }: { readonly plan: Plan; readonly commit: Commit; readonly parent: Commit },
): boolean {
  const lead = leadOfShortTrial(state, screening.conditions, commit, parent);
  return lead !== undefined && !plan.goesOn(0, screening.foresight.slope * lead);
}

interface Audit {
  readonly trial: EndedTrial;
  readonly parent: Commit;
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

/** Of the gains that their first whole trial would show to be keeps, the share that is stopped before. */
export function lossOf(outlook: Outlook, plan: Plan): number {
  const { prior, precision } = outlook;
  const final = errorAfter(precision, 1);
  const threshold = keepThreshold(prior, final, precision.freedom);
  let kept = 0;
  let lost = 0;
  for (const [index, effect] of prior.effects.entries()) {
    const deviation = Math.hypot(final, Math.sqrt(widthOf(effect)));
    const isKept = normalCdf((effect - threshold) / deviation);
    if (effect <= 0 || isKept < LEAST_CHANCE) continue;
    kept += prior.shares[index]! * isKept;
    lost += prior.shares[index]! * chanceToBeLost(outlook, plan, { effect, deviation, threshold });
  }
  return kept === 0 ? 0 : lost / kept;
}

/** Below this no effect counts. */
const LEAST_CHANCE = 1e-6;

/**
 * That a gain which would end as a keep is stopped before. Its lead is its value at the end with noise on top, of which each stretch
 * between two glances takes away a part; so the chance to pass all of them is found forwards, from the first one to the end.
 *
 * @param gain the effect, how far its value at the end lies from it, and from where on that is a keep
 */
function chanceToBeLost(
  { glances }: Outlook,
  plan: Plan,
  gain: { readonly effect: number; readonly deviation: number; readonly threshold: number },
): number {
  const { effect, deviation, threshold } = gain;
  const widest = Math.hypot(deviation, Math.sqrt(missOf(glances[0]!, effect)));
  const lowest = Math.min(threshold, effect) - REACH * widest;
  const step = (Math.max(threshold, effect) + REACH * widest - lowest) / (POINTS - 1);
  const values = Array.from({ length: POINTS }, (_, point) => lowest + point * step);
  let passed: readonly number[] = values.map(() => 1);
  for (const [place, miss] of glances.entries()) {
    // What the lead lacks here on average, which its noise does not.
    const late = leadOf(miss, effect) - effect;
    const here = passed.map((chance, point) => (plan.goesOn(place, values[point]! + late) ? chance : 0));
    const next: Miss = glances[place + 1] ?? NO_MISS;
    passed = blurred(here, Math.sqrt(missOf(miss, effect) - missOf(next, effect)) / step);
  }
  const density = (value: number) =>
    (step * Math.exp(-(((value - effect) / deviation) ** 2) / 2)) / (deviation * Math.sqrt(2 * Math.PI));
  return values.reduce(
    (sum, value, point) => sum + (value < threshold ? 0 : density(value) * (1 - passed[point]!)),
    0,
  );
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
