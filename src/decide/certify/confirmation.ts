import type { Certificate } from '../../model/certificate.ts';
import type { Commit, ExperimentId } from '../../model/identity.ts';
import type { WantedTrial } from '../../model/judge.ts';
import { championOn, endedTrialsOf, type StudyState } from '../../model/study.ts';
import { type Conditions, comparable, type EndedTrial, type Trial } from '../../model/trial.ts';
import { differenceInterval } from '../../statistics/confidence-sequence.ts';
import { pooled } from '../../statistics/noise.ts';
import { type HeadStart, logTEValue, momentsOf } from '../../statistics/t-e-process.ts';
import { freshTrials, turn } from '../learn/samples.ts';
import type { Question } from '../question.ts';
import { freshSeed } from '../seeds.ts';

const ENOUGH = Math.log(1000);
const ALPHA = 0.05;
/** Fresh trials of each side; a champion that is not confirmed by then is too near to what it is compared with. */
const MOST_PAIRS = 20;
/** In the rate of new ideas. */
const FACTOR = 1.2;

/**
 * The champion as a whole against the last one that was confirmed, else the baseline, on fresh seeds in turns: effects that hold
 * one by one need not add up.
 */
export function confirmation({ state, context, knowledge }: Question): {
  readonly wanted: WantedTrial[];
  readonly certificates: Certificate[];
} {
  const { commit, stack } = championOn(state, context.conditions.hardware);
  const against = lastConfirmed(state);
  const isWorth = against !== commit && (isCertified(state, stack) || isFixed(state, commit, stack));
  if (!isWorth) return { wanted: [], certificates: [] };
  const ours = trialsFor(state, commit, context.conditions);
  const theirs = trialsFor(state, against, context.conditions, ours.first);
  const comparison = {
    candidate: momentsOf(ours.values),
    champion: momentsOf(theirs.values),
    headStart: headStart(state, context.conditions, ours.first),
  };
  const logE = logTEValue(comparison);
  const trials = ours.values.length + theirs.values.length;
  if (logE >= ENOUGH) {
    const { low, high } = differenceInterval(comparison, ALPHA);
    const value = comparison.candidate.mean - comparison.champion.mean;
    const of = { kind: 'stack', champion: commit, against } as const;
    return {
      wanted: [],
      certificates: [{ of, method: 'pairs', logE, effect: { value, low, high }, trials }],
    };
  }
  if (theirs.started >= MOST_PAIRS) return { wanted: [], certificates: [] };
  const next = ours.started <= theirs.started ? commit : against;
  const seed = freshSeed(state, 0);
  return {
    wanted: [{ commit: next, seed, purpose: 'certify', worth: knowledge.rate * FACTOR }],
    certificates: [],
  };
}

/** What equal code showed before the first pair; the pairs' own spread counts once, by themselves. */
function headStart(state: StudyState, conditions: Conditions, before: number): HeadStart {
  const repeats = [...state.trialsOf.keys()].map((commit) =>
    freshTrials(state, commit, conditions)
      .filter(({ trial }) => trial.purpose !== 'certify' && trial.trial < before)
      .map(({ sample }) => sample.value),
  );
  const { variance, freedom } = pooled(repeats);
  return { squares: variance * freedom, freedom };
}

function lastConfirmed(state: StudyState): Commit {
  const last = state.certificates.findLast(({ of }) => of.kind === 'stack');
  return last?.of.champion ?? state.study.baseline;
}

/** Whether something in the champion was certified since it was confirmed last. */
function isCertified(state: StudyState, stack: readonly number[]): boolean {
  const last = state.certificates.findLastIndex(({ of }) => of.kind === 'stack');
  return state.certificates
    .slice(last + 1)
    .some(({ of }) => of.kind === 'change' && stack.includes(of.experiment));
}

/** Whether all of the champion that is not certified cannot be taken out, so that only a confirmation can speak for it. */
function isFixed(state: StudyState, commit: Commit, stack: readonly ExperimentId[]): boolean {
  const fixed = state.inseparable.get(commit);
  if (fixed === undefined || !stack.some((id) => fixed.has(id))) return false;
  const certified = state.certificates.flatMap(({ of }) => (of.kind === 'change' ? of.experiment : []));
  return stack.every((id) => fixed.has(id) || certified.includes(id));
}

/** Trials for a certificate of a commit as it is, from a number on, so that an earlier claim's do not count again. */
function trialsFor(state: StudyState, commit: Commit, conditions: Conditions, from = 0) {
  const counts = ({ trial, purpose, switchedOff, conditions: then }: Trial | EndedTrial) =>
    purpose === 'certify' && switchedOff === undefined && trial >= from && comparable(then, conditions);
  const ended = endedTrialsOf(state, commit).filter(counts);
  const values = ended.flatMap(({ outcome }) =>
    outcome.kind === 'completed' ? turn(state.study.objective, outcome.measurement.value) : [],
  );
  const running = [...state.running.values()].filter((trial) => trial.commit === commit && counts(trial));
  const first = Math.min(...[...ended, ...running].map(({ trial }) => trial));
  return { first: Number.isFinite(first) ? first : 0, started: ended.length + running.length, values };
}
