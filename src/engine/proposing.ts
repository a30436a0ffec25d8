import { BOUNDS, shorten } from '../model/bound.ts';
import type { StudyEvent } from '../model/event.ts';
import type { Commit, ExperimentId } from '../model/identity.ts';
import type { Draft } from '../model/proposal.ts';
import { seedOf } from '../model/random.ts';
import { championOn } from '../model/study.ts';
import { commitDraft } from './draft.ts';
import type { Ending } from './ending.ts';
import type { Engine } from './engine.ts';
import { mergeKept } from './merging.ts';
import { createSourceReader } from './sources.ts';

/** Luck for proposals comes from another stream than that for trials. */
const PROPOSAL_STREAM = 0x70726f70;

export interface Proposing {
  /** Starts thinking in the background where fewer proposals wait than should. */
  refill(): void;
  /** `exhausted` when the researcher has no further idea on this champion, and nothing is open. */
  ending(): Ending | undefined;
}

export function createProposing(engine: Engine): Proposing {
  const sourcesOf = createSourceReader(engine);
  let thinking = false;
  let exhaustedAt: Commit | undefined;

  async function think(count: number): Promise<void> {
    await mergeKept(engine);
    const { ledger, program, researcher, conditions } = engine;
    const champion = championOn(ledger.state, conditions.hardware).commit;
    const brief = {
      program,
      champion,
      sources: await sourcesOf(champion),
      state: ledger.state,
      seed: seedOf(ledger.state.study.seed ^ PROPOSAL_STREAM, ledger.state.nextExperiment),
    };
    const drafts = await unlessAborted(engine.abort, researcher.propose(brief, count, engine.abort));
    if (drafts === undefined) return;
    // The champion may have moved during a long thought; such drafts stand on the one they were thought for.
    const added = await addDrafts(engine, drafts, champion);
    exhaustedAt = added === 0 ? champion : undefined;
  }

  return {
    refill() {
      const { state } = engine.ledger;
      const { commit } = championOn(state, engine.conditions.hardware);
      // Made while trials run, one for each slot, so that a slot never waits for a thought.
      const missing = engine.executor.slots - waiting(engine);
      const nothingNew = exhaustedAt === commit && state.unmerged.size === 0;
      if (thinking || missing <= 0 || nothingNew) return;
      thinking = true;
      engine.errands.run(think(missing).finally(() => (thinking = false)));
    },
    ending() {
      const { state } = engine.ledger;
      const { commit } = championOn(state, engine.conditions.hardware);
      const idle = !thinking && state.open.size === 0 && state.unmerged.size === 0;
      return idle && exhaustedAt === commit ? { kind: 'exhausted' } : undefined;
    },
  };
}

/** Undefined where the engine ends now: a thought that is cut short is no fault. */
async function unlessAborted<Result>(
  signal: AbortSignal,
  thought: Promise<Result>,
): Promise<Result | undefined> {
  try {
    const result = await thought;
    return signal.aborted ? undefined : result;
  } catch (cause) {
    if (signal.aborted) return undefined;
    throw cause;
  }
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
async function addDrafts(engine: Engine, drafts: readonly Draft[], parent: Commit): Promise<number> {
  const { ledger, repository, researcher } = engine;
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
      edit,
      origin: { kind: 'researcher', name: researcher.name },
      parent,
      commit: committed.commit,
      ...(expectedGain === undefined ? {} : { expectedGain }),
      ...(committed.size === undefined ? {} : { size: committed.size }),
    });
    if (committed.outside.length > 0) events.push(outOfScope(experiment, committed.outside));
  }
  if (refs.length === 0) return 0;
  await repository.updateRefs(refs);
  await ledger.append(events);
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
