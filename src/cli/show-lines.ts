import { decimalsFor, formatDelta, formatValue, withUnit } from '../lab/numbers.ts';
import { formatBytes, formatTrialBudget } from '../lab/units.ts';
import { isProvisional } from '../model/certified.ts';
import type { ExperimentId } from '../model/identity.ts';
import { budgetAt, exceededText } from '../model/limit.ts';
import { gain as gainOf, type Objective } from '../model/objective.ts';
import { originName } from '../model/proposal.ts';
import type { Experiment, StudyState } from '../model/study.ts';
import type { CurvePoint, EndedTrial, Outcome } from '../model/trial.ts';
import type { Basis, Comparison, Verdict } from '../model/verdict.ts';
import { oneLine } from '../process/one-line.ts';
import { experimentLine } from '../record/experiment-line.ts';
import { sourceOf } from '../record/findings/source.ts';
import { diffLines } from './difference.ts';
import { foretoldText, outcomeSentence } from './outcome.ts';
import { metricTitle } from './source.ts';
import { formatTable } from './table.ts';
import { drawChart } from './terminal/chart.ts';
import { paint, type Row, span } from './terminal/paint.ts';
import { padEnd } from './terminal/text.ts';
import { CANDIDATE_REPORTED, lookOf } from './terminal/words.ts';

/** Everything that is known of one experiment. */
export interface Shown {
  readonly state: StudyState;
  readonly experiment: Experiment;
  /** Of its commit, oldest first, whatever they were run for. */
  readonly trials: readonly EndedTrial[];
  readonly curve: readonly CurvePoint[];
  readonly output: readonly string[];
  readonly diff: { readonly text: string; readonly truncated: boolean };
}

const CURVE_SIZE = { columns: 72, rows: 9 };

