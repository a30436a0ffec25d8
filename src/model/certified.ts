import type { Champion } from './champion.ts';
import type { ExperimentId } from './identity.ts';
import type { StudyState } from './study.ts';

/** The champion's changes that nothing certifies; none where it was confirmed as a whole. */
export function provisionalIn(state: StudyState, { commit, stack }: Champion): ExperimentId[] {
  const isConfirmed = state.certificates.some(({ of }) => of.kind === 'stack' && of.champion === commit);
  if (isConfirmed) return [];
  const certified = certifiedIn(state);
  return stack.filter((id) => !certified.has(id));
}

/** Whether an experiment is a keep that is more likely a gain than luck, and not shown on fresh seeds. */
export function isProvisional(state: StudyState, id: ExperimentId): boolean {
  const experiment = state.experiments.get(id);
  if (experiment?.status !== 'judged' || experiment.verdict.kind !== 'keep') return false;
  const isWeighed = experiment.verdict.evidence.basis?.kind === 'posterior';
  return isWeighed && !state.withdrawn.has(id) && !certifiedIn(state).has(id);
}

/** The changes that were shown on fresh seeds, at any time. */
export function certifiedIn({ certificates }: StudyState): ReadonlySet<ExperimentId> {
  return new Set(certificates.flatMap(({ of }) => (of.kind === 'change' ? of.experiment : [])));
}

/** Of the uncertified changes of a stack, how many are expected to be luck: the sum of their chances. */
export function expectedLuck(state: StudyState, stack: readonly ExperimentId[]): number {
  const certified = certifiedIn(state);
  let sum = 0;
  for (const id of stack) {
    const experiment = state.experiments.get(id);
    if (certified.has(id) || experiment?.status !== 'judged') continue;
    const { verdict } = experiment;
    if (verdict.kind === 'keep' && verdict.evidence.basis?.kind === 'posterior')
      sum += verdict.evidence.basis.luck;
  }
  return sum;
}
