import type { TrialId } from '../model/identity.ts';
import type { StudyState } from '../model/study.ts';

/** A thought that takes a smaller share of a trial keeps no slot waiting, and is the better the later it is thought. */
const NEGLIGIBLE = 0.1;
/** Trials that one thought is ahead of, at most: what is thought further ahead is thought about an older champion. */
const MOST_AHEAD = 4;
/** Trials that are looked at to know how long one takes, the newest. */
const LOOKED_AT = 8;

/**
 * How many proposals should wait, so that no slot waits for a thought: one a slot, and one more for each trial that passes while somebody
 * thinks.
 *
 * @param thoughtSeconds how long the last thoughts took, 0 where none is known
 */
export function depthOf(state: StudyState, slots: number, thoughtSeconds: number): number {
  const trialSeconds = usualTrial(state);
  if (trialSeconds === undefined || thoughtSeconds <= NEGLIGIBLE * trialSeconds) return slots;
  return slots * (1 + Math.min(MOST_AHEAD, Math.ceil(thoughtSeconds / trialSeconds)));
}

/** Proposals that no trial has been started for. */
export function waitingProposals({ open, trialsOf, experiments }: StudyState): number {
  let count = 0;
  for (const id of open) if (!trialsOf.has(experiments.get(id)!.proposal.commit)) count++;
  return count;
}

/** Wall seconds of the newest trials, on average; undefined before the first has ended. */
function usualTrial({ ended, nextTrial }: StudyState): number | undefined {
  let sum = 0;
  let count = 0;
  for (let id = nextTrial - 1; id >= 1 && count < LOOKED_AT; id--) {
    const trial = ended.get(id as TrialId);
    // What the machine spoiled tells nothing, and a trial that was lost took no time.
    if (trial === undefined || trial.outcome.kind === 'fault' || trial.usage.wallSeconds === 0) continue;
    sum += trial.usage.wallSeconds;
    count += 1;
  }
  return count === 0 ? undefined : sum / count;
}
