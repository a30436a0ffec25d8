import { type Category, DIRECTIONS } from '../../model/category.ts';
import type { StudyState } from '../../model/study.ts';
import { beginningWithin, type Section, titled } from './room.ts';

/** Experiments without a keep that make a plateau: as many as the built-in researcher turns numbers before it tries the structure. */
const PLATEAU = 20;
/** Categories that are named as tried least. */
const LEAST_TRIED = 4;

/** Said after many experiments without a keep: where nobody has looked yet. */
export function plateauSection(state: StudyState, share: number): Section {
  const judged = [...state.experiments.values()]
    .flatMap((experiment) => (experiment.status === 'judged' ? experiment : []))
    .sort((a, b) => a.judgedAt - b.judgedAt || a.proposal.experiment - b.proposal.experiment);
  const since = judged.length - 1 - judged.findLastIndex(({ verdict }) => verdict.kind === 'keep');
  const text =
    since >= PLATEAU ? noticeOf(since, triedOf(judged.map(({ proposal }) => proposal.category))) : '';
  return {
    share,
    write: (room) =>
      text === '' ? '' : titled({ title: 'A plateau' }, room, (inside) => beginningWithin(text, inside)),
  };
}

function triedOf(categories: readonly Category[]): ReadonlyMap<Category, number> {
  const tried = new Map<Category, number>(DIRECTIONS.map((category) => [category, 0]));
  for (const category of categories) {
    const count = tried.get(category);
    if (count !== undefined) tried.set(category, count + 1);
  }
  return tried;
}

function noticeOf(since: number, tried: ReadonlyMap<Category, number>): string {
  const never = [...tried].filter(([, count]) => count === 0).map(([category]) => category);
  const least = [...tried]
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => a - b)
    .slice(0, LEAST_TRIED)
    .map(([category, count]) => `${category} (${count})`);
  return [
    `None of the last ${since} experiments was kept: more of the same is idle. Try another kind of change.`,
    ...(never.length === 0
      ? []
      : [`Categories not yet tried, as far as they fit this program: ${never.join(', ')}.`]),
    ...(least.length === 0 ? [] : [`Tried least: ${least.join(', ')}.`]),
  ].join('\n');
}
