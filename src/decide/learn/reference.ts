import type { Commit } from '../../model/identity.ts';
import { championOn, type Experiment, type StudyState } from '../../model/study.ts';
import type { Conditions } from '../../model/trial.ts';
import type { Sample } from '../../statistics/noise.ts';
import { candidateTrials, freshTrials, type Measured } from './samples.ts';

/** Older trials of a champion are left out: a machine drifts, and its last dozen says enough. */
export const MOST_REFERENCES = 12;

/** What a candidate on this commit is compared with. */
export interface Reference {
  readonly commit: Commit;
  /** Larger is better. Those that made it champion are lower by the luck which the verdict took away. */
  readonly samples: readonly Sample[];
  readonly trials: readonly Measured[];
  /** How many of them were run since it was champion. */
  readonly fresh: number;
}

export function referenceOf(state: StudyState, commit: Commit, conditions: Conditions): Reference {
  const fresh = freshTrials(state, commit, conditions).slice(-MOST_REFERENCES);
  const seeds = new Set(fresh.map(({ sample }) => sample.seed));
  const room = MOST_REFERENCES - fresh.length;
  const picked = candidateTrials(state, commit, conditions).filter(({ sample }) => !seeds.has(sample.seed));
  const kept = room > 0 ? picked.slice(-room) : [];
  const luck = kept.length === 0 ? 0 : luckOf(state, commit, conditions);
  const lowered = kept.map(({ sample }) => ({ ...sample, value: sample.value - luck }));
  return {
    commit,
    samples: [...lowered, ...fresh.map(({ sample }) => sample)],
    trials: [...kept, ...fresh],
    fresh: fresh.length,
  };
}

/** By how much the verdict that made this commit champion believed less than it saw. */
function luckOf(state: StudyState, commit: Commit, { hardware }: Conditions): number {
  const experiment = keptAs(state, commit, championOn(state, hardware).stack);
  if (experiment?.status !== 'judged' || experiment.verdict.kind !== 'keep') return 0;
  const { gain, basis } = experiment.verdict.evidence;
  return basis?.kind === 'posterior' ? gain - basis.mean : 0;
}

/** The experiment whose commit this is: as a rule the champion's last, else one that was champion before. */
function keptAs(
  state: StudyState,
  commit: Commit,
  stack: readonly Experiment['proposal']['experiment'][],
): Experiment | undefined {
  for (const id of stack.toReversed()) {
    const experiment = state.experiments.get(id);
    if (experiment?.proposal.commit === commit) return experiment;
  }
  return undefined;
}
