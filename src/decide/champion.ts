import type { Champion, ChampionMove } from '../model/champion.ts';
import type { StudyEvent } from '../model/event.ts';
import type { HardwareClass } from '../model/identity.ts';
import type { Judgement } from '../model/judge.ts';
import type { Proposal } from '../model/proposal.ts';
import { championOn, type StudyState } from '../model/study.ts';

/** Why a proposal on an earlier champion ends without a trial. */
export const SUPERSEDED = 'the champion moved before it ran';

/**
 * The events that verdicts amount to, to be appended together: each verdict, a move of the champion where a kept
 * experiment stands on it, and the end of the proposals that waited on the champion it replaces. A keep whose parent
 * is no longer the champion moves nothing: it waits in `state.unmerged` for a merge proposal of its own.
 */
export function eventsOf(
  state: StudyState,
  judgements: readonly Judgement[],
  hardware: HardwareClass,
): StudyEvent[] {
  const events: StudyEvent[] = [];
  const judged = new Set(judgements.map(({ experiment }) => experiment));
  let champion = championOn(state, hardware);
  for (const { experiment, verdict } of judgements) {
    events.push({ kind: 'verdict', experiment, verdict });
    const { proposal } = state.experiments.get(experiment)!;
    if (verdict.kind !== 'keep' || proposal.parent !== champion.commit) continue;
    const move = moveTo(champion, proposal, hardware);
    events.push({ kind: 'champion-move', ...move });
    champion = { commit: move.to, stack: move.stack };
  }
  if (champion.commit === championOn(state, hardware).commit) return events;
  for (const id of state.open) {
    const { proposal } = state.experiments.get(id)!;
    const started = state.trialsOf.has(proposal.commit);
    if (judged.has(id) || started || proposal.parent === champion.commit) continue;
    events.push({ kind: 'proposal-set-aside', experiment: id, reason: SUPERSEDED });
  }
  return events;
}

function moveTo(from: Champion, proposal: Proposal, hardware: HardwareClass): ChampionMove {
  const { experiment } = proposal;
  return {
    class: hardware,
    from: from.commit,
    to: proposal.commit,
    stack: [...from.stack, experiment],
    cause: proposal.origin.kind === 'merge' ? { kind: 'merge', experiment } : { kind: 'keep', experiment },
  };
}
