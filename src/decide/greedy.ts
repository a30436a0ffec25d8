import { BOUNDS, shorten } from '../model/bound.ts';
import type { Commit } from '../model/identity.ts';
import type { Decision, Judge, JudgeContext, Judgement, WantedTrial } from '../model/judge.ts';
import { gain } from '../model/objective.ts';
import type { Program } from '../model/program.ts';
import type { Proposal } from '../model/proposal.ts';
import { seedOf } from '../model/random.ts';
import { championOn, type Experiment, endedTrialsOf, type StudyState } from '../model/study.ts';
import { comparable, type EndedTrial } from '../model/trial.ts';
import type { Comparison, Verdict } from '../model/verdict.ts';

/** A commit whose trials met this many faults of the machine under one engine is given up, and says so. */
const MOST_FAULTS = 3;

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
    if (resultOf(state, commit, context).kind === 'none') unmeasured.add(commit);
  };

  needsParent(champion);
  for (const experiment of openExperiments(state)) {
    const { proposal } = experiment;
    const verdict = judge(state, proposal, context);
    if (verdict) {
      const reason = shorten(verdict.reason, BOUNDS.reason);
      verdicts.push({ experiment: proposal.experiment, verdict: { ...verdict, reason } });
      continue;
    }
    needsParent(proposal.parent);
    if (!isRunning(state, proposal.commit) && resultOf(state, proposal.commit, context).kind === 'none') {
      wanted.push({ ...trialOf(state, proposal.commit), purpose: 'candidate', worth: worthOf(proposal) });
    }
  }
  for (const commit of unmeasured) {
    if (isRunning(state, commit)) continue;
    wanted.unshift({ ...trialOf(state, commit), purpose: 'champion', worth: WORTH.parent });
  }
  wanted.sort((a, b) => b.worth - a.worth);
  const decision: Decision = { verdicts, withdrawals: [], wanted: wanted.slice(0, freeSlots) };
  const failed = failedTrial(resultOf(state, champion, context));
  return failed ? { ...decision, impasse: { trial: failed.trial, outcome: failed.outcome } } : decision;
};

/** Without knowledge of luck, worth is only an order: no verdict without its parent, no lost win, then the queue. */
const WORTH = { parent: 3, merge: 2, candidate: 1 };

function worthOf(proposal: Proposal): number {
  return proposal.origin.kind === 'merge' ? WORTH.merge : WORTH.candidate;
}

function trialOf(state: StudyState, commit: Commit): { commit: Commit; seed: number } {
  return { commit, seed: seedOf(state.study.seed, 0) };
}

function* openExperiments(state: StudyState): Generator<Experiment> {
  for (const id of state.open) yield state.experiments.get(id)!;
}

function isRunning(state: StudyState, commit: Commit): boolean {
  return (state.trialsOf.get(commit) ?? []).some((trial) => state.running.has(trial));
}

type Result =
  | { readonly kind: 'none' }
  | { readonly kind: 'faults'; readonly trials: readonly EndedTrial[] }
  | { readonly kind: 'ended'; readonly trial: EndedTrial };

/** The trial of a commit that counts: the last one under today's conditions that the machine did not spoil. */
function resultOf(state: StudyState, commit: Commit, { conditions }: JudgeContext): Result {
  const trials = endedTrialsOf(state, commit).filter(
    (trial) => trial.purpose !== 'replay' && comparable(trial.conditions, conditions),
  );
  const counted = trials.findLast(
    (trial) => trial.outcome.kind !== 'fault' && trial.outcome.kind !== 'cancelled',
  );
  if (counted) return { kind: 'ended', trial: counted };
  const faults = trials.filter(
    ({ trial, outcome }) => outcome.kind === 'fault' && trial >= state.engineSince,
  );
  return faults.length >= MOST_FAULTS ? { kind: 'faults', trials: faults } : { kind: 'none' };
}

function failedTrial(result: Result): EndedTrial | undefined {
  switch (result.kind) {
    case 'none':
      return undefined;
    case 'faults':
      return result.trials.at(-1);
    case 'ended':
      return result.trial.outcome.kind === 'completed' ? undefined : result.trial;
    default:
      return result satisfies never;
  }
}

