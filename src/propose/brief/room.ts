import { MOST_CHARACTERS, tokensIn } from './tokens.ts';

/** Tokens for a fence, or for a sentence that says what is missing. */
const FOR_CLOSING = 30;

/** The most of `lines` from the first on that has room, in tokens; a line costs one more than its text. */
export function linesWithin(lines: readonly string[], room: number): number {
  let left = room;
  for (const [count, line] of lines.entries()) {
    left -= tokensIn(line) + 1;
    if (left < 0) return count;
  }
  return lines.length;
}

/** The beginning of a text that has room: whole lines, or the beginning of the first where that alone is too long. */
export function beginningWithin(text: string, room: number): string {
  if (tokensIn(text) <= room) return text;
  const lines = text.split('\n');
  const count = linesWithin(lines, room);
  if (count > 0) return lines.slice(0, count).join('\n');
  return cutLine(lines[0]!, room, (line, length) => line.slice(0, length));
}

/** The end of a text that has room, in the same way. */
export function endWithin(text: string, room: number): string {
  const lines = text.split('\n').reverse();
  const count = linesWithin(lines, room);
  if (count > 0) return lines.slice(0, count).reverse().join('\n');
  return cutLine(lines[0]!, room, (line, length) => line.slice(line.length - length));
}

function cutLine(line: string, room: number, cut: (line: string, length: number) => string): string {
  let length = Math.min(line.length, Math.max(0, room) * MOST_CHARACTERS);
  while (length > 0 && tokensIn(cut(line, length)) > room) length = Math.floor(length * 0.8);
  return cut(line, length).replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '');
}

/** One part of a brief. */
export interface Section {
  /** Of the brief, 0 to 1: what it has for itself where all want more than there is. */
  readonly share: number;
  /** Its text in at most so many tokens; empty where it has nothing to say, or no room to say it. */
  write(room: number): string;
}

/** A title, what explains the text below it, and the text: as much of it as `fill` finds room for. Empty where that is nothing. */
export function titled(
  { title, lead }: { readonly title: string; readonly lead?: string },
  room: number,
  fill: (room: number) => string,
): string {
  const head = [`## ${title}`, ...(lead === undefined ? [] : [lead])].join('\n\n');
  const body = fill(room - tokensIn(head) - FOR_CLOSING);
  return body === '' ? '' : `${head}\n\n${body}`;
}

/**
 * Texts of sections that together have room. Where they have not, each keeps its share, and what others leave of theirs goes to those
 * that want more, in the order of `importance`.
 */
export function writeWithin(
  sections: readonly Section[],
  importance: readonly Section[],
  room: number,
): string[] {
  const wholes = new Map(sections.map((section) => [section, section.write(room)]));
  const needs = new Map([...wholes].map(([section, text]) => [section, needOf(text)]));
  const rooms = new Map(
    sections.map((section) => [section, Math.min(needs.get(section)!, section.share * room)]),
  );
  let left = room - [...rooms.values()].reduce((sum, one) => sum + one, 0);
  for (const section of importance) {
    const more = Math.min(left, needs.get(section)! - rooms.get(section)!);
    rooms.set(section, rooms.get(section)! + more);
    left -= more;
  }
  return sections
    .map((section) =>
      rooms.get(section)! >= needs.get(section)!
        ? wholes.get(section)!
        : section.write(Math.floor(rooms.get(section)!) - BETWEEN),
    )
    .filter((text) => text !== '');
}

/** An empty line between two sections. */
const BETWEEN = 2;

function needOf(text: string): number {
  return text === '' ? 0 : tokensIn(text) + BETWEEN;
}
