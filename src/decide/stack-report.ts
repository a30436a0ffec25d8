import type { Champion } from '../model/champion.ts';
import type { ExperimentId } from '../model/identity.ts';
import type { StudyState } from '../model/study.ts';

/** The champion's changes that nothing certifies; none where it was confirmed as a whole. */
export function provisionalIn(state: StudyState, { commit, stack }: Champion): ExperimentId[] {
  const isConfirmed = state.certificates.some(({ of }) => of.kind === 'stack' && of.champion === commit);
  if (isConfirmed) return [];
  const certified = new Set(
    state.certificates.flatMap(({ of }) => (of.kind === 'change' ? of.experiment : [])),
  );
  return stack.filter((id) => !certified.has(id));
}
