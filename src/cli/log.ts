import type { Command } from 'commander';
import { decimalsFor, formatDelta, formatValue } from '../lab/numbers.ts';
import { isProvisional } from '../model/certified.ts';
import type { StudyState } from '../model/study.ts';
import { oneLine } from '../process/one-line.ts';
import { type ExperimentLine, experimentLines } from '../record/experiment-line.ts';
import { sourceOf } from '../record/findings/source.ts';
import { columnsOf, printJson, printLines, wantsColour } from './output.ts';
import { choiceOf, openStudyToRead, type StudyChoice, stateNow, withLabAndStudy } from './read-study.ts';
import { metricTitle } from './source.ts';
import { type Column, formatTable } from './table.ts';
import { type Span, span } from './terminal/paint.ts';
import { lookOf } from './terminal/words.ts';

export function registerLog(program: Command): void {
  withLabAndStudy(program.command('log'))
    .description('every experiment of the study, oldest first')
    .option('--all', 'proposals too that were set aside before they ran')
    .option('--json', 'one JSON object a line')
    .action(
      async (
        lab: string | undefined,
        options: StudyChoice & { json?: true; all?: true },
        command: Command,
      ) => {
        using study = await openStudyToRead(choiceOf(lab, options));
        const state = stateNow(study);
        const lines = experimentLines(state).filter(
          ({ verdict }) => options.all === true || verdict !== 'set-aside',
        );
        if (options.json) {
          for (const line of lines) printJson(line);
          return;
        }
        const size = { columns: columnsOf(process.stdout), colour: wantsColour(process.stdout, command) };
        printLines(formatTable(headsOf(state), rowsOf(state, lines), size));
      },
    );
}

function headsOf(state: StudyState): Column[] {
  const { unit } = state.study.objective;
  return [
    { title: '#', align: 'right' },
    { title: 'verdict', align: 'left' },
    { title: metricTitle(state.study.objective, sourceOf(state)), align: 'right' },
    { title: unit === '' ? 'gain' : `gain (${oneLine(unit)})`, align: 'right' },
    { title: 'wall (s)', align: 'right' },
    { title: 'category', align: 'left' },
    { title: 'hypothesis', align: 'left' },
  ];
}

function rowsOf(state: StudyState, lines: readonly ExperimentLine[]): Span[][] {
  const typical = lines.find(({ metric }) => metric !== null)?.metric ?? 1;
  const decimals = decimalsFor(state.study.objective, typical);
  return lines.map((line) => rowOf(line, standingOf(state, line), decimals));
}

/** What has become of a keep; nothing where the rule that kept it knows of no luck. */
function standingOf(state: StudyState, { id, certified, withdrawn }: ExperimentLine): string {
  if (withdrawn !== null) return ', withdrawn';
  if (certified) return ', certified';
  return isProvisional(state, id) ? ', provisional' : '';
}

function rowOf(line: ExperimentLine, standing: string, decimals: number): Span[] {
  const { symbol, tone } = lookOf(line.verdict);
  const why = line.metric === null && line.reason !== null ? `${line.reason}: ` : '';
  return [
    span(String(line.id), 'faint'),
    span(`${symbol} ${line.verdict}${standing}`, tone),
    span(line.metric === null ? '' : formatValue(line.metric, decimals)),
    span(
      line.delta === null ? '' : formatDelta(line.delta, decimals),
      line.verdict === 'keep' ? 'good' : 'plain',
    ),
    span(line.seconds === 0 ? '' : line.seconds.toFixed(1), 'faint'),
    span(line.category, 'faint'),
    span(oneLine(why + line.hypothesis)),
  ];
}
