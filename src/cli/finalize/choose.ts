import { certifiedIn, provisionalIn } from '../../model/certified.ts';
import type { ExperimentId } from '../../model/identity.ts';
import type { Program } from '../../model/program.ts';
import type { StudyState } from '../../model/study.ts';
import { standingOf } from '../standing.ts';

/** Which of the champion's changes are worth a branch. */
export interface Choice {
  readonly chosen: readonly ExperimentId[];
  /** Left out, since nothing has shown them on fresh seeds. */
  readonly provisional: readonly ExperimentId[];
}

/**
 * What was shown on fresh seeds: each change by itself, or, for one branch of all, with the champion as a whole. In a lab that is declared
 * deterministic there is no luck that could be shown: there each keep counts.
 */
export function chooseChanges(
  state: StudyState,
  { deterministic }: Pick<Program, 'deterministic'>,
  wish: { readonly provisional: boolean; readonly squash: boolean },
): Choice {
  const champion = standingOf(state);
  if (deterministic || wish.provisional) return { chosen: champion.stack, provisional: [] };
  const certified = certifiedIn(state);
  const provisional = wish.squash
    ? provisionalIn(state, champion)
    : champion.stack.filter((id) => !certified.has(id));
  const out = new Set(provisional);
  return { chosen: champion.stack.filter((id) => !out.has(id)), provisional };
}
