import { join } from 'node:path';
import type { Commit } from '../model/identity.ts';
import type { Decision } from '../model/judge.ts';
import type { Draft, Origin } from '../model/proposal.ts';
import { championOn } from '../model/study.ts';
import { type AddDrafts, addDrafts } from './adding.ts';
import { createBriefing } from './briefing.ts';
import { depthOf, waitingProposals } from './depth.ts';
import type { Ending } from './ending.ts';
import type { Engine } from './engine.ts';
import { createFillingIn } from './filling-in.ts';
import { guestsAttached } from './guests.ts';
import { mergeKept } from './merging.ts';
import { proposalsLeft, spentLimit } from './paid.ts';
import { rebase, watchSuperseded } from './rebasing.ts';
import { createResting } from './resting.ts';
import { takeSuggestions, waitingSuggestions } from './suggestions.ts';
import { addUnusable, think } from './thinking.ts';

/** How much the last thought counts for how long the next one takes. */
const RECENT = 0.5;

export interface Proposing {
  /**
   * Starts thinking in the background where fewer proposals wait than should. A thought knows the study as it stands
   * now, whatever comes in meanwhile: with one slot, equal seeds make equal studies.
   */
  refill(): void;
  /** When nothing is open and the judge wants no trial: that nobody may think any more, or has a further idea on this champion. */
  ending(decision: Decision): Ending | undefined;
}

export function createProposing(engine: Engine): Proposing {
  const lab = join(engine.repository.root, engine.repository.prefix);
  const briefNow = createBriefing(engine);
  const add: AddDrafts = (...added) => inTurn(() => addDrafts(engine, ...added));
  const fillingIn = createFillingIn(engine, { briefNow, add });
  const resting = createResting(engine);
  const superseded = watchSuperseded(engine);
  let thinking = false;
  let thoughtSeconds = 0;
  let exhaustedAt: Commit | undefined;
  let listening = false;
  /** Proposals that are being carried over to the champion. */
  let rebasing = 0;
  let lastTurn: Promise<unknown> = Promise.resolve();
  const originOf = ({ researcher = engine.researcher.name }: Draft): Origin => {
    return { kind: 'researcher', name: researcher };
  };

  /** What takes numbers of experiments does so one after the other. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = lastTurn.then(work);
    lastTurn = turn.catch(() => undefined);
    return turn;
  }

  async function thinkAhead(count: number): Promise<void> {
    await inTurn(() => mergeKept(engine));
    const brief = await briefNow();
    const { champion } = brief;
    const began = performance.now();
    const thought = await think(engine, { researcher: engine.researcher, brief, count, add });
    if (thought === undefined) return;
    // Built-in search is quick, and what it does must not hang on the machine's speed.
    if (thought.isPaid)
      thoughtSeconds = RECENT * ((performance.now() - began) / 1000) + (1 - RECENT) * thoughtSeconds;
    const added = thought.added + (await add(thought.drafts, champion, originOf));
    await inTurn(() => addUnusable(engine, thought.unusable, champion));
    exhaustedAt = added === 0 && thought.rests === undefined ? champion : undefined;
    if (added === 0 && thought.rests !== undefined) resting.begin(champion, thought.rests);
  }

  async function listen(): Promise<void> {
    const champion = championOn(engine.ledger.state, engine.conditions.hardware).commit;
    await takeSuggestions(engine, champion, (drafts, parent, origin) => add(drafts, parent, () => origin));
  }

  function carryOver(): void {
    for (const experiment of superseded.take()) {
      rebasing += 1;
      engine.errands.run(inTurn(() => rebase(engine, experiment)).finally(() => (rebasing -= 1)));
    }
  }

  return {
    refill() {
      carryOver();
      if (!listening && waitingSuggestions(lab).length > 0) {
        listening = true;
        engine.errands.run(listen().finally(() => (listening = false)));
      }
      // What a person or an agent suggests, and what was paid for, runs before what would be thought meanwhile.
      if (listening || rebasing > 0) return;
      const { state } = engine.ledger;
      const { commit } = championOn(state, engine.conditions.hardware);
      // Made while trials run, so that a slot never waits for a thought.
      const depth = depthOf(state, engine.executor.slots, thoughtSeconds);
      const missing = depth - waitingProposals(state);
      const nothingNew = exhaustedAt === commit && state.unmerged.size === 0;
      if (thinking && !spentLimit(engine)) fillingIn.fill(commit);
      if (thinking || missing <= 0 || nothingNew || resting.isOn(commit) || spentLimit(engine)) return;
      thinking = true;
      fillingIn.begin();
      // And what is tried while this one is thought.
      const count = Math.min(missing + depth - engine.executor.slots, proposalsLeft(engine));
      engine.errands.run(thinkAhead(count).finally(() => (thinking = false)));
    },
    ending({ wanted }) {
      carryOver();
      const { state } = engine.ledger;
      const { commit } = championOn(state, engine.conditions.hardware);
      const isListening = listening || waitingSuggestions(lab).length > 0;
      const idle =
        !thinking &&
        !fillingIn.isBusy &&
        !isListening &&
        rebasing === 0 &&
        state.open.size === 0 &&
        state.unmerged.size === 0 &&
        wanted.length === 0;
      // An agent that thinks of its next proposal finds the study at work when it has one.
      if (!idle || guestsAttached(lab)) return undefined;
      const spent = spentLimit(engine);
      if (spent) return { kind: 'limit', ...spent };
      return exhaustedAt === commit ? { kind: 'exhausted' } : undefined;
    },
  };
}
