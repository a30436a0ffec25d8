import type { Commit } from '../model/identity.ts';
import { endedTrialsOf, type StudyState } from '../model/study.ts';
import {
  type Conditions,
  comparable,
  type EndedTrial,
  type Outcome,
  speaksForCommit,
} from '../model/trial.ts';

/** A commit whose trials met this many faults of the machine under one engine is given up, and says so. */
export const MOST_FAULTS = 3;

/** What is known of a commit under today's conditions. */
export type Result =
  | { readonly kind: 'none' }
  | { readonly kind: 'faults'; readonly trials: readonly EndedTrial[] }
  | { readonly kind: 'ended'; readonly trial: EndedTrial };

/** The trial of a commit that counts: the last one under these conditions that was let run to its end. */
export function resultOf(state: StudyState, commit: Commit, conditions: Conditions): Result {
  const trials = endedTrialsOf(state, commit).filter(
    (trial) => speaksForCommit(trial) && comparable(trial.conditions, conditions),
  );
  const counted = trials.findLast(({ outcome }) => !isCutShort(outcome));
  if (counted) return { kind: 'ended', trial: counted };
  const faults = trials.filter(
    ({ trial, outcome }) => outcome.kind === 'fault' && trial >= state.engineSince,
  );
  return faults.length >= MOST_FAULTS ? { kind: 'faults', trials: faults } : { kind: 'none' };
}

/** Ended by something else than itself, which says nothing of what it would have come to. */
function isCutShort({ kind }: Outcome): boolean {
  return kind === 'fault' || kind === 'cancelled' || kind === 'stopped';
}

/** The trial that keeps a commit from a measurement, where there is one. */
export function failedTrial(result: Result): EndedTrial | undefined {
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

/** How many of a commit's last trials failed by their own doing, one after the other. */
export function failuresInARow(state: StudyState, commit: Commit, conditions: Conditions): number {
  const trials = endedTrialsOf(state, commit).filter(
    (trial) =>
      speaksForCommit(trial) && comparable(trial.conditions, conditions) && !isCutShort(trial.outcome),
  );
  return trials.length - 1 - trials.findLastIndex(({ outcome }) => outcome.kind === 'completed');
}

export function isRunning(state: StudyState, commit: Commit): boolean {
  return (state.trialsOf.get(commit) ?? []).some((trial) => state.running.has(trial));
}
