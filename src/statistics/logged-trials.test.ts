import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../model/random.ts';
import { believeLog, type LoggedTrial } from './logged-trials.ts';
import { normalNoise } from './simulation-fixture.ts';

const SIGMA = 0.0005;
const SCALES = { sigma: SIGMA, scale: SIGMA };

interface Lived extends LoggedTrial {
  /** What the trial's code would score on average. */
  readonly level: number;
}

/** A log as a greedy rule leaves it: a tenth of the changes help, a third do nothing, the others harm. */
function greedyLog(seed: number, rows: number): Lived[] {
  const random = createRandom(seed);
  const noise = normalNoise(random);
  const effect = () => {
    const kind = random();
    if (kind < 0.1) return 0.0005 * 8 ** random();
    return kind < 0.43 ? 0 : -0.0002 * 30 ** random();
  };
  const first = SIGMA * noise();
  const log: Lived[] = [{ value: first, isKept: true, level: 0 }];
  let champion = log[0]!;
  while (log.length <= rows) {
    const level = champion.level + effect();
    const value = level + SIGMA * noise();
    const trial = { value, level, isKept: value > champion.value };
    log.push(trial);
    if (trial.isKept) champion = trial;
  }
  return log;
}

describe('of 20 greedy logs of 100 rows whose truth is known', () => {
  const lives = Array.from({ length: 20 }, (_, index) => {
    const log = greedyLog(index + 1, 100);
    const belief = believeLog(log, SCALES);
    const kept = log.filter(({ isKept }) => isKept);
    const gains = belief.changes.filter((change) => change.kind === 'kept');
    const keeps = gains.map((gain, at) => ({ ...gain, truth: kept[at + 1]!.level - kept[at]!.level }));
    return { log, belief, keeps, champion: kept.at(-1)! };
  });
  const keeps = lives.flatMap((life) => life.keeps);
  const trulyLuck = keeps.filter(({ truth }) => truth <= 0);

  test('keeps that are hardly luck are hardly ever luck, and more than half of the real ones are among them', () => {
    const stand = keeps.filter(({ luck }) => luck <= 0.1);
    const falsely = stand.filter(({ truth }) => truth <= 0);
    const real = keeps.length - trulyLuck.length;
    expect(trulyLuck.length / keeps.length).toBeGreaterThan(0.3);
    expect(falsely.length / stand.length).toBeLessThan(0.05);
    expect((stand.length - falsely.length) / real).toBeGreaterThan(0.5);
  });

  test('the chances of luck add up to as many keeps as are luck, within a fifth', () => {
    const expected = keeps.reduce((sum, { luck }) => sum + luck, 0);
    expect(Math.abs(expected / trulyLuck.length - 1)).toBeLessThan(0.2);
  });

  test("the champion's level is told without the luck of its record", () => {
    const miss = (of: (life: (typeof lives)[number]) => number) => lives.map((life) => of(life) / SIGMA);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const recorded = miss(({ champion }) => champion.value - champion.level);
    const believed = miss(({ belief, champion }) => belief.champion.mean - champion.level);
    expect(mean(recorded)).toBeGreaterThan(1);
    expect(Math.abs(mean(believed))).toBeLessThan(0.4);
    expect(Math.sqrt(mean(believed.map((value) => value ** 2)))).toBeLessThan(1);
  });

  test('believed gains add up from the level of the baseline to that of the champion', () => {
    for (const { belief, keeps: gains } of lives) {
      const sum = gains.reduce((total, { gain }) => total + gain, 0);
      expect(sum).toBeCloseTo(belief.champion.mean - belief.baseline.mean, 8);
    }
  });
});

describe('whatever the log', () => {
  const logs = fc
    .array(fc.record({ value: fc.double({ min: -20, max: 20, noNaN: true }), isKept: fc.boolean() }), {
      minLength: 1,
      maxLength: 8,
    })
    .map((trials) => trials.map(({ value, isKept }) => ({ value: value * SIGMA, isKept })));

  test('beliefs are chances and finite numbers, and the unit and the zero of the metric do not matter', () => {
    fc.assert(
      fc.property(
        logs,
        fc.constantFrom(0.001, 3, 4096),
        fc.integer({ min: -50, max: 50 }),
        (log, factor, shift) => {
          const belief = believeLog(log, SCALES);
          const moved = log.map(({ value, isKept }) => ({ value: (value + shift * SIGMA) * factor, isKept }));
          const again = believeLog(moved, { sigma: SIGMA * factor, scale: SIGMA * factor });
          expect(belief.changes).toHaveLength(log.length - 1);
          for (const [index, change] of belief.changes.entries()) {
            expect(change.luck).toBeGreaterThanOrEqual(0);
            expect(change.luck).toBeLessThanOrEqual(1);
            expect(again.changes[index]!.luck).toBeCloseTo(change.luck, 6);
          }
          expect(belief.champion.deviation).toBeGreaterThan(0);
          expect((again.champion.mean / factor - belief.champion.mean) / SIGMA).toBeCloseTo(shift, 6);
        },
      ),
      { numRuns: 30, seed: 1 },
    );
  });

  test('a log of a baseline alone knows its level as well as one trial does', () => {
    const { changes, baseline, champion } = believeLog([{ value: 2, isKept: true }], SCALES);
    expect(changes).toEqual([]);
    expect(baseline).toEqual(champion);
    expect(baseline.mean).toBeCloseTo(2, 12);
    expect(baseline.deviation / SIGMA).toBeCloseTo(1, 3);
  });

  test('a run that diverged moves no belief about the others', () => {
    const log = greedyLog(5, 30);
    const without = believeLog(log, SCALES);
    for (const distance of [1, 1e12]) {
      const { changes } = believeLog([...log, { value: -distance, isKept: false }], SCALES);
      expect(changes.at(-1)!.luck).toBeCloseTo(1, 6);
      for (const [index, change] of without.changes.entries())
        expect(Math.abs(changes[index]!.luck - change.luck)).toBeLessThan(0.1);
    }
  });

  test('a gain of thirty sigma is believed as it is, within a sigma and a half', () => {
    const log = [0, 30 * SIGMA, 30.2 * SIGMA].map((value) => ({ value, isKept: value <= 30 * SIGMA }));
    const [gain] = believeLog(log, SCALES).changes;
    expect(gain).toMatchObject({ kind: 'kept' });
    expect(gain!.luck).toBeLessThan(0.001);
    expect(gain!.kind === 'kept' && Math.abs(gain!.gain / SIGMA - 30)).toBeLessThan(1.5);
  });
});
