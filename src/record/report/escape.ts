import { printable } from '../../process/printable.ts';

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as HTML shows it, in an element or in a quoted attribute; what a browser must not be given becomes a picture of it. */
export function html(text: string): string {
  return printable(text.toWellFormed()).replace(/[&<>"']/g, (character) => HTML[character]!);
}

/**
 * A text on one line as markdown shows it: nothing in it is a link, an image, HTML, a cell, a heading or a mention. A mark that means
 * nothing where it stands is left as it is, so that the text can be read before it is rendered too.
 */
export function markdown(text: string): string {
  return printable(text.toWellFormed().replace(/\s+/g, ' '))
    .replace(/[\\`*[\]<>|~&#!$@]|(?<!\w)_|_(?!\w)/g, '\\$&')
    .replace(/:(?=\/\/)|(?<=\bwww)\./gi, '\\$&')
    .replace(/^[-+=](?=[-=\s]|$)|(?<=^\d{1,9})[.)](?=\s|$)/, '\\$&');
}
