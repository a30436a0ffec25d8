import { editKey } from '../../model/edit.ts';
import type { ExperimentId } from '../../model/identity.ts';
import type { StudyState } from '../../model/study.ts';
import type { Site } from '../sites/site.ts';
import type { History } from './history.ts';
import { type Move, moveTo } from './move.ts';

/** A kept change taken back, on a champion that has moved on since. */
export interface Ablation {
  readonly moves: readonly Move[];
  readonly kept: ExperimentId;
  /** How many changes were kept after it. */
  readonly since: number;
}

/**
 * What was kept long ago may have become useless or harmful by what was kept since: one of the champion's older changes, put
 * back. Undefined where none can be put back that was not already.
 */
export function ablationOf(
  state: StudyState,
  stack: readonly ExperimentId[],
  sites: ReadonlyMap<string, Site>,
  history: History,
  random: () => number,
): Ablation | undefined {
  const certified = new Set<ExperimentId>(
    state.certificates.flatMap(({ of }) => (of.kind === 'change' ? of.experiment : [])),
  );
  const candidates = stack.slice(0, -1).flatMap((kept, index) => {
    const edits = certified.has(kept) ? [] : (history.proposed.get(kept)?.edits ?? []);
    const moves = edits.flatMap(({ site: id, value, from }) => {
      const site = sites.get(id);
      const isStill = site !== undefined && 'value' in site && String(site.value) === value;
      return isStill && from !== undefined ? (moveTo(site, from) ?? []) : [];
    });
    const isWhole = moves.length > 0 && moves.length === edits.length;
    const key = editKey(moves.map(({ site, value }) => ({ site: site.id, value })));
    return isWhole && !history.isTried(key) ? [{ moves, kept, since: stack.length - 1 - index }] : [];
  });
  return candidates[Math.floor(random() * candidates.length)];
}
