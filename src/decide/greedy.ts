import { BOUNDS, shorten } from '../model/bound.ts';
import type { Commit } from '../model/identity.ts';
import type { Decision, Judge, JudgeContext, Judgement, WantedTrial } from '../model/judge.ts';
import { gain } from '../model/objective.ts';
import { type Proposal, queueOf, type SyntaxSize } from '../model/proposal.ts';
import { seedOf } from '../model/random.ts';
import { championOn, type Experiment, type StudyState } from '../model/study.ts';
import type { Conditions, EndedTrial, Outcome } from '../model/trial.ts';
import type { Comparison, Verdict } from '../model/verdict.ts';
import { digits } from './digits.ts';
import { failureVerdict, faultsVerdict } from './failure.ts';
import { brokenByMean } from './guards.ts';
import { failedTrial, isRunning, resultOf } from './result.ts';

/**
 * The greedy rule: one trial a candidate, on the seed that its parent ran; kept when it is better by more than the
 * objective's smallest effect, or equal with fewer syntax nodes. It knows nothing of luck: a better judge replaces it.
 */
export const greedy: Judge = (state, freeSlots, context) => {
  const verdicts: Judgement[] = [];
  const wanted: WantedTrial[] = [];
  const champion = championOn(state, context.conditions.hardware).commit;
  const unmeasured = new Set<Commit>();
  const needsParent = (commit: Commit) => {
    if (resultOf(state, commit, context.conditions).kind === 'none') unmeasured.add(commit);
  };

  needsParent(champion);
  for (const experiment of openExperiments(state)) {
    const { proposal } = experiment;
    const finding = judge(state, proposal, context);
    if (finding.kind === 'verdict') {
      const { verdict } = finding;
      const reason = shorten(verdict.reason, BOUNDS.reason);
      verdicts.push({ experiment: proposal.experiment, verdict: { ...verdict, reason } });
      continue;
    }
    needsParent(proposal.parent);
    if (finding.kind === 'waits-for-parent' || isRunning(state, proposal.commit)) continue;
    const worth = finding.kind === 'lacks-checks' ? WORTH.checks : worthOf(proposal);
    wanted.push({ ...trialOf(state, proposal.commit), purpose: 'candidate', worth });
  }
  for (const commit of unmeasured) {
    if (isRunning(state, commit)) continue;
    wanted.unshift({ ...trialOf(state, commit), purpose: 'champion', worth: WORTH.parent });
  }
  wanted.sort((a, b) => b.worth - a.worth);
  const decision: Decision = {
    verdicts,
    withdrawals: [],
    certificates: [],
    stops: [],
    wanted: wanted.slice(0, freeSlots),
  };
  const failed = failedTrial(resultOf(state, champion, context.conditions));
  return failed ? { ...decision, impasse: { trial: failed.trial, outcome: failed.outcome } } : decision;
};

/** Without knowledge of luck, worth is only an order: no verdict without its parent, no lost win, then the queue. */
const WORTH = { parent: 5, suggestion: 4, checks: 3, merge: 2, researcher: 1 };

function worthOf(proposal: Proposal): number {
  return WORTH[queueOf(proposal.origin)];
}

function trialOf(state: StudyState, commit: Commit): { commit: Commit; seed: number } {
  return { commit, seed: seedOf(state.study.seed, 0) };
}

function* openExperiments(state: StudyState): Generator<Experiment> {
  for (const id of state.open) yield state.experiments.get(id)!;
}

/** What the evidence on one proposal amounts to so far. */
type Finding =
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | { readonly kind: 'lacks-trial' }
  /** It would be a keep: its commit has to be run once more, with the lab's checks. */
  | { readonly kind: 'lacks-checks' }
  | { readonly kind: 'waits-for-parent' };

const LACKS_TRIAL: Finding = { kind: 'lacks-trial' };
const LACKS_CHECKS: Finding = { kind: 'lacks-checks' };
const WAITS_FOR_PARENT: Finding = { kind: 'waits-for-parent' };

function verdictOf(verdict: Verdict): Finding {
  return { kind: 'verdict', verdict };
}

