import { byCategory, byResearcher, bySite, deadEnds } from '../../record/findings/groups.ts';
import { championTree, keptChanges } from '../../record/findings/stack.ts';
import type { PageDesk, PageLook } from './page-desk.ts';
import type { Learned } from './wire.ts';

/** Sites and dead ends that are listed, of those that gained or were tried most. */
const MOST_SITES = 200;
const MOST_DEAD_ENDS = 200;
/** Keeps in the tree of champions: the newest. */
const MOST_CHAMPIONS = 500;

/** Remembers the answer until the ledger moves on. */
export function createLearned(desk: PageDesk): (look: PageLook) => Learned {
  let made: Learned | undefined;
  return (look) => {
    if (made?.sequence !== look.sequence) made = learnedOf(desk, look);
    return made;
  };
}

function learnedOf(desk: PageDesk, { state, sequence }: PageLook): Learned {
  const weighed = desk.weigh(state);
  const categories = byCategory(state);
  const sites = bySite(state);
  return {
    study: state.study.study,
    sequence,
    categories,
    sites: sites.slice(0, MOST_SITES),
    siteCount: sites.length,
    researchers: byResearcher(state),
    deadEnds: deadEnds(categories, sites).slice(0, MOST_DEAD_ENDS),
    changes: keptChanges(state, weighed),
    champions: championTree(state, weighed.standing.stack).slice(-MOST_CHAMPIONS),
  };
}
