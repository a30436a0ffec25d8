import { counted, formatDelta, formatRoughly, formatValue } from '../../lab/numbers.ts';
import { formatDollars, formatDuration } from '../../lab/units.ts';
import type { Objective } from '../../model/objective.ts';
import type { Experiment, StudyState } from '../../model/study.ts';
import { forecastOf } from '../../model/verdict.ts';
import { oneLine } from '../../process/one-line.ts';
import type { BudgetUse } from '../../record/findings/budget.ts';
import { judgedAnHour } from '../../record/findings/counts.ts';
import { foretoldText } from '../outcome.ts';
import { type Row, type Span, span, spread } from './paint.ts';
import { padEnd, padStart } from './text.ts';
import type { LiveView, SlotView } from './view.ts';
import { VERDICT_LOOK } from './words.ts';

export type Judged = Extract<Experiment, { status: 'judged' }>;

/** The last `count` verdicts, newest first. */
export function lastVerdicts(state: StudyState, count: number): Judged[] {
  const judged: Judged[] = [];
  for (const experiment of state.experiments.values())
    if (experiment.status === 'judged') judged.push(experiment);
  return judged
    .toSorted((a, b) => b.judgedAt - a.judgedAt || b.proposal.experiment - a.proposal.experiment)
    .slice(0, Math.max(0, count));
}

/** The rows of some verdicts, their words in one column. */
export function verdictRows(
  objective: Objective,
  judged: readonly Judged[],
  decimals: number,
  columns: number,
): Row[] {
  const wordColumns = Math.max(0, ...judged.map(({ verdict }) => verdict.kind.length));
  return judged.map((experiment) => verdictRow(objective, experiment, { wordColumns, decimals, columns }));
}

/** Symbol, word, number, value, gain over the parent and hypothesis. The values are left out below 60 columns. */
function verdictRow(
  objective: Objective,
  experiment: Judged,
  { wordColumns, decimals, columns }: { wordColumns: number; decimals: number; columns: number },
): Row {
  const { verdict, proposal } = experiment;
  const { symbol, tone } = VERDICT_LOOK[verdict.kind];
  const roomy = columns >= 60;
  const word = padEnd(verdict.kind, wordColumns);
  const head = [
    span(`${symbol} ${word} `, tone),
    span(`#${padEnd(String(proposal.experiment), 4)} `, 'faint'),
  ];
  const forecast = forecastOf(verdict);
  const why = forecast
    ? foretoldText({ progress: forecast.basis.progress, gain: forecast.gain })
    : verdict.reason;
  const told = (verdict.kind === 'keep' || verdict.kind === 'discard') && !forecast;
  const numbers = roomy && told ? valueSpans(objective, experiment, decimals) : [];
  const text = told || !roomy ? proposal.hypothesis : `${why}: ${proposal.hypothesis}`;
  const hypothesis = span(oneLine(text), verdict.kind === 'keep' ? 'plain' : 'faint');
  return [...head, ...numbers, hypothesis];
}

function valueSpans(objective: Objective, { verdict }: Judged, decimals: number): Span[] {
  if (verdict.kind !== 'keep' && verdict.kind !== 'discard') return [];
  const { candidate, gain } = verdict.evidence;
  const value = padStart(formatValue(candidate, decimals), objective.name === '' ? 0 : decimals + 2);
  const tone = gain > 0 ? (verdict.kind === 'keep' ? 'good' : 'plain') : 'faint';
  return [
    span(`${value} `, verdict.kind === 'keep' ? 'strong' : 'faint'),
    span(`gain ${formatDelta(gain, decimals)}  `, tone),
  ];
}

