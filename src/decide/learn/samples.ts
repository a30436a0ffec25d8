import type { Commit } from '../../model/identity.ts';
import type { Objective } from '../../model/objective.ts';
import { endedTrialsOf, type StudyState } from '../../model/study.ts';
import { type Conditions, comparable, type EndedTrial, type Purpose } from '../../model/trial.ts';
import type { Sample } from '../../statistics/noise.ts';

/** A trial that completed, with its value turned so that larger is better. */
export interface Measured {
  readonly trial: EndedTrial;
  readonly sample: Sample;
}

/** Trials of a candidate on its way to a verdict. */
const CANDIDATE: readonly Purpose[] = ['candidate', 'audit'];
/** Trials of a commit that was champion already: nothing was picked because of them. */
const FRESH: readonly Purpose[] = ['champion', 'noise', 'certify'];

/** The metric's value turned so that larger is better; `turn` again gives it back. */
export function turn({ direction }: Objective, value: number): number {
  return direction === 'maximize' ? value : -value;
}

/** Completed trials under these conditions that count for a candidate's verdict, oldest first, one a seed. */
export function candidateTrials(state: StudyState, commit: Commit, conditions: Conditions): Measured[] {
  return measured(state, commit, conditions, CANDIDATE);
}

/** Completed trials of a commit since it was champion, oldest first, one a seed. */
export function freshTrials(state: StudyState, commit: Commit, conditions: Conditions): Measured[] {
  return measured(state, commit, conditions, FRESH);
}

function measured(
  state: StudyState,
  commit: Commit,
  conditions: Conditions,
  purposes: readonly Purpose[],
): Measured[] {
  const bySeed = new Map<number, Measured>();
  for (const trial of endedTrialsOf(state, commit)) {
    if (!purposes.includes(trial.purpose) || !comparable(trial.conditions, conditions)) continue;
    if (trial.outcome.kind !== 'completed') continue;
    const value = turn(state.study.objective, trial.outcome.measurement.value);
    // The same commit under the same seed again, as for its checks, says nothing new of luck: it takes the place of the first.
    bySeed.delete(trial.seed);
    bySeed.set(trial.seed, { trial, sample: { seed: trial.seed, value } });
  }
  return [...bySeed.values()];
}

export function samplesOf(trials: readonly Measured[]): Sample[] {
  return trials.map(({ sample }) => sample);
}
