import { expect, test } from 'vitest';
import { createRandom } from '../../model/random.ts';
import { normalNoise } from '../../statistics/simulation-fixture.ts';
import { noiseContract } from './noise-contract.ts';

const measured = (values: readonly number[]) => {
  const contract = noiseContract(values, 'noisy');
  if (contract.kind !== 'measured') throw new Error(contract.kind);
  return contract;
};

test('equal values keep the contract of a lab that is declared deterministic, and no other', () => {
  expect(noiseContract([3, 3, 3], 'deterministic')).toEqual({ kind: 'deterministic', value: 3 });
  expect(noiseContract([3, 3, 3], 'noisy')).toEqual({ kind: 'seed-not-controlled', value: 3 });
  expect(noiseContract([3, 3 + 1e-15, 3], 'deterministic').kind).toBe('not-deterministic');
});

test('sigma has the interval that its number of trials leaves it, and the mean is that of the trials', () => {
  const { sigma, low, high, mean } = measured([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(mean).toBe(4.5);
  expect(sigma).toBeCloseTo(Math.sqrt(6), 12);
  expect(low / sigma).toBeCloseTo(0.6612, 4);
  expect(high / sigma).toBeCloseTo(2.0353, 4);
});

test('changes that do nothing show a gain that is told from luck in one comparison of twenty', () => {
  const noise = normalNoise(createRandom(7));
  const draw = (count: number) => Array.from({ length: count }, noise);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const counts = { inOne: 0, inFour: 0 };
  const labs = 4000;
  for (let lab = 0; lab < labs; lab++) {
    const { tellable } = measured(draw(8));
    if (mean(draw(1)) - mean(draw(1)) >= tellable.inOne) counts.inOne += 1;
    if (mean(draw(4)) - mean(draw(4)) >= tellable.inFour) counts.inFour += 1;
  }
  // Four standard deviations of a count of 200 in 4,000.
  const allowance = 4 * Math.sqrt(labs * 0.05 * 0.95);
  expect(Math.abs(counts.inOne - labs * 0.05)).toBeLessThan(allowance);
  expect(Math.abs(counts.inFour - labs * 0.05)).toBeLessThan(allowance);
});

test('one trial tells no noise', () => {
  expect(() => noiseContract([1], 'noisy')).toThrow('two trials');
});
