import { type Experiment, endedTrialsOf, type StudyState } from '../model/study.ts';
import { type EndedTrial, speaksForCommit } from '../model/trial.ts';
import { forecastOf } from '../model/verdict.ts';
import { candidateTrialsOf } from './experiment-line.ts';

type Judged = Experiment & { readonly status: 'judged' };

const GIBIBYTE = 2 ** 30;

/**
 * `results.tsv` as karpathy/autoresearch writes it: the baseline first, then each experiment that has a verdict, oldest
 * first. The format has no place for a missing number and writes a crash as 0.000000 and 0.0; so does this file, and
 * nothing else here does. What timed out or was invalid is a crash to it. What was stopped has the value that it was
 * expected to come to, and says so. The baseline's row is missing as long as the
 * baseline has no measurement.
 */
export function exportTsv(state: StudyState): string {
  const header = ['commit', oneLine(state.study.objective.name), 'memory_gb', 'status', 'description'];
  const rows = [...state.experiments.values()].flatMap((experiment) => experimentRow(state, experiment));
  return [header, ...baselineRow(state), ...rows].map((fields) => `${fields.join('\t')}\n`).join('');
}

function baselineRow(state: StudyState): string[][] {
  const first = measured(endedTrialsOf(state, state.study.baseline))[0];
  if (first === undefined) return [];
  return [row(state.study.baseline, first.value, [first.trial], 'keep', 'baseline')];
}

function experimentRow(state: StudyState, experiment: Experiment): string[][] {
  if (experiment.status !== 'judged') return [];
  const { proposal, verdict } = experiment;
  const trials = candidateTrialsOf(state, experiment);
  switch (verdict.kind) {
    case 'keep':
    case 'discard': {
      const { candidate } = verdict.evidence;
      return [row(proposal.commit, candidate, trials, verdict.kind, descriptionOf(state, experiment))];
    }
    case 'crash':
    case 'timeout':
    case 'invalid':
      return [crashRow(proposal.commit, `${proposal.hypothesis} (${verdict.reason})`)];
    case 'inconclusive': {
      const first = measured(trials)[0];
      const description = `${proposal.hypothesis} (${verdict.reason})`;
      if (first === undefined) return [crashRow(proposal.commit, description)];
      return [row(proposal.commit, first.value, trials, 'discard', description)];
    }
    default:
      return verdict satisfies never;
  }
}

/** With what a number alone does not say: that it is a forecast, or that the keep did not last. */
function descriptionOf(state: StudyState, { proposal, verdict }: Judged): string {
  const withdrawn = state.withdrawn.get(proposal.experiment);
  if (withdrawn !== undefined) return `${proposal.hypothesis} (withdrawn: ${withdrawn})`;
  return forecastOf(verdict) ? `${proposal.hypothesis} (forecast: ${verdict.reason})` : proposal.hypothesis;
}

function measured(trials: readonly EndedTrial[]): { trial: EndedTrial; value: number }[] {
  return trials.flatMap((trial) =>
    trial.outcome.kind === 'completed' && speaksForCommit(trial)
      ? [{ trial, value: trial.outcome.measurement.value }]
      : [],
  );
}

function row(
  commit: string,
  value: number,
  trials: readonly EndedTrial[],
  status: 'keep' | 'discard',
  description: string,
): string[] {
  const peak = trials.reduce((most, { usage }) => Math.max(most, usage.peakMemoryBytes), 0);
  return [commit.slice(0, 7), digits(value), (peak / GIBIBYTE).toFixed(1), status, oneLine(description)];
}

function crashRow(commit: string, description: string): string[] {
  return [commit.slice(0, 7), '0.000000', '0.0', 'crash', oneLine(description)];
}

/** Six decimals, as the format has them; more where they would hide a small number. */
function digits(value: number): string {
  return value !== 0 && Math.abs(value) < 0.001 ? value.toPrecision(6) : value.toFixed(6);
}

/** Tabs and line ends would break the row. */
function oneLine(text: string): string {
  return text.replaceAll(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ').trim();
}
