import {
  counted,
  decimalsFor,
  formatDelta,
  formatPercent,
  formatRoughly,
  formatValue,
  withUnit,
} from '../../lab/numbers.ts';
import { shellWord } from '../../lab/shell-word.ts';
import { activeSecondsAt, endedTrialsOf, type StudyState } from '../../model/study.ts';
import { type EndedTrial, type Outcome, speaksForCommit } from '../../model/trial.ts';
import { oneLine } from '../../process/one-line.ts';
import { countVerdicts } from '../../record/findings/counts.ts';
import { outcomeSentence } from '../outcome.ts';
import { standingOf } from '../standing.ts';
import { judgeFacts } from './judge-rows.ts';
import { modelFacts } from './model-rows.ts';
import { paint, type Row, span, wrapRow } from './paint.ts';
import { experimentsAnHour } from './rows.ts';
import { padEnd, widthOf } from './text.ts';
import type { LiveView } from './view.ts';
import { betterWhen, CANDIDATE_REPORTED, labTitle, VERDICT_LOOK } from './words.ts';

/** What a study came to, for the end of a run and for the morning: what, how much, from where to where, and what next. */
export function renderSummary(
  view: LiveView,
  /** Columns of the terminal, Infinity where there is none. */
  { columns, colour }: { readonly columns: number; readonly colour: boolean },
  /** Further lines about the study, as title and text. */
  facts: readonly (readonly [title: string, text: string])[] = [],
): string[] {
  const known = [...judgeFacts(view.state), ...modelFacts(view.state, view.now)];
  const more = [...known, ...facts].map(([title, text]) => titled(title, span(text)));
  const rows = [
    ...measuredRows(view),
    experimentsRow(view),
    ...championRows(view),
    ...more,
    [],
    ...nextRows(view),
  ];
  return rows.flatMap((row) => wrapRow(row, columns, TITLE)).map((row) => paint(row, colour));
}

/** Columns for the titles. */
const TITLE = 13;

function titled(title: string, ...rest: Row): Row {
  return [span(title.padEnd(TITLE), 'faint'), ...rest];
}

function measuredRows({ lab, state }: LiveView): Row[] {
  const { objective, study } = state.study;
  const unit = objective.unit === '' ? '' : ` in ${oneLine(objective.unit)}`;
  return [
    titled('study', span(study, 'strong'), span(` of ${labTitle(lab)}`)),
    titled('measured', span(`${oneLine(objective.name)}${unit}, ${betterWhen(objective)}`)),
  ];
}

function experimentsRow(view: LiveView): Row {
  const { state, now } = view;
  const counts = countVerdicts(state);
  const parts = [...counts].map(([word, count]) => span(`${count} ${word}`, VERDICT_LOOK[word].tone));
  const listed = parts.flatMap((part, index) => (index === 0 ? [part] : [span(', '), part]));
  const pace = [`in ${formatRoughly(activeSecondsAt(state, now))}`, ...experimentsAnHour(view)].join(', ');
  const open = state.open.size > 0 ? `; ${state.open.size} open` : '';
  const total = span(`${state.judged} ${pace}${open}`);
  return titled('experiments', total, ...(listed.length === 0 ? [] : [span(': '), ...listed]));
}

function championRows({ state }: LiveView): Row[] {
  const { objective, study } = state.study;
  const { champion, baseline, baselineElsewhere, stack } = standingOf(state);
  if (!champion) return [titled('champion', span(unmeasuredText(state), 'warning'))];
  const decimals = decimalsFor(objective, champion.value);
  const reported =
    champion.source === 'candidate-reported' ? [span(`, ${CANDIDATE_REPORTED}`, 'warning')] : [];
  const value = span(withUnit(formatValue(champion.value, decimals), oneLine(objective.unit)), 'strong');
  if (stack.length === 0) return [titled('champion', span('the baseline, at '), value, ...reported)];
  const from = baseline ? [span(`${formatValue(baseline.value, decimals)} -> `)] : [];
  const change = baseline ? changeText(baseline.value, champion.value, decimals) : '';
  return [
    titled(
      objective.name.length < 13 ? oneLine(objective.name) : 'metric',
      ...from,
      value,
      span(change, 'good'),
      ...reported,
    ),
    ...(baselineElsewhere ? [baselineRow(baselineElsewhere.value, decimals)] : []),
    titled(
      'champion',
      span(`experiment #${stack.at(-1)}, ${counted(stack.length, 'kept change')}, on branch `),
      span(`ratchet/${study}`, 'accent'),
    ),
  ];
}

function unmeasuredText(state: StudyState): string {
  const { stack } = standingOf(state);
  const who = stack.length === 0 ? 'the baseline' : `experiment #${stack.at(-1)}`;
  const failed = failedChampion(state);
  if (failed === undefined) return `${who}, not measured yet`;
  return `${who}, which yields no measurement: ${oneLine(outcomeSentence(failed.outcome))} (trial ${failed.trial})`;
}

/**
 * The trial in which a champion without a score failed last. Nothing can be compared with it, and to go on would only run
 * it again as it is: a study holds its baseline as it was at the start.
 */
function failedChampion(state: StudyState): EndedTrial | undefined {
  const { commit, champion } = standingOf(state);
  if (champion !== undefined) return undefined;
  return endedTrialsOf(state, commit).findLast(
    (trial) => speaksForCommit(trial) && FAILURES.has(trial.outcome.kind),
  );
}

const FAILURES: ReadonlySet<Outcome['kind']> = new Set(['crash', 'timeout', 'invalid']);

/** A gain over a number from other hardware, another budget or other data would mean nothing. */
function baselineRow(value: number, decimals: number): Row {
  const why = ', under other conditions: the gain over it is not known';
  return titled('baseline', span(formatValue(value, decimals)), span(why, 'warning'));
}

function changeText(from: number, to: number, decimals: number): string {
  const percent = formatPercent(from, to);
  return ` (${formatDelta(to - from, decimals)}${percent === undefined ? '' : `, ${percent}`})`;
}

function nextRows({ lab, phase, state }: LiveView): Row[] {
  const at = lab === '.' ? '' : ` --lab ${shellWord(oneLine(lab))}`;
  const last = standingOf(state).stack.at(-1);
  const named = lab === '.' ? '' : ` ${shellWord(oneLine(lab))}`;
  const looks: [string, string][] = [
    [`ratchet serve${named}`, 'all of it in the browser'],
    [`ratchet log${at}`, 'every experiment'],
  ];
  if (last !== undefined) {
    looks.push([`ratchet diff${at}`, 'what changed since the baseline']);
    looks.push([`ratchet show ${last}${at}`, 'the last keep']);
  }
  if (failedChampion(state)) {
    looks.push([`ratchet check${named}`, 'what keeps it from a measurement; mend the lab until this passes']);
    looks.push([`ratchet run --new${named}`, 'then begin another study']);
  } else if (phase === 'stopped') looks.push([`ratchet run${named}`, 'go on']);
  const columns = Math.max(...looks.map(([command]) => widthOf(command)));
  return looks.map(([command, what], index) =>
    titled(index === 0 ? 'next' : '', span(padEnd(command, columns), 'accent'), span(`  ${what}`, 'faint')),
  );
}
