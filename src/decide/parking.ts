import type { ExperimentId } from '../model/identity.ts';
import type { WantedTrial } from '../model/judge.ts';
import { type Experiment, endedTrialsOf, type StudyState } from '../model/study.ts';
import type { Conditions } from '../model/trial.ts';
import { beliefOf, likelihoodsOf } from '../statistics/effects.ts';
import type { Question } from './candidate.ts';
import { onceATrial } from './learn/once-a-trial.ts';
import { missOfVerdict } from './learn/prior.ts';
import type { Reference } from './learn/reference.ts';
import { candidateTrials, samplesOf } from './learn/samples.ts';
import { precisionOf, worthOfTrials } from './learn/worth.ts';
import { isRunning } from './result.ts';
import { candidateSeed } from './seeds.ts';

/** What was stopped this often is not asked about again. */
const MOST_STOPS = 2;

/** Parked experiments that were taken up again: each has a trial after the one that it was discarded for. */
export function reopened(state: StudyState, conditions: Conditions): Experiment[] {
  return triedAgain(state, conditions).flatMap((id) => {
    const experiment = state.parked.has(id) ? state.experiments.get(id) : undefined;
    return experiment && hasNews(state, experiment) ? experiment : [];
  });
}

const triedAgain = onceATrial((state) =>
  [...state.parked].filter((id) => hasNews(state, state.experiments.get(id)!)),
);

function hasNews(state: StudyState, experiment: Experiment): boolean {
  const trials = state.trialsOf.get(experiment.proposal.commit) ?? [];
  if (trials.length < 2 || experiment.status !== 'judged') return false;
  const { verdict } = experiment;
  const last = trials.at(-1)!;
  return verdict.kind === 'discard' && !verdict.evidence.candidateTrials.includes(last);
}

/** The parked ideas that are worth most, for slots that nothing else wants. */
export function mostHopeful(question: Question, champion: Reference, count: number): WantedTrial[] {
  const { state, context, knowledge } = question;
  const precision = precisionOf(knowledge.noise, Math.max(1, champion.samples.length));
  const hopeful = [...state.parked].flatMap((id: ExperimentId) => {
    const experiment = state.experiments.get(id)!;
    const { proposal } = experiment;
    if (proposal.parent !== champion.commit || isRunning(state, proposal.commit)) return [];
    if (hasNews(state, experiment) || stopsSoFar(state, experiment) >= MOST_STOPS) return [];
    const worth = worthOfParked(question, experiment, precision);
    if (worth <= 0) return [];
    const seeds = champion.trials.map(({ sample }) => sample.seed);
    const own = samplesOf(candidateTrials(state, proposal.commit, context.conditions));
    const seed = candidateSeed(state, proposal.experiment, own, seeds);
    return { commit: proposal.commit, seed, purpose: 'candidate' as const, worth };
  });
  return hopeful.sort((a, b) => b.worth - a.worth).slice(0, count);
}

function stopsSoFar(state: StudyState, { proposal }: Experiment): number {
  return endedTrialsOf(state, proposal.commit).filter(({ outcome }) => outcome.kind === 'stopped').length;
}

function worthOfParked(
  { knowledge }: Question,
  experiment: Experiment,
  precision: ReturnType<typeof precisionOf>,
): number {
  if (experiment.status !== 'judged' || experiment.verdict.kind !== 'discard') return 0;
  const { gain, basis } = experiment.verdict.evidence;
  if (basis?.kind !== 'forecast') return 0;
  const error = Math.sqrt(basis.deviation ** 2 + precision.own + precision.left);
  const estimate = { gain, error, freedom: precision.freedom };
  const { share, shown } = missOfVerdict(experiment.verdict, knowledge.misses);
  const belief = beliefOf(knowledge.prior, likelihoodsOf(knowledge.prior.effects, estimate, share, shown));
  return worthOfTrials(knowledge.prior, { belief, gain: 0, trials: 0 }, precision);
}
