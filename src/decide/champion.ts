import type { Champion, ChampionMove } from '../model/champion.ts';
import type { StudyEvent } from '../model/event.ts';
import type { Commit, ExperimentId, HardwareClass } from '../model/identity.ts';
import type { Decision, Withdrawal } from '../model/judge.ts';
import type { Proposal } from '../model/proposal.ts';
import { championOn, type StudyState } from '../model/study.ts';

/** Why a proposal on an earlier champion ends without a trial. */
export const SUPERSEDED = 'the champion moved before it ran';

/**
 * The events that a decision amounts to, to be appended together: each certificate, each verdict, a move of the champion where a kept
 * experiment stands on it, and the end of the proposals that waited on the champion it replaces. A keep whose parent
 * is no longer the champion moves nothing: it waits in `state.unmerged` for a merge proposal of its own.
 */
export function eventsOf(
  state: StudyState,
  { verdicts, certificates }: Pick<Decision, 'verdicts' | 'certificates'>,
  hardware: HardwareClass,
): StudyEvent[] {
  // First, since each is about the champion as the judge saw it.
  const events: StudyEvent[] = certificates.map((certificate) => ({ kind: 'certificate', ...certificate }));
  const judged = new Set(verdicts.map(({ experiment }) => experiment));
  let champion = championOn(state, hardware);
  for (const { experiment, verdict } of verdicts) {
    events.push({ kind: 'verdict', experiment, verdict });
    const { proposal } = state.experiments.get(experiment)!;
    if (verdict.kind !== 'keep' || proposal.parent !== champion.commit) continue;
    const move = moveTo(champion, proposal, hardware);
    events.push({ kind: 'champion-move', ...move });
    champion = { commit: move.to, stack: move.stack };
  }
  if (champion.commit === championOn(state, hardware).commit) return events;
  return [...events, ...supersededBy(state, champion.commit, judged)];
}

/** The events of a kept change's leaving the champion, to be appended together: `to` is the champion without it. */
export function eventsOfWithdrawal(
  state: StudyState,
  hardware: HardwareClass,
  { experiment, reason, to }: Withdrawal & { readonly to: Commit },
): StudyEvent[] {
  const from = championOn(state, hardware);
  const stack = from.stack.filter((id) => id !== experiment);
  const cause = { kind: 'withdrawal', experiment, reason } as const;
  return [
    { kind: 'champion-move', class: hardware, from: from.commit, to, stack, cause },
    ...supersededBy(state, to, new Set()),
  ];
}

/** The end of the proposals on an earlier champion that no trial has been started for. */
function supersededBy(state: StudyState, champion: Commit, judged: ReadonlySet<ExperimentId>): StudyEvent[] {
  return [...state.open].flatMap((id) => {
    const { proposal } = state.experiments.get(id)!;
    const started = state.trialsOf.has(proposal.commit);
    if (judged.has(id) || started || proposal.parent === champion) return [];
    return { kind: 'proposal-set-aside', experiment: id, reason: SUPERSEDED };
  });
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
