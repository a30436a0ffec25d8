import type { StudyState } from '../../model/study.ts';
import { oneLine } from './data.ts';
import { fencedList } from './list.ts';
import { type Section, titled } from './room.ts';

const LONGEST = 240;
const MOST = 500;

/** A history that was imported: told by others, never measured here. The keeps first, then the newest. */
export function reportedSection({ imported }: StudyState, share: number): Section {
  const rows = imported.slice(-MOST).reverse();
  const ordered = [
    ...rows.filter(({ verdict }) => verdict === 'keep'),
    ...rows.filter(({ verdict }) => verdict !== 'keep'),
  ];
  const items = ordered.map(({ verdict, description }) => ({
    text: `${verdict}: ${oneLine(description, LONGEST)}`,
  }));
  const title = {
    title: 'Reported by others',
    lead: 'From an imported history, not measured in this study.',
  };
  return {
    share,
    write: (room) => (items.length === 0 ? '' : titled(title, room, (inside) => fencedList(items, inside))),
  };
}

/** Ideas of people that nobody has tried yet. */
export function suggestionsSection(suggestions: readonly string[], share: number): Section {
  const items = suggestions.map((idea) => ({ text: `- ${oneLine(idea, 2 * LONGEST)}` }));
  const title = {
    title: 'Open suggestions',
    lead: 'Ideas of people, not tried yet. Weigh them before your own.',
  };
  return {
    share,
    write: (room) => (items.length === 0 ? '' : titled(title, room, (inside) => fencedList(items, inside))),
  };
}
