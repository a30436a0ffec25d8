import { shorten } from '../../model/bound.ts';
import { readEdits, siteName } from '../../model/edit.ts';
import type { LedgerEntry } from '../../model/event.ts';
import type { Commit, ExperimentId } from '../../model/identity.ts';
import type { Experiment, StudyState } from '../../model/study.ts';
import { forecastOf } from '../../model/verdict.ts';
import { experimentLine } from '../../record/experiment-line.ts';
import { standingOfKeep } from '../../record/findings/stack.ts';
import type { ExperimentRow, RowPage } from './wire.ts';

/** Characters of a hypothesis in a row. */
const LONGEST_HYPOTHESIS = 240;
/** Characters of the places in a row. */
const LONGEST_PLACES = 400;
/** Rows of one page. */
const MOST_ROWS = 10_000;

export function rowOf(state: StudyState, experiment: Experiment): ExperimentRow {
  const { id, hypothesis, category, researcher, verdict, metric, delta, seconds } = experimentLine(
    state,
    experiment,
  );
  return {
    id,
    hypothesis: shorten(hypothesis, LONGEST_HYPOTHESIS),
    category,
    researcher,
    places: placesOf(experiment.proposal.edit),
    verdict,
    metric,
    foretold:
      (experiment.status === 'judged' ? forecastOf(experiment.verdict)?.candidate : undefined) ?? null,
    delta,
    keep: standingOfKeep(state, experiment) ?? null,
    seconds: Math.round(seconds * 10) / 10,
    at: experiment.status === 'judged' ? experiment.judgedAt : experiment.proposedAt,
  };
}

function placesOf(edit: string): string {
  const names = (readEdits(edit) ?? []).map(({ site }) => siteName(site, true));
  return shorten([...new Set(names)].join('; '), LONGEST_PLACES);
}

/** The experiments after one of them, in their order. */
export function rowPage(state: StudyState, sequence: number, after: number): RowPage {
  const rows: ExperimentRow[] = [];
  const last = Math.min(state.nextExperiment - 1, after + MOST_ROWS);
  for (let id = after + 1; id <= last; id++) {
    const experiment = state.experiments.get(id as ExperimentId);
    if (experiment !== undefined) rows.push(rowOf(state, experiment));
  }
  const next = last < state.nextExperiment - 1 ? (last as ExperimentId) : null;
  return { study: state.study.study, sequence, rows, next };
}

/** Which experiments look different after some entries of the ledger. */
export class ChangedRows {
  readonly #byCommit = new Map<Commit, ExperimentId>();
  #known = 0;

  of(state: StudyState, entries: Iterable<LedgerEntry>): Set<ExperimentId> {
    this.#learn(state);
    const changed = new Set<ExperimentId>();
    for (const { event } of entries) for (const id of this.#namedBy(state, event)) changed.add(id);
    return changed;
  }

  #learn({ experiments, nextExperiment }: StudyState): void {
    for (let id = this.#known + 1; id < nextExperiment; id++) {
      const proposal = experiments.get(id as ExperimentId)?.proposal;
      if (proposal !== undefined) this.#byCommit.set(proposal.commit, proposal.experiment);
    }
    this.#known = nextExperiment - 1;
  }

  #namedBy(state: StudyState, event: LedgerEntry['event']): Iterable<ExperimentId> {
    switch (event.kind) {
      case 'proposal-add':
      case 'proposal-set-aside':
      case 'verdict':
        return [event.experiment];
      case 'trial-submit':
        return this.#experimentsOf(event.commit);
      case 'trial-end':
        return this.#experimentsOf(state.ended.get(event.trial)?.commit);
      case 'champion-move':
        return [event.cause.experiment];
      case 'certificate':
        return event.of.kind === 'change' ? [event.of.experiment] : [];
      // What waits looks different where an engine is at work.
      case 'engine-start':
      case 'engine-stop':
        return state.open;
      case 'study-start':
      case 'study-pause':
      case 'study-resume':
      case 'thought-pay':
      case 'thought-fail':
      case 'merge-conflict':
      case 'switch-conflict':
      case 'holdout-answer':
      case 'history-import':
        return [];
      default:
        return event satisfies never;
    }
  }

  #experimentsOf(commit: Commit | undefined): ExperimentId[] {
    const id = commit === undefined ? undefined : this.#byCommit.get(commit);
    return id === undefined ? [] : [id];
  }
}
