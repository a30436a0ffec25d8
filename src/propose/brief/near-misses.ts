import type { StudyState } from '../../model/study.ts';
import type { Comparison } from '../../model/verdict.ts';
import { describe } from './describe.ts';
import { effectOf, effectText } from './effect.ts';
import { fencedList } from './list.ts';
import type { BriefMaterial } from './material.ts';
import { type Section, titled } from './room.ts';

const MOST = 15;
const LONGEST = 240;
/** What a lead at the beginning of a trial is worth of a gain at its end. */
const OF_A_FORECAST = 1 / 3;

/** Discards that looked better by more than luck usually makes of nothing, the most believable first. */
export function nearMissesSection({ state, champion }: BriefMaterial, share: number): Section {
  const misses = [...state.experiments.values()].flatMap((experiment) => {
    if (experiment.status !== 'judged' || experiment.verdict.kind !== 'discard') return [];
    const { proposal, verdict } = experiment;
    const effect = effectOf(state, proposal.experiment, verdict);
    if (effect.kind !== 'perhaps better') return [];
    const where = proposal.parent === champion ? '' : ', on an earlier champion';
    const text = `#${proposal.experiment} ${proposal.category}: ${effectText(effect)}${where}: ${describe(proposal, LONGEST)}`;
    return [{ id: proposal.experiment, believed: believedOf(verdict.evidence), text }];
  });
  const best = misses.sort((a, b) => b.believed - a.believed || b.id - a.id).slice(0, MOST);
  const title = {
    title: 'Near misses worth combining',
    lead: 'Discarded, since each alone may be luck; two of them together, or one taken further, may be a gain. The most believable first.',
  };
  return {
    share,
    write: (room) => (best.length === 0 ? '' : titled(title, room, (inside) => fencedList(best, inside))),
  };
}

function believedOf({ gain, basis }: Comparison): number {
  switch (basis?.kind) {
    case 'posterior':
      return (1 - basis.luck) * gain;
    case 'forecast':
      return OF_A_FORECAST * gain;
    default:
      return gain;
  }
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
