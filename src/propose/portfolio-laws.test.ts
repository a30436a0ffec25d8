import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Researcher } from '../model/researcher.ts';
import { type Credit, studyOf, withDollars } from './fixtures/credited-study.ts';
import { createStudy } from './fixtures/play.ts';
import { createPortfolio, sharesOf } from './portfolio.ts';

const NAMES = ['search', 'model:a', 'model:b', 'agent'];
const LEAST = 0.15;
/** Of sums of a few hundred doubles. */
const ROUNDING = 1e-9;

const gain = fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 10, noNaN: true }));
const seconds = fc.double({ min: 1, max: 3600, noNaN: true });
const dollars = fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 1e5, noNaN: true }));

/** Researchers, what each tried, and what each was paid. */
const play = fc.integer({ min: 1, max: NAMES.length }).chain((count) => {
  const names = NAMES.slice(0, count);
  return fc.record({
    names: fc.constant(names),
    credits: fc.array(fc.tuple(fc.constantFrom(...names), gain, seconds), { maxLength: 60 }),
    paid: fc.record(Object.fromEntries(names.map((name) => [name, dollars]))),
  });
});
type Play = typeof play extends fc.Arbitrary<infer Value> ? Value : never;

const member = (name: string): Researcher => ({ name, propose: async () => [] });
const shares = ({ names, credits, paid }: Play) =>
  sharesOf(names.map(member), withDollars(studyOf(...(credits as readonly Credit[])), paid));

/** One has all gains, the other all costs: chance does not come that far. */
const LOPSIDED: Play = {
  names: ['search', 'model:a'],
  credits: Array.from({ length: 200 }, () => ['search', 1, 60]),
  paid: { search: 0, 'model:a': 1e5 },
};

test('shares are a whole, and none is starved, whatever was gained and paid', () => {
  fc.assert(
    fc.property(play, (played) => {
      const all = shares(played);
      expect(all.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9);
      for (const one of all) expect(one).toBeGreaterThanOrEqual(LEAST - ROUNDING);
    }),
    { examples: [[LOPSIDED]] },
  );
});

test('who gains more has no smaller share for it', () => {
  fc.assert(
    fc.property(play, fc.nat(), fc.double({ min: 1e-3, max: 10, noNaN: true }), (played, at, more) => {
      fc.pre(played.credits.length > 0);
      const index = at % played.credits.length;
      const [name, before, took] = played.credits[index]!;
      const credits = played.credits.with(index, [name, before + more, took]);
      const own = played.names.indexOf(name);
      expect(shares({ ...played, credits })[own]!).toBeGreaterThanOrEqual(shares(played)[own]! - ROUNDING);
    }),
  );
});

test('who was paid more for the same has no larger share for it', () => {
  fc.assert(
    fc.property(play, fc.nat(), fc.double({ min: 1e-3, max: 100, noNaN: true }), (played, at, more) => {
      const own = at % played.names.length;
      const name = played.names[own]!;
      const paid = { ...played.paid, [name]: (played.paid[name] ?? 0) + more };
      expect(shares({ ...played, paid })[own]!).toBeLessThanOrEqual(shares(played)[own]! + ROUNDING);
    }),
  );
});

test('who took longer for the same has no larger share for it', () => {
  fc.assert(
    fc.property(play, fc.nat(), seconds, (played, at, more) => {
      fc.pre(played.credits.length > 0);
      const index = at % played.credits.length;
      const [name, gained, took] = played.credits[index]!;
      const credits = played.credits.with(index, [name, gained, took + more]);
      const own = played.names.indexOf(name);
      expect(shares({ ...played, credits })[own]!).toBeLessThanOrEqual(shares(played)[own]! + ROUNDING);
    }),
  );
});

test('the metric’s unit changes no share, nor does the order in which researchers are named', () => {
  fc.assert(
    fc.property(play, fc.constantFrom(1e-3, 0.5, 1000), (played, unit) => {
      const before = shares(played);
      const credits = played.credits.map(([name, gained, took]) => [name, gained * unit, took] as const);
      const inUnit = shares({ ...played, credits: credits as Play['credits'] });
      const turned = shares({ ...played, names: played.names.toReversed() }).toReversed();
      for (const [index, one] of before.entries()) {
        expect(inUnit[index]!).toBeCloseTo(one, 9);
        expect(turned[index]!).toBeCloseTo(one, 9);
      }
    }),
  );
});

test('as long as one of them has an idea there is one, and never more than were asked for', async () => {
  const ideas = fc.array(fc.nat(5), { minLength: 1, maxLength: NAMES.length });
  await fc.assert(
    fc.asyncProperty(ideas, fc.nat(1000), fc.integer({ min: 1, max: 4 }), async (counts, seed, count) => {
      const members = counts.map((has, index): Researcher => {
        const draft = (edit: number) =>
          ({ hypothesis: 'h', category: 'other', changes: [], edit: `${index}-${edit}` }) as const;
        return {
          name: NAMES[index]!,
          propose: async (_, most) => Array.from({ length: Math.min(has, most) }, (_, edit) => draft(edit)),
        };
      });
      const brief = { ...createStudy({}).brief(), seed };
      const drafts = await createPortfolio(members).propose(
        brief,
        count,
        new AbortController().signal,
        () => {},
      );
      expect(drafts.length > 0).toBe(counts.some((has) => has > 0));
      expect(drafts.length).toBeLessThanOrEqual(count);
    }),
  );
});
