import { BOUNDS, shorten } from '../model/bound.ts';
import type { Commit } from '../model/identity.ts';
import { championOn, type Experiment } from '../model/study.ts';
import { printable } from '../process/printable.ts';
import type { Engine } from './engine.ts';
import { refsOf } from './publish.ts';

/**
 * Carries kept changes over to a champion that moved on while they were tried: each becomes a proposal of its own, to
 * be measured like any other, since two gains need not add up.
 */
export async function mergeKept(engine: Engine): Promise<void> {
  const { ledger, conditions } = engine;
  for (const id of [...ledger.state.unmerged]) {
    const kept = ledger.state.experiments.get(id);
    if (kept) await mergeOne(engine, kept, championOn(ledger.state, conditions.hardware).commit);
  }
}

async function mergeOne({ ledger, repository }: Engine, kept: Experiment, champion: Commit): Promise<void> {
  const { proposal } = kept;
  const hypothesis = `carry #${proposal.experiment} over to the champion, which moved meanwhile: ${proposal.hypothesis}`;
  const merged = await repository.merge({
    base: proposal.parent,
    ours: champion,
    theirs: proposal.commit,
    message: `${printable(hypothesis)}\n`,
  });
  if (merged.kind === 'conflict') {
    const paths = merged.paths.slice(0, BOUNDS.paths);
    await ledger.append([{ kind: 'merge-conflict', experiment: proposal.experiment, champion, paths }]);
    return;
  }
  const experiment = ledger.state.nextExperiment;
  const ref = refsOf(ledger.state.study.study).experiment(experiment);
  await repository.updateRefs([{ ref, to: merged.commit }]);
  const evidence =
    kept.status === 'judged' && kept.verdict.kind === 'keep' ? kept.verdict.evidence : undefined;
  await ledger.append([
    {
      kind: 'proposal-add',
      experiment,
      hypothesis: shorten(hypothesis, BOUNDS.hypothesis),
      category: 'merge',
      edit: `merge=${proposal.experiment}`,
      origin: { kind: 'merge', of: proposal.experiment },
      parent: champion,
      commit: merged.commit,
      ...(evidence === undefined ? {} : { expectedGain: evidence.gain }),
    },
  ]);
}
