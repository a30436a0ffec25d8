import type { Category } from '../model/category.ts';
import type { Commit, ExperimentId } from '../model/identity.ts';
import { originName } from '../model/proposal.ts';
import { type Experiment, endedTrialsOf, type StudyState } from '../model/study.ts';
import type { EndedTrial } from '../model/trial.ts';
import { forecastOf, type VerdictWord } from '../model/verdict.ts';

/** One experiment as `log --json` and `export --format jsonl` print it. These fields, in this order, are a promise. */
export interface ExperimentLine {
  readonly id: ExperimentId;
  readonly hypothesis: string;
  readonly category: Category;
  /** `search`, or `merge of #12`. */
  readonly researcher: string;
  /** The verdict's word, or how far the experiment is on its way to one. */
  readonly verdict: VerdictWord | OpenWord | 'set-aside';
  /** Of the verdict, or of setting it aside. */
  readonly reason: string | null;
  /** In the objective's unit; null where the verdict rests on no measurement. */
  readonly metric: number | null;
  /** Gain over the parent, in the objective's unit, positive is better; null where there is no metric. */
  readonly delta: number | null;
  /** Whether a keep has been tested again on fresh seeds, and has held. */
  readonly certified: boolean;
  /** Why a keep left the champion again; null where it did not. */
  readonly withdrawn: string | null;
  readonly parent: Commit;
  readonly commit: Commit;
  /** Wall seconds of its ended candidate trials together. */
  readonly seconds: number;
}

/**
 * An experiment without a verdict: `proposed` before its first trial, `running` while an engine has a trial of it in a
 * slot, `waiting` between two of its trials and while no engine is at work.
 */
export type OpenWord = 'proposed' | 'running' | 'waiting';

/** One line an experiment, in the order of the ledger. */
export function experimentLines(state: StudyState): ExperimentLine[] {
  return [...state.experiments.values()].map((experiment) => experimentLine(state, experiment));
}

export function experimentLine(state: StudyState, experiment: Experiment): ExperimentLine {
  const { proposal } = experiment;
  return {
    id: proposal.experiment,
    hypothesis: proposal.hypothesis,
    category: proposal.category,
    researcher: originName(proposal.origin),
    ...standing(state, experiment),
    certified: isCertified(state, proposal.experiment),
    withdrawn: state.withdrawn.get(proposal.experiment) ?? null,
    parent: proposal.parent,
    commit: proposal.commit,
    seconds: candidateTrialsOf(state, experiment).reduce((sum, { usage }) => sum + usage.wallSeconds, 0),
  };
}

function isCertified({ certificates, withdrawn }: StudyState, id: ExperimentId): boolean {
  if (withdrawn.has(id)) return false;
  return certificates.some(({ of }) => of.kind === 'change' && of.experiment === id);
}

/** The ended trials that were run for this experiment; its commit may have others, once it is champion. */
export function candidateTrialsOf(state: StudyState, { proposal }: Experiment): EndedTrial[] {
  return endedTrialsOf(state, proposal.commit).filter(
    ({ purpose }) => purpose === 'candidate' || purpose === 'audit',
  );
}

function standing(
  state: StudyState,
  experiment: Experiment,
): Pick<ExperimentLine, 'verdict' | 'reason' | 'metric' | 'delta'> {
  switch (experiment.status) {
    case 'open':
      return {
        verdict: openWord(state, experiment.proposal.commit),
        reason: null,
        metric: null,
        delta: null,
      };
    case 'set-aside':
      return { verdict: 'set-aside', reason: experiment.reason, metric: null, delta: null };
    case 'judged': {
      const { verdict } = experiment;
      const withdrawn = state.withdrawn.get(experiment.proposal.experiment);
      const reason = withdrawn === undefined ? verdict.reason : `${verdict.reason}; withdrawn: ${withdrawn}`;
      // A forecast is no measurement.
      if ((verdict.kind !== 'keep' && verdict.kind !== 'discard') || forecastOf(verdict))
        return { verdict: verdict.kind, reason, metric: null, delta: null };
      const { candidate, gain } = verdict.evidence;
      return { verdict: verdict.kind, reason, metric: candidate, delta: gain };
    }
    default:
      return experiment satisfies never;
  }
}

/** Where an engine stopped, a trial that it left behind is not at work. */
function openWord({ activity, running, trialsOf }: StudyState, commit: Commit): OpenWord {
  const trials = trialsOf.get(commit);
  if (trials === undefined) return 'proposed';
  return activity !== 'stopped' && trials.some((trial) => running.has(trial)) ? 'running' : 'waiting';
}
