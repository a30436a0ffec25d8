import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPosterior, LEAST_NOISE, type Observations } from './gaussian-process-posterior.ts';

const observations: Observations = {
  points: [
    [0.1, 0],
    [0.35, 1],
    [0.5, 0],
    [0.8, 2],
    [0.9, 0],
  ].map((point) => Float64Array.from(point)),
  values: [-1.2, 0.3, 0.9, 1.1, -1.1],
  choices: [false, true],
  learnsNoise: true,
  errors: [0, 0.01, 0, 0.03, 0],
};

// Reference value: scipy's multivariate_normal.logpdf under numpy's covariance, and the priors written out.
test('the surprise is that of the values as draws of one normal, and of the priors', () => {
  const { surprise } = createPosterior(observations);
  const logs = Float64Array.of(Math.log(6), Math.log(0.7), Math.log(1.3), Math.log(0.02));
  expect(surprise(logs, new Float64Array(4))).toBeCloseTo(12.218465115944468, 11);
});

test('without noise to learn there is the least noise and no prior of it', () => {
  const { choices, points, values, errors } = observations;
  const without = createPosterior({ choices, points, values, errors, learnsNoise: false });
  const tiny = createPosterior(observations);
  const logs = [Math.log(6), Math.log(0.7), Math.log(1.3)];
  const learned = 1e-12;
  const prior = 0.1 * Math.log(learned) - 30 * learned;
  const surprise = without.surprise(Float64Array.from(logs), new Float64Array(3));
  const same = tiny.surprise(Float64Array.of(...logs, Math.log(learned)), new Float64Array(4)) + prior;
  expect(surprise).toBeCloseTo(same, 6);
  expect(LEAST_NOISE).toBeLessThanOrEqual(1e-7);
});

test('the gradient is that of finite differences, for all hyperparameters', () => {
  const log = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(fc.tuple(log, log, log, log), fc.boolean(), (all, learnsNoise) => {
      const { surprise } = createPosterior({ ...observations, learnsNoise });
      const logs = Float64Array.from(learnsNoise ? all : all.slice(0, 3));
      const slope = new Float64Array(logs.length);
      const unused = new Float64Array(logs.length);
      surprise(logs, slope);
      const step = 1e-5;
      for (let index = 0; index < logs.length; index++) {
        const above = surprise(logs.with(index, logs[index]! + step), unused);
        const below = surprise(logs.with(index, logs[index]! - step), unused);
        const difference = (above - below) / (2 * step);
        expect(Math.abs(slope[index]! - difference)).toBeLessThan(1e-4 * (1 + Math.abs(difference)));
      }
    }),
    { seed: 1 },
  );
});

test('a covariance without a factor is an infinite surprise', () => {
  const { surprise } = createPosterior({
    points: [Float64Array.of(0.5), Float64Array.of(0.5)],
    values: [1, -1],
    choices: [false],
    learnsNoise: false,
  });
  // So large a variance takes the least noise for rounding.
  const huge = Float64Array.of(0, Math.log(1e12));
  expect(surprise(huge, new Float64Array(2))).toBe(Number.POSITIVE_INFINITY);
  expect(surprise(Float64Array.of(0, 0), new Float64Array(2))).toSatisfy(Number.isFinite);
});
