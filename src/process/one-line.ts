import { printable } from './printable.ts';

/** Characters looked at of any one text: enough for the widest screen, whatever a researcher wrote. */
const MOST_CHARACTERS = 2_000;

const PLAIN = /^[\x20-\x7e]*$/;

/** What shows nothing by itself or is drawn differently by each terminal: formats, variants, tones, halves of flags. */
const UNSURE = /[\p{Cf}\p{Co}\p{Cn}\p{Variation_Selector}\p{Emoji_Modifier}\p{RI}\p{Me}]/gu;

/** More than two marks on one letter climb into the lines above. */
const TOWERS = /(\p{M}{2})\p{M}+/gu;

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
