import { type Command, InvalidArgumentError } from 'commander';
import {
  FALSE_DISCOVERIES,
  type Rejudged,
  type RejudgedKeep,
  rejudge,
  type Standing,
} from '../decide/rejudge.ts';
import { counted, formatDelta, formatValue } from '../lab/numbers.ts';
import type { Direction } from '../model/objective.ts';
import { oneLine } from '../process/one-line.ts';
import { EXIT } from './exit.ts';
import { readHistory } from './history-file.ts';
import { columnsOf, printJson, printLines, wantsColour } from './output.ts';
import { Problem } from './problem.ts';
import { type Column, formatTable } from './table.ts';
import { type Span, span, type Tone } from './terminal/paint.ts';

interface RejudgeOptions {
  readonly sigma?: number;
  readonly minimumEffect?: number;
  readonly maximize?: true;
  readonly json?: true;
}

const SIGMA =
  'sigma is how far the metric of the same code scatters from run to run, as a standard deviation in its own unit; ' +
  '"ratchet check --noise 8" measures it in a lab';

export function registerRejudge(program: Command): void {
  program
    .command('rejudge')
    .description("which keeps of somebody's results.tsv stand, and which may be luck; needs no lab")
    .argument('<file>', 'as karpathy/autoresearch writes it')
    .option('--sigma <number>', "standard deviation of one trial, in the metric's unit", parseSize(SIGMA))
    .option(
      '--minimum-effect <number>',
      "the smallest gain that matters, in the metric's unit (default: sigma)",
      parseSize("it is a gain in the metric's unit"),
    )
    .option('--maximize', 'larger is better (default: smaller is, as in val_bpb)')
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP)
    .action((file: string, options: RejudgeOptions, command: Command) => {
      const { sigma } = options;
      if (sigma === undefined) throw new Problem(`rejudge needs --sigma: ${SIGMA}`);
      const { metric, event } = readHistory(file);
      const direction: Direction = options.maximize ? 'maximize' : 'minimize';
      const minimumEffect = options.minimumEffect ?? sigma;
      const result = rejudge(event.rows, { direction, sigma, minimumEffect });
      if (result === undefined) throw new Problem(`no row of ${file} has a value`, EXIT.nothing);
      const log: Log = { file: event.file, metric, direction, sigma, minimumEffect };
      if (options.json) printJson({ ...log, ...result });
      else printLines(report(log, result, wantsColour(process.stdout, command)));
    });
}

const HELP = `
Each row of such a log is one trial, and a keep is a trial that beat the best one so far: a part of them only had luck. What
the changes of the log did as a whole says how much of each gain is to be believed; docs/rejudge.md tells how.

Example:
  ratchet rejudge results.tsv --sigma 0.0004`;

function parseSize(what: string): (text: string) => number {
  return (text) => {
    const value = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    if (value > 0 && Number.isFinite(value)) return value;
    throw new InvalidArgumentError(`Write a number above 0: ${what}.`);
  };
}

interface Log {
  readonly file: string;
  readonly metric: string;
  readonly direction: Direction;
  readonly sigma: number;
  readonly minimumEffect: number;
}

const LOOK: Readonly<Record<Standing, { readonly symbol: string; readonly tone: Tone }>> = {
  stands: { symbol: '✓', tone: 'good' },
  doubtful: { symbol: '?', tone: 'warning' },
  luck: { symbol: '✗', tone: 'bad' },
};

/** Missed gains that are listed. */
const MOST_MISSED = 5;

function report(log: Log, { keeps, gain, champion, compared, missed }: Rejudged, colour: boolean): string[] {
  const decimals = Math.min(10, Math.max(0, 2 - Math.floor(Math.log10(log.sigma))));
  const value = (number: number) => formatValue(number, decimals);
  const delta = (number: number) => formatDelta(number, decimals);
  const counts = (standing: Standing) => keeps.filter((keep) => keep.standing === standing).length;
  const falseKeeps = keeps.reduce((sum, { luck }) => sum + luck, 0);
  const metric = oneLine(log.metric);
  const better = log.direction === 'minimize' ? 'smaller' : 'larger';
  const head = [
    `${metric} (${better} is better), sigma ${log.sigma}, ${counted(compared, 'row')} compared with a champion`,
    `of ${counted(keeps.length, 'keep')}, ${counts('stands')} stand, ${counts('doubtful')} are doubtful, ${counts('luck')} are more likely luck than not`,
    ...(keeps.length === 0
      ? []
      : [`  all in all, about ${falseKeeps.toFixed(1)} of them are expected to be luck`]),
    `gain: ${delta(gain.logged)} as logged, ${delta(gain.believed)} to be believed (give or take ${value(gain.deviation)})`,
    `champion: ${value(champion.logged)} as logged; it would score ${value(champion.believed)} on average (give or take ${value(champion.deviation)})`,
    `LORD++ at a false discovery rate of ${FALSE_DISCOVERIES}, from the logged gains alone: ${keeps.filter(({ discovery }) => discovery).length} discoveries`,
  ];
  if (keeps.length === 0) return head;
  const heads: Column[] = [
    { title: 'commit', align: 'left' },
    { title: 'verdict', align: 'left' },
    { title: `as logged (${metric})`, align: 'right' },
    { title: `to be believed (${metric})`, align: 'right' },
    { title: 'luck (%)', align: 'right' },
    { title: 'LORD++', align: 'left' },
    { title: 'description', align: 'left' },
  ];
  const rows = keeps.map((keep) => rowOf(keep, delta, value));
  return [
    ...head,
    '',
    ...formatTable(heads, rows, { columns: columnsOf(process.stdout), colour }),
    ...missedLines(missed),
  ];
}

function rowOf(
  { commit, description, logged, believed, deviation, luck, standing, discovery }: RejudgedKeep,
  delta: (number: number) => string,
  value: (number: number) => string,
): Span[] {
  const { symbol, tone } = LOOK[standing];
  return [
    span(oneLine(commit), 'faint'),
    span(`${symbol} ${standing}`, tone),
    span(delta(logged)),
    span(`${delta(believed)} ± ${value(deviation)}`),
    span(percent(luck)),
    span(discovery ? 'yes' : '', 'faint'),
    span(oneLine(description)),
  ];
}

function percent(share: number): string {
  return share < 0.01 ? '<1' : String(Math.round(share * 100));
}

function missedLines(missed: Rejudged['missed']): string[] {
  if (missed.length === 0) return [];
  const listed = missed.slice(0, MOST_MISSED).map(({ commit, description, luck }) => {
    return `  ${oneLine(commit)}  ${oneLine(description)} (luck ${percent(luck)}%)`;
  });
  const more = missed.length > MOST_MISSED ? [`  and ${missed.length - MOST_MISSED} more`] : [];
  return ['', 'discarded, and more likely gains than not: worth another try', ...listed, ...more];
}
