import type { Stop } from '../model/judge.ts';
import { type Proposal, queueOf } from '../model/proposal.ts';
import { championOn, type Experiment, endedTrialsOf } from '../model/study.ts';
import { comparable, type EndedTrial } from '../model/trial.ts';
import type { Basis, Comparison, Verdict } from '../model/verdict.ts';
import { type Belief, believe, type Estimate } from '../statistics/effects.ts';
import { estimateGain, meanOf } from '../statistics/noise.ts';
import { failureOf } from './failure.ts';
import { forecastVerdict } from './forecast-verdict.ts';
import { brokenByMean, guardFinding } from './guards.ts';
import { earnedElsewhere } from './learn/knowledge.ts';
import { outlookOf, planAt } from './learn/outlook.ts';
import { type Reference, referenceOf } from './learn/reference.ts';
import { candidateTrials, type Measured, samplesOf, turn } from './learn/samples.ts';
import { errorAfter, isKeep, LEAST_FREEDOM, precisionOf, SETTLING_TRIALS } from './learn/worth.ts';
import type { Finding, Question } from './question.ts';
import { discardReason, keepReason, simplerReason } from './reasons.ts';
import { failedTrial, isRunning, resultOf } from './result.ts';
import { candidateSeed } from './seeds.ts';
import { type Screened, screen } from './short-trial.ts';
import { isNotWorse, simplification, toleratedLoss } from './simplicity.ts';

/** So many pairs of equal values under different seeds are no accident. */
const SAME_TWICE = 2;
/** In the rate of new ideas: a merge carries a gain that was shown once already, and what a person suggests runs next. */
const FIRST_TRIAL = { researcher: 1, merge: 2, suggestion: 50 };
/** What would be a keep is never left lying for a new idea. */
const CERTAIN = 100;

export function judgeCandidate(question: Question, experiment: Experiment): Finding {
  const { state, context } = question;
  const { proposal } = experiment;
  const failure = failureOf(state, proposal.commit, context.conditions);
  if (failure) return { kind: 'verdict', verdict: failure };
  if (isRunning(state, proposal.commit)) return { kind: 'waits', for: 'trial' };
  const trials = candidateTrials(state, proposal.commit, context.conditions);
  const reference = referenceOf(state, proposal.parent, context.conditions);
  if (trials.length === 0) {
    const stopped = lastStopped(question, proposal);
    // A parked experiment that is asked about again has ended its rest.
    if (stopped && !(experiment.status === 'judged' && isOlder(experiment, stopped)))
      return { kind: 'verdict', verdict: forecastVerdict(state, stoppedBy(stopped), reference) };
    const worth = firstWorth(question, proposal);
    const screened: Screened =
      experiment.status === 'judged'
        ? { kind: 'goes on', worth }
        : screen(question, proposal, reference, worth);
    if (screened.kind === 'decided') return screened.finding;
    return wants(question, proposal, [], reference, screened.worth);
  }
  return weigh(question, proposal, trials, reference);
}

function lastStopped({ state, context }: Question, { commit }: Proposal): Stopped | undefined {
  const last = endedTrialsOf(state, commit).findLast(
    (trial) => trial.outcome.kind === 'stopped' && comparable(trial.conditions, context.conditions),
  );
  return last as Stopped | undefined;
}

type Stopped = EndedTrial & { readonly outcome: EndedTrial['outcome'] & { kind: 'stopped' } };

function stoppedBy({ trial, outcome }: Stopped): Stop {
  return { trial, forecast: outcome.forecast, reason: outcome.reason };
}

function isOlder(experiment: Experiment, { trial }: Stopped): boolean {
  if (experiment.status !== 'judged' || experiment.verdict.kind !== 'discard') return false;
  return experiment.verdict.evidence.candidateTrials.includes(trial);
}

function firstWorth({ knowledge }: Question, { origin }: Proposal): number {
  return knowledge.rate * FIRST_TRIAL[queueOf(origin)];
}

