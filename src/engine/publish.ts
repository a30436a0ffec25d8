import type { Repository } from '../git/repository.ts';
import type { Commit, HardwareClass, StudyId } from '../model/identity.ts';
import { championOn, type StudyState } from '../model/study.ts';

export const refsOf = (study: StudyId) => ({
  /** Experiments lie below it by number, beside `baseline`, `champion` and `ledger`. */
  folder: `refs/ratchet/${study}/`,
  experiment: (number: number) => `refs/ratchet/${study}/${number}`,
  baseline: `refs/ratchet/${study}/baseline`,
  champion: `refs/ratchet/${study}/champion`,
  ledger: `refs/ratchet/${study}/ledger`,
  /** A champion without some of its kept changes, by its own commit. */
  without: (commit: Commit) => `refs/ratchet/${study}/without/${commit}`,
  branch: `refs/heads/ratchet/${study}`,
});

/**
 * Points the study's branch at the champion that the ledger says. A branch that somebody has checked out or committed to,
 * or whose name is taken, is left alone; `refs/ratchet/STUDY/champion` always moves. Returns what a person should know, if
 * anything.
 */
export async function publishChampion(
  repository: Repository,
  state: StudyState,
  hardware: HardwareClass,
): Promise<string | undefined> {
  const refs = refsOf(state.study.study);
  const to = championOn(state, hardware).commit;
  await repository.updateRefs([{ ref: refs.champion, to }]);
  const tip = await repository.resolve(refs.branch);
  const hasRef = tip !== undefined && (await repository.resolve(refs.without(tip))) === tip;
  if (tip !== undefined && !isOfStudy(state, tip, hasRef)) {
    const branch = refs.branch.slice('refs/heads/'.length);
    return `Branch ${branch} has commits that are not Ratchet's, so it is left as it is. The champion is at ${refs.champion}.`;
  }
  const outcome = await repository.updateRefs([{ ref: refs.branch, to, expected: tip ?? 'absent' }]);
  return outcome.kind === 'updated'
    ? undefined
    : `${outcome.message} The champion is at ${refs.champion} too.`;
}

/**
 * A branch that stands on a commit of the study can be moved, and nothing of it is lost.
 *
 * @param hasRef whether the study has a ref of its own for a champion of that commit without some of its changes
 */
export function isOfStudy(state: StudyState, commit: Commit, hasRef: boolean): boolean {
  if (hasRef || commit === state.study.baseline) return true;
  return [...state.experiments.values()].some(({ proposal }) => proposal.commit === commit);
}

/** Where the refs of a study that never move stand, as the ledger says: all of its commits are reachable by them. */
export function lastingRefs(state: StudyState): Map<string, Commit> {
  const refs = refsOf(state.study.study);
  const wanted = new Map<string, Commit>([[refs.baseline, state.study.baseline]]);
  for (const { proposal } of state.experiments.values()) {
    wanted.set(refs.experiment(proposal.experiment), proposal.commit);
  }
  for (const commit of commitsWithout(state)) wanted.set(refs.without(commit), commit);
  return wanted;
}

/** Refs that did not stand where the ledger says. */
export interface MendedRefs {
  readonly set: readonly string[];
  /** Their commits are gone from the repository. */
  readonly lost: readonly string[];
}

/** Makes every commit of the ledger reachable again: refs that are missing or stand elsewhere are set, as far as git has their commits. */
export async function mendRefs(repository: Repository, state: StudyState): Promise<MendedRefs> {
  const present = await refsBelow(repository, refsOf(state.study.study).folder);
  const updates: { ref: string; to: Commit }[] = [];
  const lost: string[] = [];
  for (const [ref, to] of lastingRefs(state)) {
    if (present.get(ref) === to) continue;
    if ((await repository.resolve(to)) === undefined) lost.push(ref);
    else updates.push({ ref, to });
  }
  if (updates.length > 0) await repository.updateRefs(updates);
  return { set: updates.map(({ ref }) => ref), lost };
}

/** Where each ref at or below `prefix` stands. */
export async function refsBelow(repository: Repository, prefix: string): Promise<Map<string, Commit>> {
  return new Map((await repository.listRefs(prefix)).map(({ ref, commit }) => [ref, commit]));
}

/** Champions that some kept changes were taken out of, for a trial or for good. */
function* commitsWithout(state: StudyState): Generator<Commit> {
  for (const id of [...state.switchedOff.values()].flat()) {
    const trial = state.ended.get(id) ?? state.running.get(id);
    if (trial?.switchedOff && trial.switchedOff.experiments.length > 0) yield trial.commit;
  }
  const proposed = new Set([...state.experiments.values()].map(({ proposal }) => proposal.commit));
  for (const { commit } of state.champions.values()) if (!proposed.has(commit)) yield commit;
}
