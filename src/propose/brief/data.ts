import { shorten } from '../../model/bound.ts';
import { printable } from '../../process/printable.ts';

/** Characters that show nothing: joiners, tags and marks that hide words, and what stands for no character at all. */
const HIDDEN = /[\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** A fence is longer than any run of its character inside: with longer runs fences would fill a brief. */
const LONGEST_RUN = 64;
const LONG_RUN = new RegExp(`(\`{${LONGEST_RUN}})\`+`, 'g');

/** Text of others as a model may read it: no escapes, no control characters, nothing that hides; line ends are `\n`. */
export function shown(text: string): string {
  return printable(text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'))
    .replace(HIDDEN, '\ufffd')
    .replace(LONG_RUN, '$1…');
}

/** The same on one line, at most `most` characters. */
export function oneLine(text: string, most: number): string {
  return shorten(
    shown(shorten(text, 4 * most))
      .replace(/\s+/g, ' ')
      .trim(),
    most,
  );
}

/** A name that others chose, such as a path: in double quotes that it cannot leave. */
export function quoted(name: string): string {
  return JSON.stringify(oneLine(name, 200)).replaceAll('`', "'");
}

/** Where a slot lay on this machine: it tells a reader nothing, and where its owner keeps files. Bounded, since whoever prints it is a stranger. */
const SLOT = /(?:file:\/\/)?\/[^\s()'"]{0,300}\/slots\/\d{1,4}\/[a-z]{1,20}\//g;

/** What a trial said, with the paths of its own files as the repository has them. */
export function withoutSlots(text: string): string {
  return text.replace(SLOT, '');
}
