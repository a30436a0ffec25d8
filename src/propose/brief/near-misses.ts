import { nearMissesOf } from '../../model/effect.ts';
import type { StudyState } from '../../model/study.ts';
import { describe } from './describe.ts';
import { effectText } from './effect.ts';
import { fencedList } from './list.ts';
import type { BriefMaterial } from './material.ts';
import { type Section, titled } from './room.ts';

const MOST = 15;
const LONGEST = 240;

/** Discards that looked better by more than luck usually makes of nothing, the most believable first. */
export function nearMissesSection({ state, champion }: BriefMaterial, share: number): Section {
  const best = nearMissesOf(state)
    .slice(0, MOST)
    .map(({ experiment, effect }) => {
      const { proposal } = state.experiments.get(experiment)!;
      const where = proposal.parent === champion ? '' : ', on an earlier champion';
      return {
        text: `#${experiment} ${proposal.category}: ${effectText(effect)}${where}: ${describe(proposal, LONGEST)}`,
      };
    });
  const title = {
    title: 'Near misses worth combining',
    lead: 'Discarded, since each alone may be luck; two of them together, or one taken further, may be a gain. The most believable first.',
  };
  return {
    share,
    write: (room) => (best.length === 0 ? '' : titled(title, room, (inside) => fencedList(best, inside))),
  };
}

/** What is being tried at the moment, so that it is not proposed again. */
export function openSection(state: StudyState, share: number): Section {
  const open = [...state.open].flatMap((id) => {
    const proposal = state.experiments.get(id)?.proposal;
    return proposal ? [{ text: `#${id} ${proposal.category}: ${describe(proposal, LONGEST)}` }] : [];
  });
  const title = { title: 'Being tried now', lead: 'No verdict yet: propose something else.' };
  return {
    share,
    write: (room) =>
      open.length === 0 ? '' : titled(title, room, (inside) => fencedList(open.toReversed(), inside)),
  };
}
