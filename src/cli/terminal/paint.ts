import { styleText } from 'node:util';
import { truncate, widthOf } from './text.ts';

/** What a colour says; nothing is said by colour alone. */
export type Tone = 'plain' | 'strong' | 'faint' | 'good' | 'bad' | 'warning' | 'accent';

/** A piece of a line in one tone. Its text holds no escape sequence. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

export type Row = readonly Span[];

const STYLES = {
  strong: ['bold'],
  faint: ['dim'],
  good: ['green', 'bold'],
  bad: ['red'],
  warning: ['yellow'],
  accent: ['cyan'],
} as const;

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}

export function rowWidth(row: Row): number {
  return row.reduce((width, { text }) => width + widthOf(text), 0);
}

/** The row cut to `columns`; the span that crosses the edge ends in an ellipsis, the rest is left out. */
export function fitRow(row: Row, columns: number): Row {
  const kept: Span[] = [];
  let room = columns;
  for (const { text, tone } of row) {
    const width = widthOf(text);
    if (width > room) {
      if (room > 0) kept.push({ text: truncate(text, room), tone });
      break;
    }
    kept.push({ text, tone });
    room -= width;
  }
  return kept;
}

/** `left` and `right` at the two ends of a line; where both do not fit, `right` goes. */
export function spread(left: Row, right: Row, columns: number): Row {
  const gap = columns - rowWidth(left) - rowWidth(right);
  return gap < 1 ? fitRow(left, columns) : [...left, span(' '.repeat(gap)), ...right];
}

/** The row as text, with escape sequences only where `colour` is wanted. */
export function paint(row: Row, colour: boolean): string {
  return row
    .map(({ text, tone }) => (colour ? paintSpan(text, tone) : text))
    .join('')
    .trimEnd();
}

function paintSpan(text: string, tone: Tone): string {
  if (tone === 'plain' || text === '') return text;
  return styleText([...STYLES[tone]], text, { validateStream: false });
}