function wants(
  { state }: Question,
  { experiment, commit }: Proposal,
  trials: readonly Measured[],
  { trials: others }: Reference,
  worth: number,
): Finding {
  const seeds = others.map(({ sample }) => sample.seed);
  const seed = candidateSeed(state, experiment, samplesOf(trials), seeds);
  return { kind: 'wants', trial: { commit, seed, purpose: 'candidate', worth } };
}

function weigh(
  question: Question,
  proposal: Proposal,
  trials: readonly Measured[],
  reference: Reference,
): Finding {
  const { state, context, knowledge } = question;
  const { noise } = knowledge;
  const isUnknown = noise.freedom === 0 || (noise.variance === 0 && noise.freedom < SAME_TWICE);
  if (reference.samples.length === 0) return withoutParent(question, proposal, trials);
  if (isUnknown) return { kind: 'waits', for: 'champion' };
  if (noise.variance === 0) return weighWithoutNoise(question, proposal, trials, reference);
  const estimate = estimateGain(samplesOf(trials), reference.samples, noise);
  if (estimate === undefined || !Number.isFinite(estimate.gain)) return tooFar(trials);
  const belief = believe(knowledge.prior, estimate);
  if (Number.isNaN(belief.luck)) return tooFar(trials);
  const evidence = evidenceOf(question, trials, reference, estimate.gain, basisOf(estimate, belief));
  const tolerance = toleratedLoss(state, context.conditions);
  const size = simplification(proposal);
  const isSimpler = size !== undefined && isNotWorse(estimate, belief, tolerance);
  if (noise.freedom >= LEAST_FREEDOM && (isKeep(belief) || isSimpler)) {
    if (reference.fresh === 0 && isChampion(question, proposal)) return { kind: 'waits', for: 'champion' };
    const reason = isKeep(belief)
      ? keepReason(state.study.objective, belief, trials.length)
      : simplerReason(size!, tolerance);
    const kept = isKeep(belief) || size === undefined ? evidence : { ...evidence, size };
    return bound(question, proposal, trials, reference, { reason, evidence: kept });
  }
  // What looks good waits until the noise is known; what does not, need not.
  if (noise.freedom < LEAST_FREEDOM && (estimate.gain > 0 || isSimpler))
    return { kind: 'waits', for: 'noise' };
  const plan = planAt(
    outlookOf(knowledge, reference.samples.length),
    earnedElsewhere(knowledge, question.ideas),
  );
  if (plan.isWorthAnother(trials.length, estimate.gain))
    return wants(question, proposal, trials, reference, plan.worth(trials.length, estimate.gain));
  // Equal and simpler is a keep once it is shown: worth as much as a new idea, where so many trials can show it at all.
  const most = errorAfter(precisionOf(noise, reference.samples.length), SETTLING_TRIALS);
  if (
    size !== undefined &&
    trials.length < SETTLING_TRIALS &&
    isNotWorse({ ...estimate, error: most }, belief, tolerance)
  )
    return wants(question, proposal, trials, reference, knowledge.rate);
  const reason = discardReason(state.study.objective, estimate, belief);
  return { kind: 'verdict', verdict: { kind: 'discard', reason, evidence } };
}

/** Its champion's trial has not ended; or the champion that it stands on is one no longer, and fails today. */
function withoutParent(question: Question, proposal: Proposal, trials: readonly Measured[]): Finding {
  const { state, context } = question;
  const failed = failedTrial(resultOf(state, proposal.parent, context.conditions));
  // On the champion nothing at all can be judged: that is an impasse, which somebody may mend.
  if (!failed || isChampion(question, proposal)) return { kind: 'waits', for: 'champion' };
  const reason = `trial ${failed.trial} of its parent, which is no longer the champion, gave nothing to compare with`;
  const evidence = { trials: [...trials.map(({ trial }) => trial.trial), failed.trial] };
  return { kind: 'verdict', verdict: { kind: 'inconclusive', reason, evidence } };
}