function judge(state: StudyState, proposal: Proposal, context: JudgeContext): Verdict | undefined {
  const result = resultOf(state, proposal.commit, context);
  switch (result.kind) {
    case 'none':
      return undefined;
    case 'faults':
      return {
        kind: 'inconclusive',
        reason: `the machine failed ${result.trials.length} trials of it: ${faultOf(result.trials.at(-1))}`,
        evidence: { trials: result.trials.map((trial) => trial.trial) },
      };
    case 'ended':
      return judgeEnded(state, proposal, result.trial, context);
    default:
      return result satisfies never;
  }
}

function faultOf(trial: EndedTrial | undefined): string {
  return trial?.outcome.kind === 'fault' ? trial.outcome.reason : '';
}

function judgeEnded(
  state: StudyState,
  proposal: Proposal,
  ended: EndedTrial,
  context: JudgeContext,
): Verdict | undefined {
  const { outcome, trial } = ended;
  switch (outcome.kind) {
    case 'completed':
      return compare(state, proposal, ended, outcome.measurement.value, outcome.others, context);
    case 'crash':
      return { kind: 'crash', reason: outcome.how, evidence: { trial, stage: outcome.stage } };
    case 'timeout': {
      const { type, value, limit } = outcome.exceeded;
      const reason = `${outcome.stage} used ${value.toFixed(1)} s of ${type} time; the limit is ${limit} s`;
      return { kind: 'timeout', reason, evidence: { trial, exceeded: outcome.exceeded } };
    }
    case 'invalid':
      return { kind: 'invalid', reason: outcome.reason, evidence: { trial } };
    case 'fault':
    case 'cancelled':
      return undefined;
    default:
      return outcome satisfies never;
  }
}

function compare(
  state: StudyState,
  proposal: Proposal,
  ended: EndedTrial,
  value: number,
  others: Readonly<Record<string, number>>,
  context: JudgeContext,
): Verdict | undefined {
  const parent = resultOf(state, proposal.parent, context);
  if (parent.kind !== 'ended' || parent.trial.outcome.kind !== 'completed') return undefined;
  const parentValue = parent.trial.outcome.measurement.value;
  const { objective } = state.study;
  const gained = gain(objective, parentValue, value);
  if (!Number.isFinite(gained)) {
    const reason = `from ${parentValue} to ${value} is further than a number can say`;
    return { kind: 'invalid', reason, evidence: { trial: ended.trial } };
  }
  const evidence: Comparison = {
    candidate: value,
    parent: parentValue,
    gain: gained,
    candidateTrials: [ended.trial],
    parentTrials: [parent.trial.trial],
  };
  const unit = objective.unit === '' ? '' : ` ${objective.unit}`;
  if (evidence.gain > objective.minimumEffect) {
    const broken = brokenGuard(context.program, others);
    if (broken) return { kind: 'discard', reason: broken, evidence };
    return { kind: 'keep', reason: `better by ${digits(evidence.gain)}${unit}`, evidence };
  }
  const { size } = proposal;
  if (evidence.gain === 0 && size && size.after < size.before) {
    const reason = `equal, and simpler by ${size.before - size.after} syntax nodes`;
    return { kind: 'keep', reason, evidence: { ...evidence, size } };
  }
  return { kind: 'discard', reason: discardReason(evidence.gain, objective.minimumEffect, unit), evidence };
}

function discardReason(gained: number, minimumEffect: number, unit: string): string {
  if (gained === 0) return 'no difference';
  if (gained < 0) return `worse by ${digits(-gained)}${unit}`;
  return `better by only ${digits(gained)}${unit}; the smallest effect worth keeping is ${minimumEffect}`;
}

function brokenGuard(program: Program, others: Readonly<Record<string, number>>): string | undefined {
  for (const guard of program.guards) {
    const value = others[guard.name];
    if (value === undefined) return `better, but the guard ${guard.name} was not measured`;
    if (guard.max !== undefined && value > guard.max) {
      return `better, but ${guard.name} is ${digits(value)}, above ${guard.max}`;
    }
    if (guard.min !== undefined && value < guard.min) {
      return `better, but ${guard.name} is ${digits(value)}, below ${guard.min}`;
    }
  }
  return undefined;
}

/** Four significant digits, without an exponent where a person would write none. */
function digits(value: number): string {
  return String(Number(value.toPrecision(4)));
}
