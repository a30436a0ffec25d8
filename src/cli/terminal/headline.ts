import { formatDelta, formatPercent, formatRoughly, formatValue, withUnit } from '../../lab/numbers.ts';
import type { Objective } from '../../model/objective.ts';
import { gain } from '../../model/objective.ts';
import type { Standing } from '../../model/standing.ts';
import { activeSecondsAt } from '../../model/study.ts';
import { oneLine } from '../../process/one-line.ts';
import { type Row, rowWidth, type Span, span, spread, type Tone } from './paint.ts';
import type { LiveView, Phase } from './view.ts';
import { betterWhen, CANDIDATE_REPORTED, labTitle } from './words.ts';

const PHASE: Readonly<Record<Phase, { readonly text: string; readonly tone: Tone }>> = {
  running: { text: 'running', tone: 'good' },
  paused: { text: 'paused', tone: 'warning' },
  stopping: { text: 'finishing the trials in flight', tone: 'warning' },
  'stopping-now': { text: 'stopping the trials in flight', tone: 'warning' },
  stopped: { text: 'stopped', tone: 'faint' },
};

/** Lab and study on the left, what the engine does and for how long on the right. */
export function titleRow(view: LiveView, columns: number): Row {
  const { text, tone } = PHASE[view.phase];
  const active = formatRoughly(activeSecondsAt(view.state, view.now));
  const left = [
    span('ratchet ', 'strong'),
    span(labTitle(view.lab), 'accent'),
    span(` ${view.state.study.study}`, 'faint'),
  ];
  const right = [span(text, tone), span(` ${active}`, 'faint')];
  const row = spread(left, right, columns);
  // On a narrow screen the study's id is worth less than what the engine does.
  return row.includes(right[0] as Span) ? row : spread(left.slice(0, 2), right, columns);
}

/** The champion's value and its gain over the baseline. */
export function championRow(
  objective: Objective,
  standing: Standing,
  decimals: number,
  columns: number,
): Row {
  const { champion, baseline } = standing;
  const name = span(`${oneLine(objective.name)} `, 'strong');
  if (!champion)
    return [name, span('measuring the baseline', 'faint'), span(` (${betterWhen(objective)})`, 'faint')];
  const unit = oneLine(objective.unit);
  const value = span(withUnit(formatValue(champion.value, decimals), unit), 'strong');
  const reported =
    champion.source === 'candidate-reported' ? [span(` ${CANDIDATE_REPORTED}`, 'warning')] : [];
  const left = [name, value, ...reported];
  if (!baseline || standing.stack.length === 0) {
    return spread(left, [span(`the baseline; ${betterWhen(objective)}`, 'faint')], columns);
  }
  const [difference, percent, from] = gainSpans(objective, baseline.value, champion.value, decimals);
  const widest = [difference, percent, from];
  const fitting = [widest, widest.slice(0, 2), widest.slice(0, 1)].find(
    (right) => rowWidth(left) + rowWidth(right) < columns,
  );
  return spread(left, fitting ?? [], columns);
}

/** `-0.0892`, ` (-3.71%)` and ` from 2.4013`, in the colour of what they mean. */
function gainSpans(objective: Objective, from: number, to: number, decimals: number): [Span, Span, Span] {
  const percent = formatPercent(from, to);
  const gained = gain(objective, from, to);
  const tone = gained > 0 ? 'good' : gained < 0 ? 'bad' : 'faint';
  return [
    span(formatDelta(to - from, decimals), tone),
    span(percent === undefined ? '' : ` (${percent})`, tone),
    span(` from ${formatValue(from, decimals)}`, 'faint'),
  ];
}

/** Which experiment the champion is, and how many were kept of how many. */
export function countsRow({ state, phase }: LiveView, standing: Standing): Row {
  const last = standing.stack.at(-1);
  const who = last === undefined ? 'champion: the baseline' : `champion: #${last}`;
  const counts = `${standing.keeps} kept of ${state.judged} judged`;
  const ahead = phase === 'running' && state.open.size > 0 ? `, ${state.open.size} open` : '';
  return [span(`${who}, ${counts}${ahead}`, 'faint')];
}