function isChampion({ state, context }: Question, { parent }: Proposal): boolean {
  return championOn(state, context.conditions.hardware).commit === parent;
}

/** Every trial scores the same: what is better is better, but nobody knows whether the seed reaches the lab. */
function weighWithoutNoise(
  question: Question,
  proposal: Proposal,
  trials: readonly Measured[],
  reference: Reference,
): Finding {
  const { minimumEffect } = question.state.study.objective;
  const gain = trials.at(-1)!.sample.value - reference.samples.at(-1)!.value;
  if (!Number.isFinite(gain)) return tooFar(trials);
  const evidence = evidenceOf(question, trials, reference, gain, { kind: 'seed-not-controlled' });
  const size = simplification(proposal);
  const note = 'under other seeds the lab scores the same, so the seed is not controlled';
  if (gain > minimumEffect)
    return bound(question, proposal, trials, reference, { reason: `better; ${note}`, evidence });
  if (gain === 0 && size)
    return bound(question, proposal, trials, reference, {
      reason: `equal and simpler; ${note}`,
      evidence: { ...evidence, size },
    });
  return { kind: 'verdict', verdict: { kind: 'discard', reason: `not better; ${note}`, evidence } };
}

function tooFar(trials: readonly Measured[]): Finding {
  const { trial } = trials.at(-1)!.trial;
  const reason = 'it is further from its champion than a number can say';
  return { kind: 'verdict', verdict: { kind: 'invalid', reason, evidence: { trial } } };
}

/** A keep, unless a guard or the lab's checks speak against it. */
function bound(
  question: Question,
  proposal: Proposal,
  trials: readonly Measured[],
  reference: Reference,
  { reason, evidence }: Pick<Verdict & { kind: 'keep' }, 'reason' | 'evidence'>,
): Finding {
  const { guards, checks } = question.context.program;
  const ended = trials.map(({ trial }) => trial);
  const worth = CERTAIN * Math.max(question.knowledge.rate, evidence.gain);
  const finding = guardFinding(
    guards,
    ended,
    reference.trials.map(({ trial }) => trial),
  );
  if (finding.kind === 'unclear' && trials.length < SETTLING_TRIALS)
    return wants(question, proposal, trials, reference, worth);
  // What is still unclear then goes by its mean.
  const broken =
    finding.kind === 'broken'
      ? finding.how
      : finding.kind === 'unclear'
        ? brokenByMean(guards, ended)
        : undefined;
  if (broken) {
    return { kind: 'verdict', verdict: { kind: 'discard', reason: `${reason}; but ${broken}`, evidence } };
  }
  const checked = ended.some(({ outcome }) => outcome.kind === 'completed' && outcome.checks !== undefined);
  if (checks !== undefined && !checked) {
    const seed = trials.at(-1)!.sample.seed;
    return { kind: 'wants', trial: { commit: proposal.commit, seed, purpose: 'candidate', worth } };
  }
  return { kind: 'verdict', verdict: { kind: 'keep', reason, evidence } };
}

function basisOf({ error, freedom }: Estimate, { mean, deviation, luck }: Belief): Basis {
  return { kind: 'posterior', mean, deviation, luck, error, freedom };
}

function evidenceOf(
  { state }: Question,
  trials: readonly Measured[],
  reference: Reference,
  gain: number,
  basis: Basis,
): Comparison {
  const { objective } = state.study;
  return {
    candidate: turn(objective, meanOf(trials.map(({ sample }) => sample.value))),
    parent: turn(objective, meanOf(reference.samples.map(({ value }) => value))),
    gain,
    candidateTrials: trials.map(({ trial }) => trial.trial),
    parentTrials: reference.trials.map(({ trial }) => trial.trial),
    basis,
  };
}
