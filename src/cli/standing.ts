import { referenceOf } from '../decide/learn/reference.ts';
import { turn } from '../decide/learn/samples.ts';
import type { Commit } from '../model/identity.ts';
import type { Score, Standing } from '../model/standing.ts';
import { championOn, endedTrialsOf, type StudyState } from '../model/study.ts';
import { type Conditions, comparable, type Measurement, speaksForCommit } from '../model/trial.ts';
import { meanOf } from '../statistics/noise.ts';

export function standingOf(state: StudyState): Standing {
  const { commit, stack } = championHere(state);
  const measured = completedOf(state, commit);
  const conditions = measured.at(-1)?.conditions;
  const standing = { commit, stack, keeps: countKeeps(state) };
  if (!conditions) return standing;
  const champion = scoreOf(state, commit, conditions);
  const baseline = scoreOf(state, state.study.baseline, conditions);
  if (baseline) return { ...standing, ...(champion && { champion }), baseline };
  const other = completedOf(state, state.study.baseline).at(-1);
  const baselineElsewhere = other && scoreOf(state, state.study.baseline, other.conditions);
  return {
    ...standing,
    ...(champion && { champion }),
    ...(baselineElsewhere && { baselineElsewhere }),
  };
}

function championHere(state: StudyState) {
  const hardware = state.engine?.hardware;
  return hardware ? championOn(state, hardware) : { commit: state.study.baseline, stack: [] };
}

function countKeeps(state: StudyState): number {
  let keeps = 0;
  for (const experiment of state.experiments.values()) {
    if (experiment.status === 'judged' && experiment.verdict.kind === 'keep') keeps += 1;
  }
  return keeps;
}

interface Completed {
  readonly conditions: Conditions;
  readonly measurement: Measurement;
}

function completedOf(state: StudyState, commit: Commit): Completed[] {
  return endedTrialsOf(state, commit).flatMap((trial) => {
    const { conditions, outcome } = trial;
    const counts = outcome.kind === 'completed' && speaksForCommit(trial);
    return counts ? [{ conditions, measurement: outcome.measurement }] : [];
  });
}

/** Never the score that made it champion: that counts as far as its verdict believed it. */
function scoreOf(state: StudyState, commit: Commit, conditions: Conditions): Score | undefined {
  const last = completedOf(state, commit).findLast((trial) => comparable(trial.conditions, conditions));
  const { samples } = referenceOf(state, commit, conditions);
  if (!last || samples.length === 0) return undefined;
  const value = turn(state.study.objective, meanOf(samples.map((sample) => sample.value)));
  return { value, source: last.measurement.source, trials: samples.length };
}
