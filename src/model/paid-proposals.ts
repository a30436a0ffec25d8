import type { ExperimentId } from './identity.ts';
import type { StudyState } from './study.ts';

/**
 * Proposals of researchers that are paid for thinking, by tokens or dollars; answers of theirs that could not be used are among them. One
 * that was carried over to another champion counts once.
 */
export function paidProposals({
  experiments,
  spending,
}: Pick<StudyState, 'experiments' | 'spending'>): number {
  const last = new Map<string, ExperimentId>();
  let count = 0;
  for (const { proposal } of experiments.values()) last.set(proposal.edit, proposal.experiment);
  for (const { status, proposal } of experiments.values()) {
    const { origin, edit, experiment } = proposal;
    if (origin.kind !== 'researcher' || !spending.has(origin.name)) continue;
    // What is set aside and proposed again is the same proposal.
    if (status !== 'set-aside' || last.get(edit) === experiment) count += 1;
  }
  return count;
}
