import { fenced } from '../../model/told.ts';
import { linesWithin } from './room.ts';
import { tokensIn } from './tokens.ts';

/** One line of a list, made safe. */
export interface Item {
  readonly text: string;
  /** The heading that it stands below, if any. */
  readonly group?: string;
}

/**
 * A list in a fence with as many items as there is room for, the first ones of `items`, and a sentence on how many were left out. Groups
 * stand in the order of `groups`, each with its items in their order; a group without an item keeps its heading.
 */
export function fencedList(items: readonly Item[], room: number, groups: readonly string[] = []): string {
  if (items.length === 0 && groups.length === 0) return '';
  const forHeadings = groups.reduce((sum, heading) => sum + tokensIn(heading) + 1, 0);
  const texts = items.map(({ text, group }) => (group === undefined ? text : `  ${text}`));
  const count = linesWithin(texts, room - forHeadings);
  if (room < forHeadings || (count === 0 && groups.length === 0)) return '';
  const lines = (wanted: string | undefined) =>
    texts.slice(0, count).filter((_, place) => items[place]!.group === wanted);
  const all = [...lines(undefined), ...groups.flatMap((heading) => [heading, ...lines(heading)])];
  const missing = items.length - count;
  const list = fenced(all.join('\n'), 'text');
  return missing === 0 ? list : `${list}\n(${missing} more ${missing === 1 ? 'is' : 'are'} left out.)`;
}
