import { describe, expect, it } from 'vitest';
import { createStudy, type Played, type Score } from './fixtures/play.ts';
import { methodOf } from './search/signature.ts';
import { createSearch } from './search.ts';

/** Where the least loss lies, and the ends of each number; a rate counts by its logarithm. */
const NUMBERS = {
  rate: { best: 3e-3, low: 1e-5, high: 1e-1 },
  share: { best: 0.83, low: 0, high: 1 },
  width: { best: 700, low: 0, high: 2000 },
} as const;
const DECLARED = `
const rate = 1e-4; // ratchet: 1e-5..1e-1 log
const share = 0.2; // ratchet: 0..1
const width = 64; // ratchet: 0..2000
`;
const UNDECLARED = DECLARED.replaceAll(/ \/\/ ratchet: .*/g, '');

/** How far from the best, 0 to 1, where each number lies. */
function missOf(name: keyof typeof NUMBERS, value: number): number {
  const { best, low, high } = NUMBERS[name];
  if (name !== 'rate') return Math.abs(value - best) / (high - low);
  return value > 0 ? Math.abs(Math.log(value / best)) / Math.log(high / low) : 1;
}

/** A bowl: the sum of the squares of the misses, at most about 3. */
const bowl: Score = (sources) => {
  const text = sources.get('a.ts')!;
  const misses = (Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]).map((name) =>
    missOf(name, Number(new RegExp(`const ${name} = (.*?);`).exec(text)?.[1])),
  );
  return misses.reduce((sum, miss) => sum + miss ** 2, 0);
};

/** The largest value of the bowl between the ends. */
const EXTENT = (Object.keys(NUMBERS) as (keyof typeof NUMBERS)[])
  .map((name) => Math.max(missOf(name, NUMBERS[name].low), missOf(name, NUMBERS[name].high)) ** 2)
  .reduce((sum, square) => sum + square, 0);

const methods = (played: readonly Played[]) => played.map(({ draft }) => methodOf(draft.edit));

describe('a bowl in three numbers', () => {
  it.each([
    1, 2, 3, 4,
  ])('whose ends were declared is solved within 40 experiments (seed %d)', async (seed) => {
    const study = createStudy({ 'a.ts': DECLARED }, seed);
    const played = await study.play(createSearch(), 40, bowl);
    expect(bowl(study.champion())! / EXTENT).toBeLessThan(1e-3);
    const byModel = methods(played).filter((method) => method === 'nearby' || method === 'anywhere');
    expect(byModel.length).toBeGreaterThan(20);
  });

  it.each([
    1, 2, 3, 4,
  ])('whose ends nobody declared improves by steps first, and then by a model (seed %d)', async (seed) => {
    const study = createStudy({ 'a.ts': UNDECLARED }, seed);
    const start = bowl(study.champion())!;
    const first = await study.play(createSearch(), 5, bowl);
    expect(new Set(methods(first))).toEqual(new Set(['steps']));
    const bySteps = bowl(study.champion())!;
    expect(bySteps).toBeLessThan(0.95 * start);
    const rest = await study.play(createSearch(), 55, bowl);
    expect(bowl(study.champion())!).toBeLessThan(0.1 * bySteps);
    expect(methods(rest)).toContain('nearby');
  });

  it('is played the same way each time', async () => {
    const [first, second] = await Promise.all(
      [7, 7].map((seed) => createStudy({ 'a.ts': DECLARED }, seed).play(createSearch(), 25, bowl)),
    );
    expect(second).toEqual(first);
  });
});