/** One experiment, to be read from top to bottom: what, how it ended and why, then the proof. */
export function showLines(shown: Shown, columns: number, colour: boolean): string[] {
  const { state, experiment, trials, curve, output, diff } = shown;
  const sections = [
    headRows(shown).map((row) => paint(row, colour)),
    trials.length === 0 ? [] : titled('trials', colour, trialTable(state, trials, { columns, colour })),
    titled(
      `${oneLine(state.study.objective.name)} over the trial`,
      colour,
      curveLines(state, curve, columns, colour),
    ),
    titled('diff', colour, diffLines(diff.text, colour)),
    diff.truncated ? [`(cut; "ratchet diff ${experiment.proposal.experiment}" prints more)`] : [],
    titled('end of its output', colour, output),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

function titled(title: string, colour: boolean, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [paint([span(title, 'strong')], colour), ...lines];
}

/** A metric's name may be longer than the column of names. */
function field(name: string, ...rest: Row): Row {
  return [span(`${padEnd(name, 11)} `, 'faint'), ...rest];
}

function headRows({ state, experiment }: Shown): Row[] {
  const { proposal } = experiment;
  const line = experimentLine(state, experiment);
  const { symbol, tone } = lookOf(line.verdict);
  const parent = [...state.experiments.values()].find((other) => other.proposal.commit === proposal.parent);
  const parentName = parent ? `#${parent.proposal.experiment}` : 'the baseline';
  return [
    [span(`#${proposal.experiment} `, 'strong'), span(`${symbol} ${line.verdict}`, tone)],
    field('hypothesis', span(oneLine(proposal.hypothesis))),
    field('category', span(`${proposal.category}, from ${oneLine(originName(proposal.origin))}`)),
    ...(line.reason === null ? [] : [field('reason', span(oneLine(line.reason)))]),
    ...(experiment.status === 'judged' ? evidenceRows(state, experiment.verdict) : []),
    ...certificateRows(state, proposal.experiment),
    field(
      'commit',
      span(proposal.commit),
      span(`, on ${parentName} ${proposal.parent.slice(0, 12)}`, 'faint'),
    ),
  ];
}

function evidenceRows(state: StudyState, verdict: Verdict): Row[] {
  switch (verdict.kind) {
    case 'keep':
    case 'discard':
      return comparisonRows(state, verdict.evidence);
    case 'crash':
    case 'timeout':
      return [field('evidence', span(`trial ${verdict.evidence.trial}`))];
    case 'invalid':
      if ('trial' in verdict.evidence) return [field('evidence', span(`trial ${verdict.evidence.trial}`))];
      return [field('evidence', span(oneLine(verdict.evidence.paths.join(', '))))];
    case 'inconclusive':
      return [field('evidence', span(`trials ${verdict.evidence.trials.join(', ')}`))];
    default:
      return verdict satisfies never;
  }
}

function comparisonRows(state: StudyState, evidence: Comparison): Row[] {
  const { objective } = state.study;
  const { candidate, parent, gain, candidateTrials, parentTrials, basis, size } = evidence;
  const decimals = decimalsFor(objective, parent);
  const parents = parentTrials.length === 0 ? '' : ` against ${parentTrials.join(', ')}`;
  const cited = field('evidence', span(`trial ${candidateTrials.join(', ')}${parents}`));
  if (basis?.kind === 'forecast')
    return [field('forecast', span(foretoldText({ progress: basis.progress, gain }))), cited];
  const value = withUnit(formatValue(candidate, decimals), oneLine(objective.unit));
  const source = sourceOf(state) === 'evaluated' ? [] : [span(`, ${CANDIDATE_REPORTED}`, 'warning')];
  const against = ` against ${formatValue(parent, decimals)} of its parent`;
  const rows = [
    field(oneLine(objective.name), span(value, 'strong'), ...source, span(against)),
    field('gain', span(gainText(objective, evidence, decimals), gain > 0 ? 'good' : 'plain')),
    cited,
  ];
  rows.push(...basisRows(basis, decimals));
  if (size) rows.push(field('size', span(`${size.before} -> ${size.after} syntax nodes`)));
  return rows;
}

/** Over equal seeds alone a gain is another number than the difference of the two means, and a reader would wonder. */
function gainText(objective: Objective, { candidate, parent, gain, basis }: Comparison, decimals: number) {
  const better = gain > 0 ? 'better' : gain < 0 ? 'worse' : 'equal';
  const text = formatDelta(gain, decimals);
  const isDifference = text === formatDelta(gainOf(objective, parent, candidate), decimals);
  const how = basis?.kind === 'posterior' && !isDifference ? ', paired by seed' : '';
  return `${text} (${better}${how})`;
}

/** How far the gain is more than luck, as the judge weighed it. */
function basisRows(basis: Basis | undefined, decimals: number): Row[] {
  if (basis?.kind === 'seed-not-controlled')
    return [field('seed', span('not controlled: runs under different seeds came out the same', 'warning'))];
  if (basis?.kind !== 'posterior') return [];
  const believed = `${formatDelta(basis.mean, decimals)} ± ${formatValue(basis.deviation, decimals)}`;
  return [
    field('believed', span(`${believed}, and luck with a chance of ${(100 * basis.luck).toFixed(1)}%`)),
  ];
}

function certificateRows(state: StudyState, id: ExperimentId): Row[] {
  const { certificates, withdrawn, study } = state;
  if (withdrawn.has(id)) return [];
  if (isProvisional(state, id))
    return [
      field(
        'standing',
        span('provisional: not tested again on fresh seeds, or not settled by it', 'warning'),
      ),
    ];
  return certificates.flatMap(({ of, effect, trials }) => {
    if (of.kind !== 'change' || of.experiment !== id) return [];
    const decimals = decimalsFor(study.objective, effect.value);
    const [value, low, high] = [effect.value, effect.low, effect.high].map((gain) =>
      formatDelta(gain, decimals),
    );
    return [field('certified', span(`${value} (${low} to ${high}) on ${trials} fresh trials`, 'good'))];
  });
}

function trialTable(
  state: StudyState,
  trials: readonly EndedTrial[],
  size: { columns: number; colour: boolean },
): string[] {
  const heads = [
    { title: 'trial', align: 'right' },
    { title: 'purpose', align: 'left' },
    { title: 'budget', align: 'left' },
    { title: 'seed', align: 'right' },
    { title: 'steps', align: 'right' },
    { title: metricTitle(state.study.objective, sourceOf(state)), align: 'right' },
    { title: 'wall (s)', align: 'right' },
    { title: 'cpu (s)', align: 'right' },
    { title: 'peak memory', align: 'right' },
    { title: 'outcome', align: 'left' },
  ] as const;
  const rows = trials.map((trial) => trialCells(state, trial).map((text) => span(text)));
  return formatTable(heads, rows, size);
}

function trialCells(
  state: StudyState,
  { trial, purpose, seed, conditions, outcome, usage }: EndedTrial,
): string[] {
  const completed = outcome.kind === 'completed' ? outcome : undefined;
  const value = completed?.measurement.value;
  return [
    String(trial),
    purpose,
    formatTrialBudget(budgetAt(conditions.budget, conditions.fidelity)),
    String(seed),
    completed?.steps === undefined ? '' : String(completed.steps),
    value === undefined ? '' : formatValue(value, decimalsFor(state.study.objective, value)),
    usage.wallSeconds.toFixed(1),
    usage.cpuSeconds.toFixed(1),
    formatBytes(usage.peakMemoryBytes),
    oneLine(outcomeText(outcome)),
  ];
}

function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'completed':
      return 'completed';
    case 'crash':
      return `crash in ${outcome.stage}: ${outcome.how}`;
    case 'timeout':
      return `timeout: ${outcome.stage} ${exceededText(outcome.exceeded)}`;
    case 'invalid':
    case 'fault':
    case 'cancelled':
      return `${outcome.kind}: ${outcome.reason}`;
    case 'stopped':
      return outcomeSentence(outcome);
    default:
      return outcome satisfies never;
  }
}

/** The objective over the trial's progress, as the trial reported it on the way. */
function curveLines(
  state: StudyState,
  curve: readonly CurvePoint[],
  columns: number,
  colour: boolean,
): string[] {
  const { objective } = state.study;
  const line = curve.flatMap(({ progress, values }) => {
    const y = values[objective.name];
    return y === undefined ? [] : [{ x: progress, y }];
  });
  if (line.length < 2) return [];
  const values = line.map(({ y }) => y);
  const chart = {
    line,
    dots: [],
    left: 0,
    right: 1,
    bottom: Math.min(...values),
    top: Math.max(...values),
    xLabel: (share: number) => `${Math.round(share * 100)}%`,
    yLabel: (value: number) => formatValue(value, decimalsFor(objective, value)),
  };
  return drawChart(chart, Math.min(columns, CURVE_SIZE.columns), CURVE_SIZE.rows).map((row) =>
    paint(row, colour),
  );
}
