import { shorten } from '../../model/bound.ts';
import { oneLine } from '../../process/one-line.ts';
import { markdown } from '../../record/report/escape.ts';
import type { NotifyFormat } from './settings.ts';

/** A message in words, before it is known who takes it. Plain text, none of it trusted. */
export interface Message {
  readonly title: string;
  /** One a line. */
  readonly lines: readonly string[];
}

export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The longest text that is posted, in characters: Discord takes 2,000. */
const LONGEST = 1_800;

/** The message as it is posted: nothing in it mentions anybody, links anywhere, or is more than text. */
export function postOf({ title, lines }: Message, format: NotifyFormat): Post {
  // Whoever shows a message makes a link of what looks like an address.
  const harmless = [title, ...lines].map((line) => shorten(oneLine(line).replace(/:\/\//g, ': //'), 500));
  switch (format) {
    case 'slack': {
      const [head = '', ...rest] = harmless.map(forSlack);
      return json({ text: bounded([`*${head}*`, ...rest]), unfurl_links: false });
    }
    case 'discord': {
      const [head = '', ...rest] = harmless.map(markdown);
      return json({ content: bounded([`**${head}**`, ...rest]), allowed_mentions: { parse: [] } });
    }
    case 'ntfy': {
      const [head = '', ...rest] = harmless;
      return {
        // A header holds Latin letters alone.
        headers: { 'content-type': 'text/plain; charset=utf-8', title: head.replace(/[^\x20-\x7e]/g, '?') },
        body: bounded(rest),
      };
    }
    default:
      return format satisfies never;
  }
}

function json(value: unknown): Post {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** Slack reads three characters as its own; the marks that make text bold or code are harmless, and shown as they were meant. */
function forSlack(line: string): string {
  return line.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function bounded(lines: readonly string[]): string {
  return shorten(lines.join('\n'), LONGEST);
}
