import type { TrialId } from '../model/identity.ts';
import type { WantedTrial } from '../model/judge.ts';
import type { Proposal } from '../model/proposal.ts';
import { type Experiment, endedTrialsOf, type StudyState } from '../model/study.ts';
import type { Conditions } from '../model/trial.ts';
import type { Verdict } from '../model/verdict.ts';
import { beliefOf, likelihoodsOf } from '../statistics/effects.ts';
import { estimateGain } from '../statistics/noise.ts';
import { earnedElsewhere } from './learn/knowledge.ts';
import type { Miss, Outlook } from './learn/looks.ts';
import { onceATrial } from './learn/once-a-trial.ts';
import { outlookOf, planAt } from './learn/outlook.ts';
import type { Plan } from './learn/plan.ts';
import { missOfVerdict } from './learn/prior.ts';
import type { Reference } from './learn/reference.ts';
import { candidateTrials, samplesOf } from './learn/samples.ts';
import { MOST_TRIALS, worthOfTrials } from './learn/worth.ts';
import type { Question } from './question.ts';
import { isRunning } from './result.ts';
import { candidateSeed } from './seeds.ts';

/** What was stopped this often is not asked about again. */
const MOST_STOPS = 2;

/** Parked experiments that were taken up again: each has a trial after those that it was discarded for. */
export function reopened(state: StudyState, conditions: Conditions): Experiment[] {
  return triedAgain(state, conditions).flatMap((id) => {
    const experiment = state.parked.has(id) ? state.experiments.get(id) : undefined;
    return experiment && hasNews(state, experiment) ? experiment : [];
  });
}

const triedAgain = onceATrial((state) =>
  [...state.parked].filter((id) => hasNews(state, state.experiments.get(id)!)),
);

/** The cheapest question first: it is asked of everything that was ever discarded. */
function hasNews(state: StudyState, experiment: Experiment): boolean {
  const trials = state.trialsOf.get(experiment.proposal.commit) ?? [];
  if (trials.length < 2 || experiment.status !== 'judged' || experiment.verdict.kind !== 'discard')
    return false;
  const last = trials.findLast((id) => isOwn(state, id));
  return last !== undefined && !experiment.verdict.evidence.candidateTrials.includes(last);
}

/** A replay or a run in another setting is no news of an experiment. */
function isOwn(state: StudyState, id: TrialId): boolean {
  const purpose = (state.ended.get(id) ?? state.running.get(id))?.purpose;
  return purpose === 'candidate' || purpose === 'audit';
}

/** Whether an experiment has this verdict already: a trial that the machine spoiled teaches nothing new. */
export function isRepeated(experiment: Experiment, verdict: Verdict): boolean {
  if (experiment.status !== 'judged' || experiment.verdict.kind !== 'discard' || verdict.kind !== 'discard')
    return false;
  const before = experiment.verdict.evidence.candidateTrials;
  const now = verdict.evidence.candidateTrials;
  return now.length === before.length && now.every((trial, index) => trial === before[index]);
}

/** In the rate of new ideas: what was given up for them returns when it is clearly worth more than they are. */
const CLEARLY = 1.5;

/**
 * Trials of parked ideas of this champion that are worth more than new ideas by now, as more is known of the noise, of what changes do
 * and of what slots earn; and, where nothing else wants the slots, of the most hopeful ones whatever they are worth.
 */
