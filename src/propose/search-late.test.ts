import { describe, expect, it, vi } from 'vitest';
import type { StudyState } from '../model/study.ts';
import type { Verdict } from '../model/verdict.ts';
import { fitGaussianProcess } from '../statistics/gaussian-process.ts';
import { createStudy, verdictOf } from './fixtures/play.ts';
import { historyOf, MOST_ATTEMPTS, MOST_LOOKED_AT } from './search/history.ts';
import { METHODS } from './search/method.ts';
import { placeAnywhere, placeNearby } from './search/model.ts';
import { numberMoves } from './search/numbers.ts';
import { observationsOf } from './search/observations.ts';
import { MOST_POINTS } from './search/surrogate.ts';
import { createSearch } from './search.ts';
import { findSites } from './sites/find.ts';

// The real ones, which are counted.
vi.mock(import('../statistics/gaussian-process.ts'), { spy: true });
vi.mock(import('./search/model.ts'), { spy: true });

const SITES = 5;
const SOURCE = Array.from({ length: SITES }, (_, site) => `const n${site} = 0.5; // ratchet: 0..1\n`).join(
  '',
);
const signal = new AbortController().signal;

/** A study of so many judged edits of five numbers, by each method in turn; every eighth crashed. */
function longStudy(count: number) {
  const study = createStudy({ 'a.ts': SOURCE });
  for (let number = 1; number <= count; number++) {
    const value = ((number * 7919) % 10_007) / 10_007;
    const edit = `a.ts#number:n${number % SITES}=${value} was 0.5; by ${METHODS[number % METHODS.length]}`;
    const id = study.add({ hypothesis: 'h', category: 'other', edit });
    study.judge(id, verdictOf(1, number % 8 === 0 ? undefined : 1 + Math.abs(value - 0.6)));
  }
  return study;
}

class CountingMap<Key, Value> extends Map<Key, Value> {
  reads = 0;

  override get(key: Key): Value | undefined {
    this.reads++;
    return super.get(key);
  }

  override *[Symbol.iterator](): MapIterator<[Key, Value]> {
    for (const entry of super[Symbol.iterator]()) {
      this.reads++;
      yield entry;
    }
  }
}

/** How many experiments a second thought about the same study looks at, whichever methods it uses. */
async function readsOf(study: ReturnType<typeof longStudy>): Promise<number> {
  const experiments = new CountingMap(study.state.experiments);
  const state: StudyState = { ...study.state, experiments };
  const ask = (seed: number) => createSearch().propose({ ...study.brief(seed), state }, 1, signal);
  await ask(1);
  experiments.reads = 0;
  let most = 0;
  for (let seed = 2; seed < 8; seed++) {
    await ask(seed);
    most = Math.max(most, experiments.reads);
    experiments.reads = 0;
  }
  return most;
}

describe('however long a study is', () => {
  it('a thought looks at no more of it', async () => {
    const [long, longer] = [await readsOf(longStudy(2000)), await readsOf(longStudy(8000))];
    expect(long).toBeGreaterThan(0);
    expect(longer).toBeLessThan(1.1 * long);
    expect(longer).toBeLessThan(2 * MOST_LOOKED_AT);
  });

  it('its history tells of the newest alone', () => {
    const study = longStudy(5000);
    const history = historyOf(study.state);
    const newest = [...history.newest()].map(([id]) => id);
    expect(newest).toEqual(Array.from({ length: MOST_LOOKED_AT }, (_, index) => 5000 - index));
    expect(history.attemptsAt('a.ts#number:n0').length).toBe(MOST_ATTEMPTS);
    expect(history.attemptsAt('a.ts#number:n0').at(-1)?.experiment).toBe(5000);
    expect(observationsOf(study.state, study.brief().champion, history).length).toBe(401);
  });

  it('a model is made of no more points, and no more models are made', async () => {
    const study = longStudy(3000);
    for (let seed = 1; seed <= 8; seed++) {
      vi.mocked(fitGaussianProcess).mockClear();
      await createSearch().propose(study.brief(seed), 1, signal);
      const sizes = vi.mocked(fitGaussianProcess).mock.calls.map(([points]) => points.length);
      expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(MOST_POINTS);
      // For each of two regions: gains by three bends and the best of these, and where trials crash, by some and by all.
      expect(sizes.length).toBeLessThanOrEqual(2 * (4 + 2));
    }
  });

  it('ideas that come to nothing again and again are given up', async () => {
    // Two whole numbers of few values: a model still points at what was tried and stayed undecided.
    const study = createStudy({
      'a.ts': 'const m = 1; // ratchet: 1..5\nconst n = 1; // ratchet: 1..5\n',
    });
    const undecided: Verdict = { ...verdictOf(1, undefined), kind: 'inconclusive' } as Verdict;
    for (let m = 1; m <= 5; m++) {
      for (let n = 1; n <= 5; n++) {
        const parts = [m === 1 ? [] : `a.ts#number:m=${m} was 1`, n === 1 ? [] : `a.ts#number:n=${n} was 1`];
        const edit = parts.flat().join('; ');
        if (edit === '') continue;
        const id = study.add({ hypothesis: 'h', category: 'other', edit });
        study.judge(id, m + n < 5 ? verdictOf(1, 1 + 1 / (m + n)) : undecided);
      }
    }
    let most = 0;
    for (let seed = 1; seed <= 20; seed++) {
      for (const place of [placeAnywhere, placeNearby]) vi.mocked(place).mockClear();
      expect(await createSearch().propose(study.brief(seed), 1, signal)).toEqual([]);
      const looks = [placeAnywhere, placeNearby].map((place) => vi.mocked(place).mock.calls.length);
      most = Math.max(most, looks[0]! + looks[1]!);
    }
    expect(most).toBe(8);
  });

  it('a number is thought about anew only after another attempt at it', async () => {
    const study = longStudy(300);
    const history = historyOf(study.state);
    const [site] = await findSites('a.ts', SOURCE);
    if (site?.kind !== 'number') throw new Error('the file of this test starts with a number');
    let reads = 0;
    const counted = history.attemptsAt(site.id).map((attempt) => ({
      ...attempt,
      get edit() {
        reads++;
        return attempt.edit;
      },
    }));
    const first = numberMoves(site, counted, history, 1, () => 0.3);
    expect(reads).toBeGreaterThan(0);
    reads = 0;
    expect(numberMoves(site, counted, history, 1, () => 0.3)).toEqual(first);
    expect(reads).toBe(0);
  });
});