function judge(state: StudyState, proposal: Proposal, context: JudgeContext): Finding {
  const result = resultOf(state, proposal.commit, context.conditions);
  switch (result.kind) {
    case 'none':
      return LACKS_TRIAL;
    case 'faults':
      return verdictOf(faultsVerdict(result.trials));
    case 'ended':
      return judgeEnded(state, proposal, result.trial, context);
    default:
      return result satisfies never;
  }
}

function judgeEnded(
  state: StudyState,
  proposal: Proposal,
  ended: EndedTrial,
  context: JudgeContext,
): Finding {
  const failure = failureVerdict(ended);
  if (failure) return verdictOf(failure);
  const { outcome } = ended;
  return outcome.kind === 'completed'
    ? compare(state, proposal, { ...ended, outcome }, context)
    : LACKS_TRIAL;
}

type Completed = EndedTrial & { readonly outcome: Outcome & { kind: 'completed' } };

function compare(
  state: StudyState,
  proposal: Proposal,
  candidate: Completed,
  { program, conditions }: JudgeContext,
): Finding {
  const result = resultOf(state, proposal.parent, conditions);
  const failed = failedTrial(result);
  if (failed) return withoutParent(state, proposal, candidate, failed, conditions);
  if (result.kind !== 'ended' || result.trial.outcome.kind !== 'completed') return WAITS_FOR_PARENT;
  const { objective } = state.study;
  const { value } = candidate.outcome.measurement;
  const parentValue = result.trial.outcome.measurement.value;
  const gained = gain(objective, parentValue, value);
  if (!Number.isFinite(gained)) {
    const reason = `from ${parentValue} to ${value} is further than a number can say`;
    return verdictOf({ kind: 'invalid', reason, evidence: { trial: candidate.trial } });
  }
  const evidence: Comparison = {
    candidate: value,
    parent: parentValue,
    gain: gained,
    candidateTrials: [candidate.trial],
    parentTrials: [result.trial.trial],
  };
  const unit = objective.unit === '' ? '' : ` ${objective.unit}`;
  const merit = meritOf(proposal, gained, objective.minimumEffect, unit);
  if (!merit) {
    const reason = discardReason(gained, objective.minimumEffect, unit);
    return verdictOf({ kind: 'discard', reason, evidence });
  }
  const broken = brokenByMean(program.guards, [candidate]);
  if (broken) return verdictOf({ kind: 'discard', reason: `${merit.word}, but ${broken}`, evidence });
  // They were not worth their time by what was known of the parent then, or came into the program since.
  if (program.checks !== undefined && candidate.outcome.checks === undefined) return LACKS_CHECKS;
  const { reason, size } = merit;
  return verdictOf({ kind: 'keep', reason, evidence: size === undefined ? evidence : { ...evidence, size } });
}

/** The parent of a proposal on an earlier champion may fail where today's conditions are new to it. */
function withoutParent(
  state: StudyState,
  { parent }: Proposal,
  candidate: Completed,
  failed: EndedTrial,
  { hardware }: Conditions,
): Finding {
  // On the champion nothing at all can be judged: that is an impasse, which somebody may mend.
  if (parent === championOn(state, hardware).commit) return WAITS_FOR_PARENT;
  const reason = `trial ${failed.trial} of its parent, which is no longer the champion, gave nothing to compare with`;
  const evidence = { trials: [candidate.trial, failed.trial] };
  return verdictOf({ kind: 'inconclusive', reason, evidence });
}

/** What speaks for a keep. */
interface Merit {
  readonly word: 'better' | 'simpler';
  readonly reason: string;
  readonly size?: SyntaxSize;
}

function meritOf({ size }: Proposal, gained: number, minimumEffect: number, unit: string): Merit | undefined {
  if (gained > minimumEffect) return { word: 'better', reason: `better by ${digits(gained)}${unit}` };
  if (gained !== 0 || !size || size.after >= size.before) return undefined;
  const reason = `equal, and simpler by ${size.before - size.after} syntax nodes`;
  return { word: 'simpler', reason, size };
}

function discardReason(gained: number, minimumEffect: number, unit: string): string {
  if (gained === 0) return 'no difference';
  if (gained < 0) return `worse by ${digits(-gained)}${unit}`;
  return `better by only ${digits(gained)}${unit}; the smallest effect worth keeping is ${minimumEffect}`;
}
