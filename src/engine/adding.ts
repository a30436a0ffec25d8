import { SUPERSEDED } from '../decide/champion.ts';
import { BOUNDS, shorten } from '../model/bound.ts';
import type { EventOf, StudyEvent } from '../model/event.ts';
import type { Commit, ExperimentId } from '../model/identity.ts';
import type { Draft, Origin } from '../model/proposal.ts';
import { championOn } from '../model/study.ts';
import { commitDraft } from './draft.ts';
import type { Engine } from './engine.ts';

/**
 * Commits the drafts, gives each its ref, and then the ledger its word. Returns how many changed anything.
 *
 * @param payment what they cost, where they did: both are in the ledger, or neither
 */
export type AddDrafts = (
  drafts: readonly Draft[],
  parent: Commit,
  originOf: (draft: Draft) => Origin,
  payment?: EventOf<'thought-pay'>,
) => Promise<number>;

/** A proposal takes the next number before it is in the ledger: whoever calls this sees to it that one comes after the other. */
export async function addDrafts(
  engine: Engine,
  ...[drafts, parent, originOf, payment]: Parameters<AddDrafts>
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
  if (refs.length === 0 && payment === undefined) return 0;
  if (refs.length > 0) await repository.updateRefs(refs);
  // The champion may have moved during the thought, or in this very tick: what stands on the old one waits no more than
  // what came in time.
  await ledger.append((state) => {
    const moved = championOn(state, conditions.hardware).commit !== parent;
    return [...(payment === undefined ? [] : [payment]), ...events, ...(moved ? setAside(events) : [])];
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
