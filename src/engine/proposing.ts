import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SUPERSEDED } from '../decide/champion.ts';
import { proseNow } from '../lab/prose.ts';
import { BOUNDS, shorten } from '../model/bound.ts';
import type { StudyEvent } from '../model/event.ts';
import type { Commit, ExperimentId } from '../model/identity.ts';
import type { Decision } from '../model/judge.ts';
import type { Draft, Origin } from '../model/proposal.ts';
import { seedOf } from '../model/random.ts';
import type { Brief, Researcher } from '../model/researcher.ts';
import { championOn } from '../model/study.ts';
import { copyState } from '../record/replay.ts';
import { depthOf } from './depth.ts';
import { commitDraft } from './draft.ts';
import type { Ending } from './ending.ts';
import type { Engine } from './engine.ts';
import { guestsAttached } from './guests.ts';
import { openGuidance } from './guidance.ts';
import { lastFailure } from './last-failure.ts';
import { mergeKept } from './merging.ts';
import { spentLimit } from './paid.ts';
import { rebase, watchSuperseded } from './rebasing.ts';
import { createSourceReader } from './sources.ts';
import { ideasWaiting, takeSuggestions, waitingSuggestions } from './suggestions.ts';
import { addUnusable, think } from './thinking.ts';

/** Luck for proposals comes from another stream than that for trials. */
const PROPOSAL_STREAM = 0x70726f70;
/** How much the last thought counts for how long the next one takes. */
const RECENT = 0.5;
/** So long an empty slot waits for a thought before somebody else fills in, in milliseconds. */
const LONG_THOUGHT = 1000;

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
  const sourcesOf = createSourceReader(engine.repository, engine.program, engine.ledger.state.study.lab);
  const lab = join(engine.repository.root, engine.repository.prefix);
  let thinking = false;
  let thinkingSince = 0;
  let fillingIn = false;
  /** Where the one that fills in has no idea either. */
  let emptyHandedAt: Commit | undefined;
  let listening = false;
  /** Proposals that are being carried over to the champion. */
  let rebasing = 0;
  const superseded = watchSuperseded(engine);
  let exhaustedAt: Commit | undefined;
  let resting: { readonly champion: Commit; readonly until: number } | undefined;
  let thoughtSeconds = 0;
  let lastTurn: Promise<unknown> = Promise.resolve();
  const originOf = ({ researcher = engine.researcher.name }: Draft): Origin => {
    return { kind: 'researcher', name: researcher };
  };

  /** A proposal takes the next number before it is in the ledger: one after the other. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = lastTurn.then(work);
    lastTurn = turn.catch(() => undefined);
    return turn;
  }

  async function briefNow(): Promise<Brief> {
    const { ledger, program, conditions } = engine;
    const state = copyState(ledger.state);
    const champion = championOn(state, conditions.hardware).commit;
    const seed = seedOf(state.study.seed ^ PROPOSAL_STREAM, state.nextExperiment);
    const sources = await sourcesOf(champion);
    return {
      program: { ...program, prose: await proseNow(lab, program) },
      champion,
      sources,
      state,
      lastFailure: lastFailure(state, engine.folder),
      suggestions: [...openGuidance(lab, state), ...ideasWaiting(lab)],
      seed,
    };
  }

  async function thinkAhead(count: number): Promise<void> {
    await inTurn(() => mergeKept(engine));
    const brief = await briefNow();
    const { champion } = brief;
    const began = performance.now();
    const thought = await think(engine, engine.researcher, brief, count);
    if (thought === undefined) return;
    // Built-in search is quick, and what it does must not hang on the machine's speed.
    if (thought.isPaid)
      thoughtSeconds = RECENT * ((performance.now() - began) / 1000) + (1 - RECENT) * thoughtSeconds;
    const added = await inTurn(() => addDrafts(engine, thought.drafts, champion, originOf));
    await inTurn(() => addUnusable(engine, thought.unusable, champion));
    exhaustedAt = added === 0 && thought.rests === undefined ? champion : undefined;
    if (added === 0 && thought.rests !== undefined) rest(champion, thought.rests);
  }

  /** For slots that stand empty while somebody thinks for long. */
  async function thinkMeanwhile(quick: Researcher, count: number): Promise<void> {
    const brief = await briefNow();
    const thought = await think(engine, quick, brief, count);
    if (thought === undefined) return;
    const origin = { kind: 'researcher', name: quick.name } as const;
    const added = await inTurn(() => addDrafts(engine, thought.drafts, brief.champion, () => origin));
    emptyHandedAt = added === 0 ? brief.champion : undefined;
  }

  function fillEmptySlots(champion: Commit): void {
    const { meanwhile } = engine.researcher;
    const empty = engine.board.free().length - waiting(engine);
    const isLong = performance.now() - thinkingSince >= LONG_THOUGHT;
    if (meanwhile === undefined || !isLong || fillingIn || empty <= 0 || emptyHandedAt === champion) return;
    fillingIn = true;
    engine.errands.run(thinkMeanwhile(meanwhile, empty).finally(() => (fillingIn = false)));
  }

  /** Nobody thinks about this champion for so long; a new one, or a ring after that, ends it. */
  function rest(champion: Commit, milliseconds: number): void {
    resting = { champion, until: performance.now() + milliseconds };
    wakeAfter(milliseconds);
  }

  /** Rings the bell then, and keeps the process until then: nothing else may be left that does. */
  function wakeAfter(milliseconds: number): void {
    const waited = sleep(milliseconds + 1, undefined, { signal: engine.abort });
    engine.errands.run(waited.catch(() => undefined));
  }

  function isResting(champion: Commit): boolean {
    return resting?.champion === champion && performance.now() < resting.until;
  }

  async function listen(): Promise<void> {
    const champion = championOn(engine.ledger.state, engine.conditions.hardware).commit;
    await takeSuggestions(engine, champion, (drafts, parent, origin) =>
      inTurn(() => addDrafts(engine, drafts, parent, () => origin)),
    );
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
      const missing = depth - waiting(engine);
      const nothingNew = exhaustedAt === commit && state.unmerged.size === 0;
      if (thinking && !spentLimit(engine)) fillEmptySlots(commit);
      if (thinking || missing <= 0 || nothingNew || isResting(commit) || spentLimit(engine)) return;
      thinking = true;
      thinkingSince = performance.now();
      if (engine.researcher.meanwhile !== undefined) wakeAfter(LONG_THOUGHT);
      // And what is tried while this one is thought.
      const count = missing + depth - engine.executor.slots;
      engine.errands.run(thinkAhead(count).finally(() => (thinking = false)));
    },
    ending({ wanted }) {
      carryOver();
      const { state } = engine.ledger;
      const { commit } = championOn(state, engine.conditions.hardware);
      const isListening = listening || waitingSuggestions(lab).length > 0;
      const idle =
        !thinking &&
        !fillingIn &&
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

/** Proposals that no trial has been started for. */
function waiting({ ledger: { state } }: Engine): number {
  let count = 0;
  for (const id of state.open) {
    if (!state.trialsOf.has(state.experiments.get(id)!.proposal.commit)) count++;
  }
  return count;
}

/** Commits the drafts, gives each its ref, and then the ledger its word. Returns how many changed anything. */
async function addDrafts(
  engine: Engine,
  drafts: readonly Draft[],
  parent: Commit,
  originOf: (draft: Draft) => Origin,
): Promise<number> {
  const { ledger, repository, conditions } = engine;
  const events: StudyEvent[] = [];
  const refs: { ref: string; to: Commit }[] = [];
  for (const draft of drafts) {
    const experiment = (ledger.state.nextExperiment + refs.length) as ExperimentId;
    const committed = await commitDraft(engine, draft, parent, experiment);
    if (committed.kind === 'unchanged') continue;
    const { hypothesis, category, edit, expectedGain } = draft;
    refs.push({ ref: `refs/ratchet/${ledger.state.study.study}/${experiment}`, to: committed.commit });
    events.push({
      kind: 'proposal-add',
      experiment,
      hypothesis: shorten(hypothesis, BOUNDS.hypothesis),
      category,
      edit: shorten(edit, BOUNDS.edit),
      origin: originOf(draft),
      parent,
      commit: committed.commit,
      ...(expectedGain !== undefined && Number.isFinite(expectedGain) ? { expectedGain } : {}),
      ...(committed.size === undefined ? {} : { size: committed.size }),
    });
    if (committed.outside.length > 0) events.push(outOfScope(experiment, committed.outside));
  }
  if (refs.length === 0) return 0;
  await repository.updateRefs(refs);
  // The champion may have moved during the thought, or in this very tick: what stands on the old one waits no more than
  // what came in time.
  await ledger.append((state) => {
    const moved = championOn(state, conditions.hardware).commit !== parent;
    return moved ? [...events, ...setAside(events)] : events;
  });
  return refs.length;
}

function outOfScope(experiment: ExperimentId, paths: readonly string[]): StudyEvent {
  const text = `changes ${paths.join(', ')}: not among what the program lets a researcher edit`;
  return {
    kind: 'verdict',
    experiment,
    verdict: { kind: 'invalid', reason: shorten(text, BOUNDS.reason), evidence: { paths } },
  };
}

/** The end of the proposals among these events that have no verdict yet. */
function setAside(events: readonly StudyEvent[]): StudyEvent[] {
  const judged = new Set(events.flatMap((event) => (event.kind === 'verdict' ? event.experiment : [])));
  return events.flatMap((event) =>
    event.kind === 'proposal-add' && !judged.has(event.experiment)
      ? { kind: 'proposal-set-aside', experiment: event.experiment, reason: SUPERSEDED }
      : [],
  );
}
