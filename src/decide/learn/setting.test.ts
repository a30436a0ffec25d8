import { expect, test } from 'vitest';
import type { Verdict } from '../../model/verdict.ts';
import { championTrials, conditions, type Setting, study } from '../study-fixture.ts';
import { settingOf } from './setting.ts';

const of = (setting: Setting) => settingOf(study(setting).state, conditions);

test('the noise is unknown before six trials of the champion', () => {
  expect(of({}).noise).toEqual({ kind: 'unknown', freedom: 0 });
  expect(of({ attempts: championTrials(5) }).noise).toEqual({ kind: 'unknown', freedom: 4 });
  expect(of({ attempts: championTrials(6) }).noise.kind).toBe('learned');
});

test('sigma has an interval as wide as its degrees of freedom leave it', () => {
  const { noise } = of({ attempts: championTrials(8, { sigma: 3 }) });
  if (noise.kind !== 'learned') throw new Error(noise.kind);
  expect(noise.sigma).toBeCloseTo(3, 12);
  expect(noise.low / noise.sigma).toBeCloseTo(0.66, 2);
  expect(noise.high / noise.sigma).toBeCloseTo(2.04, 2);
  expect(noise.freedom).toBe(7);
});

test('equal values under three seeds say that the seed is not controlled, and nothing can be told', () => {
  const { noise, tellable } = of({ attempts: championTrials(3, { sigma: 0 }) });
  expect(noise).toEqual({ kind: 'seed-not-controlled' });
  expect(tellable).toEqual({ inOne: undefined, inFour: undefined });
  expect(of({ attempts: championTrials(2, { sigma: 0 }) }).noise.kind).toBe('unknown');
});

test('four trials tell a smaller gain than one, and both shrink with the noise', () => {
  const tellable = (sigma: number) => of({ attempts: championTrials(8, { sigma }) }).tellable;
  expect(tellable(1).inFour!).toBeLessThan(tellable(1).inOne!);
  expect(tellable(0.1).inOne!).toBeLessThan(tellable(1).inOne!);
  expect(tellable(0.1).inFour!).toBeGreaterThan(0);
});

test('the luck in the champion is that of its uncertified keeps', () => {
  const verdict = (luck: number): Verdict => ({
    kind: 'keep',
    reason: '',
    evidence: {
      candidate: 9,
      parent: 10,
      gain: 1,
      candidateTrials: [],
      parentTrials: [],
      basis: { kind: 'posterior', mean: 1, deviation: 0.1, luck, error: 0.1, freedom: 9 },
    },
  });
  const proposals = [0.1, 0.05, 0.02, 0.08].map((luck, index) => ({
    commit: `keep ${index}`,
    verdict: verdict(luck),
  }));
  const certificate = {
    of: { kind: 'change', experiment: 2, champion: 'keep 2' },
    method: 'switch-off',
    logE: 7,
    effect: { value: 1, low: 0.5, high: 1.5 },
    trials: 20,
  } as unknown as NonNullable<Setting['certificates']>[number];
  // The fourth is not part of the champion.
  const setting = { proposals, champion: 'keep 2', stack: [1, 2, 3], certificates: [certificate] };
  expect(of(setting).expectedLuck).toBeCloseTo(0.12, 12);
});

test('without hypotheses a gain in eight is assumed; harm after harm makes it less, and never nothing', () => {
  const harm = (gain: number): Verdict => ({
    kind: 'discard',
    reason: '',
    evidence: {
      candidate: 10 - gain,
      parent: 10,
      gain,
      candidateTrials: [],
      parentTrials: [],
      basis: { kind: 'posterior', mean: gain, deviation: 0.1, luck: 1, error: 0.1, freedom: 9 },
    },
  });
  const proposals = Array.from({ length: 60 }, (_, index) => ({ commit: `bad ${index}`, verdict: harm(-3) }));
  const [first, later] = [{}, { proposals }].map((setting) =>
    of({ attempts: championTrials(8, { sigma: 0.1 }), ...setting }),
  );
  expect(first!.gains).toBeCloseTo(1 / 8, 12);
  expect(later!.gains).toBeGreaterThanOrEqual(0.03);
  expect(later!.gains).toBeLessThan(0.06);
  expect(later!.rate).toBeGreaterThan(0);
  expect(later!.rate).toBeLessThan(first!.rate / 2);
});
