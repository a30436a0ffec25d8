import type { Draft } from '../model/proposal.ts';
import type { Aside, Researcher } from '../model/researcher.ts';

/** After a thought without a draft the main researcher is left alone for so long, each time twice as long as before. Milliseconds. */
const FIRST_REST = 15_000;
const LONGEST_REST = 15 * 60_000;

export interface FallbackOptions {
  /** May fail: a model that cannot be reached, or says no. */
  readonly main: Researcher;
  /** Proposes while it rests, and where it has nothing. */
  readonly spare: Researcher;
  /** Milliseconds, of any clock that only goes forward. */
  readonly now: () => number;
  /** @default 15 s */
  readonly firstRest?: number;
}

/**
 * Two researchers as one: no slot waits for a model that cannot be reached, and none is asked without end that says nothing of use.
 */
export function createFallback({ main, spare, now, firstRest = FIRST_REST }: FallbackOptions): Researcher {
  let rest = firstRest;
  let restsUntil = Number.NEGATIVE_INFINITY;

  async function askMain(...asked: Parameters<Researcher['propose']>): Promise<Draft[]> {
    const drafts = await main.propose(...asked);
    if (drafts.length > 0) {
      rest = firstRest;
    } else {
      restsUntil = now() + rest;
      rest = Math.min(LONGEST_REST, rest * 2);
    }
    return drafts;
  }

  async function askSpare(...asked: Parameters<Researcher['propose']>): Promise<Draft[]> {
    const drafts = await spare.propose(...asked);
    return drafts.map((draft) => ({ ...draft, researcher: draft.researcher ?? spare.name }));
  }

  return {
    name: main.name,
    meanwhile: spare,
    async propose(brief, count, signal, tell) {
      let hasFailed = now() < restsUntil;
      const hear = (aside: Aside): void => {
        hasFailed ||= aside.kind === 'failed' || aside.kind === 'unusable';
        tell(aside);
      };
      const own = now() < restsUntil ? [] : await askMain(brief, count, signal, hear);
      const drafts = own.length > 0 ? own : await askSpare(brief, count, signal, tell);
      // Nobody has an idea, and one of them could not say: that is no end of the study.
      if (drafts.length === 0 && hasFailed)
        tell({ kind: 'rests', milliseconds: Math.max(0, restsUntil - now()) });
      return drafts;
    },
  };
}