export function returning(
  question: Question,
  champion: Reference,
  slots: { readonly count: number; readonly isIdle: boolean },
): WantedTrial[] {
  const { state, context, knowledge, ideas } = question;
  if (slots.count === 0 || knowledge.noise.variance === 0 || champion.samples.length === 0) return [];
  const outlook = outlookOf(knowledge, champion.samples.length);
  const view: View = {
    question,
    champion,
    outlook,
    plan: planAt(outlook, earnedElsewhere(knowledge, ideas)),
  };
  const least = slots.isIdle ? 0 : CLEARLY * knowledge.rate;
  const hopeful: WantedTrial[] = [];
  for (const id of state.parked) {
    const experiment = state.experiments.get(id)!;
    const { proposal } = experiment;
    if (proposal.parent !== champion.commit || experiment.status !== 'judged') continue;
    const { verdict } = experiment;
    // While new ideas wait, what did not even look better does not return.
    if (verdict.kind !== 'discard' || !(slots.isIdle || verdict.evidence.gain > 0)) continue;
    const worth = worthOfParked(view, proposal, verdict);
    if (worth <= least || isRunning(state, proposal.commit) || hasNews(state, experiment)) continue;
    const seeds = champion.trials.map(({ sample }) => sample.seed);
    const own = samplesOf(candidateTrials(state, proposal.commit, context.conditions));
    const seed = candidateSeed(state, proposal.experiment, own, seeds);
    hopeful.push({ commit: proposal.commit, seed, purpose: 'candidate', worth });
  }
  return hopeful.sort((a, b) => b.worth - a.worth).slice(0, slots.count);
}

/** What all parked ideas of a champion are weighed with. */
interface View {
  readonly question: Question;
  readonly champion: Reference;
  readonly outlook: Outlook;
  readonly plan: Plan;
}

type Discard = Verdict & { readonly kind: 'discard' };

function worthOfParked(view: View, proposal: Proposal, verdict: Discard): number {
  const { gain, basis } = verdict.evidence;
  switch (basis?.kind) {
    case 'forecast': {
      const worth = worthOfForecast(
        view,
        gain,
        basis.deviation,
        missOfVerdict(verdict, view.outlook.glances),
      );
      return worth > 0 && stopsSoFar(view.question.state, proposal) < MOST_STOPS ? worth : 0;
    }
    case 'posterior':
      return worthOfMeasured(view, proposal);
    case 'seed-not-controlled':
    case undefined:
      return 0;
    default:
      return basis satisfies never;
  }
}

function stopsSoFar(state: StudyState, { commit }: Proposal): number {
  return endedTrialsOf(state, commit).filter(({ outcome }) => outcome.kind === 'stopped').length;
}

/** To a standard error, and to an octave of it: hundreds are asked about at each decision, and nearly equal ones are worth the same. */
const STEPS = 8;
const worths = new WeakMap<Outlook, Map<string, number>>();

function worthOfForecast({ outlook }: View, gain: number, deviation: number, { share, shown }: Miss): number {
  const { own, left, freedom } = outlook.precision;
  const error = Math.sqrt(deviation ** 2 + own + left);
  const inErrors = Math.round((gain / error) * STEPS) / STEPS;
  const key = `${inErrors}/${Math.round(Math.log2(error) * STEPS)}/${share}/${shown}`;
  const known = worths.get(outlook) ?? new Map<string, number>();
  worths.set(outlook, known);
  const found = known.get(key);
  if (found !== undefined) return found;
  const estimate = { gain: inErrors * error, error, freedom };
  const belief = beliefOf(outlook.prior, likelihoodsOf(outlook.prior.effects, estimate, share, shown));
  const worth = worthOfTrials(outlook.prior, belief, outlook.precision, outlook.scale);
  known.set(key, worth);
  return worth;
}

/** What ran to its end and was no keep is weighed as it would be today. */
function worthOfMeasured({ question, champion, plan }: View, { commit }: Proposal): number {
  const { state, context, knowledge } = question;
  const trials = candidateTrials(state, commit, context.conditions);
  if (trials.length === 0 || trials.length >= MOST_TRIALS) return 0;
  const estimate = estimateGain(samplesOf(trials), champion.samples, knowledge.noise);
  if (estimate === undefined || !Number.isFinite(estimate.gain)) return 0;
  return plan.isWorthAnother(trials.length, estimate.gain) ? plan.worth(trials.length, estimate.gain) : 0;
}