/** What one slot is doing, with a bar of how far it is. */
function slotRow(slot: SlotView, columns: number): Row {
  const number = span(`${padStart(String(slot.slot), 2)} `, 'faint');
  const length = Math.min(24, Math.max(6, Math.floor(columns / 6)));
  if (slot.kind === 'free') return [number, span('─'.repeat(length), 'faint'), span('  free', 'faint')];
  const share = Math.min(1, Math.max(0, Number.isFinite(slot.share) ? slot.share : 0));
  const percent = padStart(`${Math.floor(share * 100)}%`, 5);
  const stage = slot.stage === 'run' && slot.purpose !== 'candidate' ? slot.purpose : slot.stage;
  const state = `${percent} ${padEnd(stage, 9)} ${padStart(secondsText(slot.seconds), 6)}  `;
  const { experiment, hypothesis = '', what = '' } = slot;
  const tried = experiment === undefined ? what : `#${experiment} ${oneLine(hypothesis)}`;
  return [number, ...bar(share, length), span(state, 'faint'), span(tried)];
}

/** With a tenth below a minute, so that a running number keeps its width. */
function secondsText(seconds: number): string {
  return seconds < 60 ? `${seconds.toFixed(1)}s` : formatDuration(Math.floor(seconds));
}

function bar(share: number, length: number): Span[] {
  const halves = Math.round(share * length * 2);
  const full = '━'.repeat(halves >> 1) + (halves % 2 === 1 ? '╸' : '');
  return [span(full, 'accent'), span('─'.repeat(length - full.length), 'faint')];
}

/** At most `rows` rows for all slots; those that do not fit are counted. */
export function slotRows(slots: readonly SlotView[], columns: number, rows: number): Row[] {
  if (slots.length <= rows) return slots.map((slot) => slotRow(slot, columns));
  const shown = slots.slice(0, Math.max(0, rows - 1));
  const hidden = slots.slice(shown.length);
  const busy = hidden.filter((slot) => slot.kind === 'busy').length;
  const rest = span(`   and ${counted(hidden.length, 'more slot')}, ${busy} of them busy`, 'faint');
  return [...shown.map((slot) => slotRow(slot, columns)), [rest]];
}

/** Experiments an hour and what is left of each budget; on the right what the keys do. */
export function footerRow(view: LiveView, columns: number): Row {
  const parts = [...experimentsAnHour(view), ...view.budget.map(budgetLeft)].join(' · ');
  const left = columns < 60 ? parts.replaceAll(' experiments', '') : parts;
  return spread([span(left)], [span(KEYS[view.seat][view.phase], 'faint')], columns);
}

/** `92 experiments/h`; nothing before the first verdict. */
export function experimentsAnHour({ state, now }: LiveView): string[] {
  const rate = judgedAnHour(state, now);
  if (rate === undefined) return [];
  return [`${rate.toFixed(rate < 10 ? 1 : 0)} experiments/h`];
}

const LEAVE = 'Ctrl-C leaves the view';

const KEYS: Readonly<Record<LiveView['seat'], Readonly<Record<LiveView['phase'], string>>>> = {
  engine: {
    running: 'Ctrl-C ends it',
    paused: 'ratchet run resumes it',
    stopping: 'Ctrl-C again stops now',
    'stopping-now': '',
    stopped: '',
  },
  elsewhere: {
    running: LEAVE,
    paused: `ratchet run resumes it; ${LEAVE}`,
    stopping: LEAVE,
    'stopping-now': LEAVE,
    stopped: '',
  },
};

/** `6h48m left`, `87 experiments left`. */
export function budgetLeft({ limit, used }: BudgetUse): string {
  switch (limit.kind) {
    case 'time':
      return `${formatRoughly(Math.max(0, limit.seconds - used))} left`;
    case 'experiments':
      return `${counted(Math.max(0, limit.count - used), 'experiment')} left`;
    case 'cost':
      return `${formatDollars(Math.max(0, limit.dollars - used))} left`;
    case 'tokens':
      return `${Math.max(0, limit.count - used)} tokens left`;
    case 'proposals':
      return `${counted(Math.max(0, limit.count - used), 'proposal')} of models left`;
    default:
      return limit satisfies never;
  }
}
