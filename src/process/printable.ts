import { stripVTControlCharacters } from 'node:util';

/** Marks that reorder text on a screen without showing themselves. */
const REORDERING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function picture(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}

/**
 * Text of a candidate made safe to print: escape sequences are removed, other control characters are shown as pictures (␀, ␛),
 * marks that reorder text as U+FFFD. Tabs and line ends stay.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\p{Cc}/gu, (control) => (control === '\n' || control === '\t' ? control : picture(control)))
    .replace(REORDERING, '\ufffd');
}
