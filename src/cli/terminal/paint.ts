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

/**
 * The row as several that fit into `columns`, parted at spaces; all but the first begin with `indent` spaces. A word that is
 * longer than a row is cut.
 */
export function wrapRow(row: Row, columns: number, indent: number): Row[] {
  if (rowWidth(row) <= columns) return [row];
  const rows: Span[][] = [[]];
  let used = 0;
  for (const word of wordsOf(row)) {
    if (used > indent && used + rowWidth(trimEnd(word)) > columns) {
      rows.push([span(' '.repeat(indent))]);
      used = indent;
    }
    rows.at(-1)?.push(...word);
    used += rowWidth(word);
  }
  return rows.map((part) => fitRow(trimEnd(part), columns));
}

/** Each word with the spaces after it; one may go on in the next span. */
function wordsOf(row: Row): Span[][] {
  const words: Span[][] = [];
  let isWhole = true;
  for (const { text, tone } of row) {
    for (const piece of text.match(/\S+\s*|^\s+/g) ?? []) {
      if (isWhole) words.push([]);
      words.at(-1)?.push(span(piece, tone));
      isWhole = /\s$/.test(piece);
    }
  }
  return words;
}

function trimEnd(row: Row): Row {
  const last = row.at(-1);
  return last === undefined ? row : [...row.slice(0, -1), { ...last, text: last.text.trimEnd() }];
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
