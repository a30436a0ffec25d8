import { setTimeout as sleep } from 'node:timers/promises';
import type { Draft } from '../model/proposal.ts';
import type { Aside, Researcher } from '../model/researcher.ts';

/** After a failure the main researcher is left alone for so long, each time twice as long as before. Milliseconds. */
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

/** Two researchers as one that does not fail: no slot waits for a model that cannot be reached. */
export function createFallback({ main, spare, now, firstRest = FIRST_REST }: FallbackOptions): Researcher {
  let rest = firstRest;
  let restsUntil = Number.NEGATIVE_INFINITY;

  /** Asks the main one, and lets it rest where it fails. */
  async function askMain(
    ...[brief, count, signal, tell]: Parameters<Researcher['propose']>
  ): Promise<Draft[]> {
    let hasFailed = false;
    const drafts = await main.propose(brief, count, signal, (aside: Aside) => {
      hasFailed ||= aside.kind === 'failed';
      tell(aside);
    });
    if (hasFailed) {
      restsUntil = now() + rest;
      rest = Math.min(LONGEST_REST, rest * 2);
    } else {
      rest = firstRest;
    }
    return drafts;
  }

  async function askSpare(...asked: Parameters<Researcher['propose']>): Promise<Draft[]> {
    const drafts = await spare.propose(...asked);
    return drafts.map((draft) => ({ ...draft, researcher: draft.researcher ?? spare.name }));
  }

  return {
    name: main.name,
    async propose(brief, count, signal, tell) {
      for (;;) {
        const drafts = now() < restsUntil ? [] : await askMain(brief, count, signal, tell);
        if (drafts.length === 0) drafts.push(...(await askSpare(brief, count, signal, tell)));
        const left = restsUntil - now();
        if (drafts.length > 0 || left <= 0) return drafts;
        // Nobody has an idea, and one of them could not be asked: that is no end of the study.
        await sleep(left, undefined, { signal });
      }
    },
  };
}
