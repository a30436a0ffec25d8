import { BOUNDS } from '../model/bound.ts';
import type { Champion } from '../model/champion.ts';
import type { StudyEvent } from '../model/event.ts';
import type { Commit, ExperimentId } from '../model/identity.ts';
import type { WantedTrial } from '../model/judge.ts';
import type { StudyState } from '../model/study.ts';
import type { AskedTrial, SwitchedOff } from '../model/trial.ts';
import { printable } from '../process/printable.ts';
import type { Engine } from './engine.ts';
import { refsOf } from './publish.ts';

type Without =
  | { readonly kind: 'made'; readonly commit: Commit }
  /** `experiment` cannot be taken out, since others build on it. */
  | { readonly kind: 'conflict'; readonly experiment: ExperimentId; readonly paths: readonly string[] };

/**
 * The champion without some of its kept changes, which are given in the order of its stack: a commit on the champion that
 * takes them back, the last one first. It stays reachable by a ref of the study. The same champion without the same
 * changes is the same commit, whenever it is made.
 */
export async function championWithout(
  { ledger, repository }: Engine,
  champion: Pick<Champion, 'commit'>,
  experiments: readonly ExperimentId[],
): Promise<Without> {
  const { state } = ledger;
  let { commit } = champion;
  for (const experiment of experiments.toReversed()) {
    const { proposal } = state.experiments.get(experiment)!;
    const merged = await repository.merge({
      base: proposal.commit,
      ours: commit,
      theirs: proposal.parent,
      message: `Take out #${experiment}: ${printable(proposal.hypothesis)}\n\nRatchet study ${state.study.study}\n`,
      time: new Date(state.startedAt),
    });
    if (merged.kind === 'conflict') return { kind: 'conflict', experiment, paths: merged.paths };
    commit = merged.commit;
  }
  if (commit !== champion.commit)
    await repository.updateRefs([{ ref: refsOf(state.study.study).without(commit), to: commit }]);
  return { kind: 'made', commit };
}

export function switchConflict(
  champion: Pick<Champion, 'commit'>,
  { experiment, paths }: Without & { kind: 'conflict' },
): StudyEvent {
  return {
    kind: 'switch-conflict',
    experiment,
    champion: champion.commit,
    paths: paths.slice(0, BOUNDS.paths),
  };
}

/** Whether it is known already that one of these changes cannot be taken out of this champion. */
export function isInseparable(
  state: StudyState,
  { commit }: Pick<Champion, 'commit'>,
  experiments: readonly ExperimentId[],
): boolean {
  const inseparable = state.inseparable.get(commit);
  return inseparable !== undefined && experiments.some((experiment) => inseparable.has(experiment));
}

/**
 * Makes the commits of the wanted trials that name the champion and what to take out of it. A trial whose commit cannot be
 * made is not run: the ledger says so, and the judge is asked again.
 */
export async function withCommits(engine: Engine, wanted: readonly WantedTrial[]): Promise<AskedTrial[]> {
  const { ledger, bell } = engine;
  const requests: AskedTrial[] = [];
  for (const request of wanted) {
    const { switchedOff } = request;
    if (switchedOff === undefined) {
      requests.push(request);
      continue;
    }
    const champion = { commit: switchedOff.champion };
    if (isInseparable(ledger.state, champion, switchedOff.experiments)) continue;
    const known = knownCommit(ledger.state, switchedOff);
    const without = known
      ? { kind: 'made' as const, commit: known }
      : await championWithout(engine, champion, switchedOff.experiments);
    if (without.kind === 'made') requests.push({ ...request, commit: without.commit });
    else {
      await ledger.append([switchConflict(champion, without)]);
      bell.ring();
    }
  }
  return requests;
}

/** What an earlier trial without the same changes ran. */
function knownCommit(state: StudyState, { champion, experiments }: SwitchedOff): Commit | undefined {
  const wanted = experiments.join();
  for (const id of state.switchedOff.get(champion) ?? []) {
    const trial = state.ended.get(id) ?? state.running.get(id);
    if (trial?.switchedOff?.experiments.join() === wanted) return trial.commit;
  }
  return undefined;
}
