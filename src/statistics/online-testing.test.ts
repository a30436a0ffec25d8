import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../model/random.ts';
import { normalCdf } from './distributions.ts';
import {
  afterEvidence,
  afterProbability,
  type EvidenceTests,
  NO_TESTS,
  neededLogE,
  nextLevel,
  type ProbabilityTests,
} from './online-testing.ts';
import { normalNoise } from './simulation-fixture.ts';

const ALPHA = 0.05;
const NOTHING: ProbabilityTests = { tests: 0, rejected: [] };

test('LORD++ is that of onlineFDR', () => {
  const probabilities = [
    2.9e-14, 0.06743, 0.01514, 0.08174, 0.00171, 0.27201, 3.61e-5, 0.79149, 7.59e-8, 0.28295, 0.69274,
    0.72342, 0.30443, 0.54757, 4.87e-4,
  ];
  const levels = [
    0.0002675839, 0.0024664457, 0.0005732818, 0.0004872805, 0.0004059066, 0.0003447286, 0.0002986627,
    0.0029389397, 0.0008168502, 0.0033835974, 0.0011873999, 0.0010225858, 0.0008785607, 0.0007679398,
    0.0006820264,
  ];
  let state = NOTHING;
  for (const [index, p] of probabilities.entries()) {
    expect(nextLevel(state, ALPHA)).toBeCloseTo(levels[index]!, 10);
    state = afterProbability(state, p, ALPHA);
  }
  expect(state).toEqual({ tests: 15, rejected: [1, 7, 9, 15] });
});

test('e-LOND asks 7,902 of the sixteenth test when none has rejected, and half of it after one that has', () => {
  expect(Math.exp(neededLogE({ tests: 15, rejections: 0 }, ALPHA))).toBeCloseTo(7902, 0);
  expect(Math.exp(neededLogE({ tests: 15, rejections: 1 }, ALPHA))).toBeCloseTo(7902 / 2, 0);
});

test('a test rejects from the evidence that it needs on', () => {
  const needed = neededLogE(NO_TESTS, ALPHA);
  expect(afterEvidence(NO_TESTS, needed, ALPHA)).toEqual({ tests: 1, rejections: 1 });
  expect(afterEvidence(NO_TESTS, needed - 1e-9, ALPHA)).toEqual({ tests: 1, rejections: 0 });
  expect(afterEvidence(NO_TESTS, Number.POSITIVE_INFINITY, ALPHA).rejections).toBe(1);
});

test('without rejections all tests ever made spend no more than alpha', () => {
  let levels = 0;
  for (let tests = 0; tests < 100_000; tests++)
    levels += Math.exp(-neededLogE({ tests, rejections: 0 }, ALPHA));
  expect(levels).toBeLessThan(ALPHA);
  expect(levels).toBeGreaterThan(0.4 * ALPHA);
});

test('more evidence never makes a rejection disappear', () => {
  const logs = fc.array(fc.double({ min: -5, max: 15, noNaN: true }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(
      logs,
      fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 40, maxLength: 40 }),
      (all, more) => {
        const rejections = (values: readonly number[]) =>
          values.reduce<EvidenceTests>((state, log) => afterEvidence(state, log, ALPHA), NO_TESTS).rejections;
        const stronger = all.map((log, index) => log + more[index]!);
        expect(rejections(stronger)).toBeGreaterThanOrEqual(rejections(all));
      },
    ),
    { seed: 1 },
  );
});

/** Forty tests in any order, a quarter of them of something: each test's z, and whether there was anything to find. */
function studies(count: number): { readonly z: number; readonly isTrue: boolean }[][] {
  const random = createRandom(4);
  const next = normalNoise(random);
  const one = () => {
    const isTrue = random() < 0.25;
    return { isTrue, z: next() + (isTrue ? 4 : 0) };
  };
  return Array.from({ length: count }, () => Array.from({ length: 40 }, one));
}

function falseShare(rejected: readonly { readonly isTrue: boolean }[]): number {
  return rejected.filter(({ isTrue }) => !isTrue).length / Math.max(1, rejected.length);
}

test('at most one in 20 rejections is false, on average over 2,000 studies, and most of what is there is found', () => {
  const sums = { evidence: 0, probability: 0, found: 0, there: 0 };
  const all = studies(2000);
  for (const study of all) {
    let evidence = NO_TESTS;
    let probability = NOTHING;
    const byEvidence = study.filter(({ z }) => {
      const before = evidence.rejections;
      evidence = afterEvidence(evidence, 4 * z - 8, ALPHA);
      return evidence.rejections > before;
    });
    for (const { z } of study) probability = afterProbability(probability, normalCdf(-z), ALPHA);
    const byProbability = probability.rejected.map((index) => study[index - 1]!);
    sums.evidence += falseShare(byEvidence);
    sums.probability += falseShare(byProbability);
    sums.found += byProbability.filter(({ isTrue }) => isTrue).length;
    sums.there += study.filter(({ isTrue }) => isTrue).length;
  }
  expect(sums.evidence / all.length).toBeLessThanOrEqual(ALPHA);
  expect(sums.probability / all.length).toBeLessThanOrEqual(ALPHA);
  expect(sums.found / sums.there).toBeGreaterThan(0.5);
});
