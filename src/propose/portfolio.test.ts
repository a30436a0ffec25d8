import { describe, expect, test } from 'vitest';
import type { Draft } from '../model/proposal.ts';
import type { Researcher } from '../model/researcher.ts';
import { studyOf, withDollars } from './fixtures/credited-study.ts';
import { createStudy } from './fixtures/play.ts';
import { createPortfolio, sharesOf } from './portfolio.ts';

const member = (name: string, drafts: readonly Draft[] = []): Researcher => ({
  name,
  propose: async (_brief, count) => drafts.slice(0, count),
});
const draft = (edit: string): Draft => ({ hypothesis: edit, category: 'other', changes: [], edit });
const MEMBERS = [member('search'), member('model')];

const times = (count: number, one: readonly [string, number]) => Array(count).fill(one) as [string, number][];

describe('shares of the next thought', () => {
  test('are equal where nothing is known, and while nothing was gained', () => {
    expect(sharesOf(MEMBERS, studyOf())).toEqual([0.5, 0.5]);
    expect(sharesOf(MEMBERS, studyOf(...times(9, ['search', 0])))).toEqual([0.5, 0.5]);
  });

  test('sum to one, and grow with what was gained in the same time', () => {
    const shares = sharesOf(MEMBERS, studyOf(...times(10, ['search', 0.01]), ...times(10, ['model', 0.05])));
    expect(shares[0]! + shares[1]!).toBeCloseTo(1);
    expect(shares[1]!).toBeGreaterThan(shares[0]! * 1.5);
  });

  test('never fall below what keeps a researcher in the game', () => {
    const shares = sharesOf(MEMBERS, studyOf(...times(200, ['search', 0.1]), ...times(200, ['model', 0])));
    expect(shares[1]!).toBeGreaterThanOrEqual(0.15);
  });

  test('follow the newest experiments, not the oldest', () => {
    const once = sharesOf(
      MEMBERS,
      studyOf(...times(20, ['search', 0.1]), ...times(200, ['search', 0]), ...times(40, ['model', 0.02])),
    );
    expect(once[1]!).toBeGreaterThan(once[0]!);
  });

  test('count dollars as time', () => {
    const state = studyOf(...times(20, ['search', 0.02]), ...times(20, ['model', 0.02]));
    expect(sharesOf(MEMBERS, withDollars(state, { model: 5 }))[1]!).toBeLessThan(
      sharesOf(MEMBERS, state)[1]!,
    );
  });

  test('count dollars that brought no experiment at all', () => {
    const state = studyOf(...times(20, ['search', 0.02]));
    expect(sharesOf(MEMBERS, withDollars(state, { model: 5 }))[1]!).toBeLessThan(
      sharesOf(MEMBERS, state)[1]!,
    );
  });

  test('do not count what the champion no longer holds', () => {
    const state = studyOf(...times(10, ['search', 0.02]), ...times(10, ['model', 0.5]));
    const withdrawn = {
      ...state,
      champions: new Map(
        [...state.champions].map(([key, champion]) => [
          key,
          { ...champion, stack: champion.stack.filter((id) => id <= 10) },
        ]),
      ),
    };
    expect(sharesOf(MEMBERS, withdrawn)[1]!).toBeLessThan(sharesOf(MEMBERS, withdrawn)[0]!);
  });
});

describe('a portfolio', () => {
  const ask = (researcher: Researcher, seed: number) =>
    researcher.propose({ ...createStudy({}).brief(), seed }, 1, new AbortController().signal, () => {});

  test('lets each of its members think, and says who it was', async () => {
    const both = createPortfolio([member('search', [draft('a')]), member('model', [draft('b')])]);
    const authors = new Set<string | undefined>();
    for (let seed = 1; seed <= 40; seed++) authors.add((await ask(both, seed))[0]?.researcher);
    expect(authors).toEqual(new Set(['search', 'model']));
  });

  test('lets one that gained nothing think in about fifteen of a hundred thoughts', async () => {
    const state = studyOf(...times(100, ['search', 0.1]), ...times(100, ['model', 0]));
    const both = createPortfolio([member('search', [draft('a')]), member('model', [draft('b')])]);
    let thoughts = 0;
    for (let seed = 1; seed <= 1000; seed++) {
      const brief = { ...createStudy({}).brief(), state, seed };
      const [own] = await both.propose(brief, 1, new AbortController().signal, () => {});
      if (own?.researcher === 'model') thoughts++;
    }
    expect(sharesOf(MEMBERS, state)[1]).toBeLessThan(0.2);
    expect(thoughts).toBeGreaterThan(120);
    expect(thoughts).toBeLessThan(230);
  });

  test('gives the turn of one without an idea to another', async () => {
    const both = createPortfolio([member('search', []), member('model', [draft('b')])]);
    for (let seed = 1; seed <= 10; seed++) expect((await ask(both, seed))[0]?.researcher).toBe('model');
  });

  test('has no idea where none of its members has one', async () => {
    expect(await ask(createPortfolio(MEMBERS), 1)).toEqual([]);
  });
});
