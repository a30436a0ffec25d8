import { decimalsFor, formatDelta, formatPercent, withUnit } from '../lab/numbers.ts';
import type { Objective } from '../model/objective.ts';
import type { ChangeReport, KnownEffect, StackReport, StackSum } from '../model/stack-report.ts';
import { oneLine } from '../process/one-line.ts';
import { type Column, formatTable } from './table.ts';
import { type Span, span, type Tone } from './terminal/paint.ts';

const LOOK: Readonly<Record<ChangeReport['standing'], { readonly symbol: string; readonly tone: Tone }>> = {
  certified: { symbol: '✓', tone: 'good' },
  provisional: { symbol: '?', tone: 'warning' },
  withdrawn: { symbol: '✗', tone: 'bad' },
};

/** Metrics besides the objective that are listed. */
const MOST_COSTS = 12;

export interface Format {
  readonly columns: number;
  readonly colour: boolean;
}

/** What holds of each kept change, one line each, under a head with units. */
export function changeLines({ changes }: StackReport, objective: Objective, format: Format): string[] {
  const unit = objective.unit === '' ? '' : ` (${oneLine(objective.unit)})`;
  const show = showing(objective, changes);
  const isElsewhere = changes.some(({ transfer }) => transfer !== undefined);
  const heads: Column[] = [
    { title: '#', align: 'right' },
    { title: 'standing', align: 'left' },
    { title: `effect${unit}`, align: 'right' },
    { title: '95%', align: 'left' },
    { title: 'known by', align: 'left' },
    ...(isElsewhere ? [{ title: `in the larger setting${unit}`, align: 'left' } satisfies Column] : []),
    { title: 'hypothesis', align: 'left' },
  ];
  const rows = changes.map(({ experiment, standing, effect, transfer, hypothesis, reason }): Span[] => [
    span(String(experiment), 'faint'),
    span(`${LOOK[standing].symbol} ${standing}`, LOOK[standing].tone),
    span(show(effect.value)),
    span(rangeText(effect, show)),
    span(effect.by, 'faint'),
    ...(isElsewhere ? [span(transferText(transfer, show))] : []),
    span(oneLine(reason === undefined ? hypothesis : `${hypothesis}; ${reason}`)),
  ]);
  return formatTable(heads, rows, format);
}

type Show = (value: number) => string;

function showing(objective: Objective, changes: readonly ChangeReport[]): Show {
  const largest = Math.max(...changes.map(({ effect }) => Math.abs(effect.value)), 0);
  const decimals = decimalsFor(objective, largest);
  return (value) => formatDelta(value, decimals);
}

function rangeText({ interval }: KnownEffect, show: Show): string {
  return interval === undefined ? '' : `${show(interval.low)} to ${show(interval.high)}`;
}

function transferText(transfer: ChangeReport['transfer'], show: Show): string {
  return transfer === undefined
    ? ''
    : `${transfer.finding} ${show(transfer.value)} (${rangeText(transfer, show)})`;
}

export function countLine({ changes, discoveries }: StackReport): string {
  const counts = (['certified', 'provisional', 'withdrawn'] as const)
    .map((standing) => `${changes.filter((change) => change.standing === standing).length} ${standing}`)
    .join(', ');
  const { tests, rejections, alpha } = discoveries;
  if (tests === 0) return counts;
  return `${counts}; by e-LOND at a false discovery rate of ${alpha}: ${rejections} of ${tests} tests`;
}

/** The champion as a whole: whether its parts add up, what it costs, and how soon it is where the baseline ends. */
export function wholeLines(
  { changes, sum, costs, compute }: StackReport,
  objective: Objective,
  transfer: Readonly<Record<string, string>> | undefined,
): string[] {
  const show = showing(objective, changes);
  const percent = (share: number) => `${Math.round(share * 100)}%`;
  return [
    sumLine(sum, objective, show),
    compute === undefined
      ? "budget to the baseline's final score: not known, since the curves do not tell it"
      : `budget to the baseline's final score: ${compute.isBound ? 'at most ' : ''}${percent(compute.share)} of the baseline's (${oneLine(compute.metric)}, ${compute.trials} ${compute.trials === 1 ? 'trial' : 'trials'})`,
    ...(costs.length === 0 ? [] : ['a trial, from the baseline to the champion:']),
    ...costs.slice(0, MOST_COSTS).map(({ name, baseline, champion }) => {
      const change = formatPercent(baseline, champion);
      return `  ${oneLine(name)}: ${short(baseline)} -> ${short(champion)}${change === undefined ? '' : ` (${change})`}`;
    }),
    ...(transfer === undefined ? [] : [`larger setting: ${variablesText(transfer)}`]),
  ];
}

function sumLine({ predicted, measured, finding }: StackSum, { unit }: Objective, show: Show): string {
  const effect = (of: KnownEffect) => {
    const range = rangeText(of, show);
    return `${withUnit(show(of.value), oneLine(unit))}${range === '' ? '' : ` (${range})`}`;
  };
  const whole = measured === undefined ? 'not measured' : effect(measured);
  const said = finding === undefined ? '' : `: it is worth ${FINDINGS[finding]}`;
  return `gain over the baseline: ${effect(predicted)} as the sum of its changes, ${whole} as a whole${said}`;
}

const FINDINGS = {
  'adds up': 'as much as its parts, as far as can be told',
  'less than its parts': 'less than its parts',
  'more than its parts': 'more than its parts',
} as const;

/** Four digits that count. */
function short(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(4)));
}

function variablesText(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${oneLine(value)}`)
    .join(' ');
}
