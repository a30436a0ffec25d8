import stringWidth from 'string-width';
import { printable } from '../../process/printable.ts';

/** Characters looked at of any one text: enough for the widest screen, whatever a researcher wrote. */
const MOST_CHARACTERS = 2_000;

const PLAIN = /^[\x20-\x7e]*$/;

/** What shows nothing by itself or is drawn differently by each terminal: formats, variants, tones, halves of flags. */
const UNSURE = /[\p{Cf}\p{Co}\p{Cn}\p{Variation_Selector}\p{Emoji_Modifier}\p{RI}\p{Me}]/gu;

/** More than two marks on one letter climb into the lines above. */
const TOWERS = /(\p{M}{2})\p{M}+/gu;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A stranger's text as one harmless line: no escape sequence, no control character, no line end. */
export function oneLine(text: string): string {
  const bounded = text.slice(0, MOST_CHARACTERS);
  if (PLAIN.test(bounded)) return bounded.replace(/ {2,}/g, ' ').trim();
  return printable(bounded.toWellFormed().replace(/[\s\u0085]+/gu, ' '))
    .replace(UNSURE, '')
    .replace(TOWERS, '$1')
    .normalize('NFC')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** Columns that a text takes on a terminal. */
export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/** The text itself where it fits into `columns`, else as much of it as fits with an ellipsis. */
export function truncate(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const width = widthOf(segment);
    if (used + width > columns - 1) break;
    kept += segment;
    used += width;
  }
  return `${kept.trimEnd()}…`;
}

/** Filled with spaces up to `columns`, text at the left. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

/** Filled with spaces up to `columns`, text at the right. */
export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - widthOf(text))) + text;
}
