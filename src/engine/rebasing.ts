import { SUPERSEDED } from '../decide/champion.ts';
import type { ExperimentId } from '../model/identity.ts';
import { queueOf } from '../model/proposal.ts';
import { championOn, type Experiment, type StudyState } from '../model/study.ts';
import { printable } from '../process/printable.ts';
import type { Engine } from './engine.ts';
import { refsOf } from './publish.ts';

type SetAside = Experiment & { readonly status: 'set-aside' };

/** Finds proposals that were paid for, or that somebody made by hand, and that the champion left behind before they ran. */
export interface Superseded {
  /** Those that were set aside since the last look, oldest first. Takes no longer in a long study. */
  take(): SetAside[];
}

export function watchSuperseded({ ledger }: Engine): Superseded {
  let next = ledger.state.nextExperiment;
  let open = new Set(ledger.state.open);
  // What an engine before this one had no time for.
  let earlier = notCarriedOver(ledger.state);
  return {
    take() {
      const { state } = ledger;
      const looked = [...earlier, ...open];
      earlier = [];
      for (; next < state.nextExperiment; next++) looked.push(next as ExperimentId);
      open = new Set(state.open);
      return looked.flatMap((id) => {
        const experiment = state.experiments.get(id)!;
        const isLeftBehind = experiment.status === 'set-aside' && experiment.reason === SUPERSEDED;
        return isLeftBehind && isDear(state, experiment) ? [experiment] : [];
      });
    },
  };
}

/** Of all that was ever set aside, what no later experiment proposes again. */
function notCarriedOver({ experiments }: StudyState): ExperimentId[] {
  const last = new Map<string, ExperimentId>();
  for (const { proposal } of experiments.values()) last.set(proposal.edit, proposal.experiment);
  return [...experiments.values()].flatMap(({ status, proposal: { experiment, edit } }) =>
    status === 'set-aside' && last.get(edit) === experiment ? experiment : [],
  );
}

/** Whether it would be a loss: what cost nothing is thought again on the new champion, and better. */
function isDear({ spending }: StudyState, { proposal: { origin } }: Experiment): boolean {
  return queueOf(origin) === 'suggestion' || (origin.kind === 'researcher' && spending.has(origin.name));
}

/** Proposes a change again on the present champion, by a three-way merge; where it does not fit it stays set aside. */
export async function rebase(
  { ledger, repository, conditions }: Engine,
  { proposal }: SetAside,
): Promise<void> {
  const champion = championOn(ledger.state, conditions.hardware).commit;
  const { study } = ledger.state.study;
  const experiment = ledger.state.nextExperiment;
  const merged = await repository.merge({
    base: proposal.parent,
    ours: champion,
    theirs: proposal.commit,
    message: `${printable(proposal.hypothesis)}\n\nRatchet study ${study}, experiment ${experiment}\n`,
  });
  if (merged.kind === 'conflict') return;
  // The champion may hold this very change by now.
  if ((await repository.changes(champion, merged.commit)).length === 0) return;
  await repository.updateRefs([{ ref: refsOf(study).experiment(experiment), to: merged.commit }]);
  const { size: _, ...carried } = proposal;
  await ledger.append((state) => [
    { ...carried, kind: 'proposal-add', experiment, parent: champion, commit: merged.commit },
    ...(championOn(state, conditions.hardware).commit === champion
      ? []
      : [{ kind: 'proposal-set-aside' as const, experiment, reason: SUPERSEDED }]),
  ]);
}
