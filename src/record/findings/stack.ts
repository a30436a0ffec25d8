import type { Category } from '../../model/category.ts';
import { certifiedIn, isProvisional } from '../../model/certified.ts';
import type { Commit, ExperimentId } from '../../model/identity.ts';
import { originName } from '../../model/proposal.ts';
import type { ChangeReport, KnownEffect } from '../../model/stack-report.ts';
import type { Experiment, StudyState } from '../../model/study.ts';
import { oneLine } from '../../process/one-line.ts';
import type { Weighed } from './weighed.ts';

/** What has become of a keep. `as measured`: the rule that kept it knows of no luck, and nothing was tested again. */
export type KeepStanding = 'certified' | 'provisional' | 'as measured' | 'withdrawn';

/** Undefined for what is no keep. */
export function standingOfKeep(state: StudyState, experiment: Experiment): KeepStanding | undefined {
  if (experiment.status !== 'judged' || experiment.verdict.kind !== 'keep') return undefined;
  const id = experiment.proposal.experiment;
  if (state.withdrawn.has(id)) return 'withdrawn';
  if (certifiedIn(state).has(id)) return 'certified';
  return isProvisional(state, id) ? 'provisional' : 'as measured';
}

/** A kept change: what it does, and how well that is known. */
export interface KeptChange {
  readonly experiment: ExperimentId;
  readonly standing: KeepStanding;
  /** Whether the champion holds it; a keep may be withdrawn, or wait to be carried over. */
  readonly isInChampion: boolean;
  readonly category: Category;
  readonly researcher: string;
  /** On one line, safe to print. */
  readonly hypothesis: string;
  readonly commit: Commit;
  /** Why it was kept: it is better, or no worse and simpler. */
  readonly ground: 'gain' | 'simpler';
  /** What it adds, in the metric's unit, positive is better; absent where nobody has weighed it. */
  readonly effect?: KnownEffect & { readonly by: ChangeReport['effect']['by'] };
  /** Why it was withdrawn, on one line. */
  readonly reason?: string;
}

/** The champion's changes in the order of the stack, then those that left it. */
export function keptChanges(state: StudyState, { standing, judged }: Weighed): KeptChange[] {
  const inChampion = new Set(standing.stack);
  const ids = [...standing.stack, ...[...state.withdrawn.keys()].filter((id) => !inChampion.has(id))];
  const effects = new Map(judged?.stack.changes.map((change) => [change.experiment, change.effect]));
  return ids.flatMap((id): KeptChange[] => {
    const experiment = state.experiments.get(id);
    const word = experiment && standingOfKeep(state, experiment);
    if (experiment === undefined || word === undefined) return [];
    const { proposal } = experiment;
    const effect = effects.get(id);
    const reason = state.withdrawn.get(id);
    return [
      {
        experiment: id,
        standing: word,
        isInChampion: inChampion.has(id),
        category: proposal.category,
        researcher: oneLine(originName(proposal.origin)),
        hypothesis: oneLine(proposal.hypothesis),
        commit: proposal.commit,
        ground: groundOf(experiment),
        ...(effect && { effect }),
        ...(reason === undefined ? {} : { reason: oneLine(reason) }),
      },
    ];
  });
}

function groundOf(experiment: Experiment): KeptChange['ground'] {
  const isKeep = experiment.status === 'judged' && experiment.verdict.kind === 'keep';
  return isKeep && experiment.verdict.evidence.size !== undefined ? 'simpler' : 'gain';
}

/** One keep in the tree of champions. */
export interface ChampionStep {
  readonly experiment: ExperimentId;
  /** When it was kept, in milliseconds since 1970. */
  readonly at: number;
  readonly cause: 'keep' | 'merge';
  /** What it was made on: a kept experiment, the baseline, or a champion that a withdrawal had left. */
  readonly on: ExperimentId | 'baseline' | 'after a withdrawal';
  readonly standing: KeepStanding;
  readonly isInChampion: boolean;
}

/** Every keep, in the order of the ledger, with what it was made on. */
export function championTree(state: StudyState, stack: readonly ExperimentId[]): ChampionStep[] {
  const inChampion = new Set(stack);
  const made = new Map<Commit, ExperimentId>();
  for (const { proposal } of state.experiments.values()) made.set(proposal.commit, proposal.experiment);
  return [...state.experiments.values()].flatMap((experiment): ChampionStep[] => {
    const standing = standingOfKeep(state, experiment);
    if (standing === undefined || experiment.status !== 'judged') return [];
    const { experiment: id, parent, origin } = experiment.proposal;
    const on = parent === state.study.baseline ? 'baseline' : (made.get(parent) ?? 'after a withdrawal');
    const cause = origin.kind === 'merge' ? 'merge' : 'keep';
    return [
      { experiment: id, at: experiment.judgedAt, cause, on, standing, isInChampion: inChampion.has(id) },
    ];
  });
}
