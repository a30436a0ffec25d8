import type { Champion, ChampionMove } from '../model/champion.ts';
import type { LedgerEntry } from '../model/event.ts';
import type { Commit, ExperimentId, HardwareClass } from '../model/identity.ts';
import type { StudyState } from '../model/study.ts';

/** A move of the champion, and the entry that tells of it. */
export interface RecordedMove extends ChampionMove {
  readonly sequence: number;
}

/** Where the champion's line is not what the verdicts say. */
export type LineageProblem =
  /** A move that does not follow from what it names as its cause. */
  | { readonly kind: 'move'; readonly sequence: number; readonly problem: string }
  /** A commit that git has on another parent than the ledger says. */
  | {
      readonly kind: 'parent';
      readonly commit: Commit;
      readonly recorded: Commit;
      readonly inGit: readonly Commit[];
      readonly experiment: ExperimentId;
    };

/** The move that an entry tells of, if it does. */
export function moveIn({ sequence, event }: LedgerEntry): RecordedMove | undefined {
  if (event.kind !== 'champion-move') return undefined;
  const { kind: _, ...move } = event;
  return { ...move, sequence };
}

/**
 * Whether each move of the champion follows from a keep, a merge or a withdrawal, and whether git's parents agree with it.
 * That a move begins at the champion of its class, and is made of kept experiments, is a rule of the replay.
 *
 * @param moves all of a ledger, oldest first
 * @param parents of the commits as git has them; of one that is missing nothing is said
 */
export function lineageProblems(
  state: StudyState,
  moves: readonly RecordedMove[],
  parents: ReadonlyMap<Commit, readonly Commit[]>,
): LineageProblem[] {
  const problems: LineageProblem[] = [];
  const expectParent = (commit: Commit, recorded: Commit, experiment: ExperimentId) => {
    const inGit = parents.get(commit);
    if (inGit === undefined || (inGit.length === 1 && inGit[0] === recorded)) return;
    problems.push({ kind: 'parent', commit, recorded, inGit, experiment });
  };
  for (const { proposal } of state.experiments.values())
    expectParent(proposal.commit, proposal.parent, proposal.experiment);
  const champions = new Map<HardwareClass, Champion>();
  for (const move of moves) {
    const before = champions.get(move.class) ?? { commit: state.study.baseline, stack: [] };
    const problem = unfollowed(state, before, move);
    if (problem !== undefined) problems.push({ kind: 'move', sequence: move.sequence, problem });
    if (move.cause.kind === 'withdrawal') expectParent(move.to, move.from, move.cause.experiment);
    champions.set(move.class, { commit: move.to, stack: move.stack });
  }
  return problems;
}

/** Why a move does not follow from its cause, in words. */
function unfollowed(state: StudyState, before: Champion, { cause, from, to, stack }: ChampionMove) {
  const { experiment } = cause;
  if (cause.kind === 'withdrawal') {
    const left = before.stack.filter((id) => id !== experiment);
    return isSame(left, stack)
      ? undefined
      : `takes out #${experiment}, and ${stackText(left)} should be left`;
  }
  const { proposal } = state.experiments.get(experiment)!;
  if (proposal.commit !== to)
    return `keeps #${experiment}, whose commit is ${proposal.commit}, and leads to ${to}`;
  if (proposal.parent !== from)
    return `keeps #${experiment}, whose parent is ${proposal.parent}, and starts at ${from}`;
  if ((proposal.origin.kind === 'merge') !== (cause.kind === 'merge'))
    return `calls #${experiment} a ${cause.kind}, and its origin is a ${proposal.origin.kind}`;
  const grown = [...before.stack, experiment];
  return isSame(grown, stack)
    ? undefined
    : `keeps #${experiment}, and ${stackText(grown)} should be the stack`;
}

function isSame(a: readonly ExperimentId[], b: readonly ExperimentId[]): boolean {
  return a.length === b.length && a.every((id, at) => id === b[at]);
}

function stackText(stack: readonly ExperimentId[]): string {
  return stack.length === 0 ? 'nothing' : stack.map((id) => `#${id}`).join(' ');
}
