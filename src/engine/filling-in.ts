import type { Commit } from '../model/identity.ts';
import type { Brief, Researcher } from '../model/researcher.ts';
import type { AddDrafts } from './adding.ts';
import { waitingProposals } from './depth.ts';
import type { Engine } from './engine.ts';
import { wakeAfter } from './resting.ts';
import { think } from './thinking.ts';

/** So long an empty slot waits for a thought before somebody else fills in, in milliseconds. */
const LONG_THOUGHT = 1000;

/** Somebody quick and free of cost, for slots that stand empty while another one thinks for long. */
export interface FillingIn {
  /** The other one begins to think. */
  begin(): void;
  /** While it thinks about this champion: fills slots that stand empty, once it has taken long. */
  fill(champion: Commit): void;
  readonly isBusy: boolean;
}

export interface FillingInParts {
  readonly briefNow: () => Promise<Brief>;
  readonly add: AddDrafts;
}

export function createFillingIn(engine: Engine, { briefNow, add }: FillingInParts): FillingIn {
  const { meanwhile } = engine.researcher;
  let since = 0;
  let isBusy = false;
  /** Where the one that fills in has no idea either. */
  let emptyHandedAt: Commit | undefined;

  async function thinkMeanwhile(quick: Researcher, count: number): Promise<void> {
    const brief = await briefNow();
    const thought = await think(engine, { researcher: quick, brief, count, add });
    if (thought === undefined) return;
    const origin = { kind: 'researcher', name: quick.name } as const;
    const added = thought.added + (await add(thought.drafts, brief.champion, () => origin));
    emptyHandedAt = added === 0 ? brief.champion : undefined;
  }

  return {
    begin() {
      since = performance.now();
      if (meanwhile !== undefined) wakeAfter(engine, LONG_THOUGHT);
    },
    fill(champion) {
      const empty = engine.board.free().length - waitingProposals(engine.ledger.state);
      const isLong = performance.now() - since >= LONG_THOUGHT;
      if (meanwhile === undefined || !isLong || isBusy || empty <= 0 || emptyHandedAt === champion) return;
      isBusy = true;
      engine.errands.run(thinkMeanwhile(meanwhile, empty).finally(() => (isBusy = false)));
    },
    get isBusy() {
      return isBusy;
    },
  };
}
