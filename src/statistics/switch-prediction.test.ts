import { expect, test } from 'vitest';
import { createRandom } from '../model/random.ts';
import { normalNoise } from './simulation-fixture.ts';
import {
  compareWith,
  learn,
  missWithout,
  predictNothing,
  type SwitchPrediction,
} from './switch-prediction.ts';

function predictionAfter(
  runs: number,
  response: (on: readonly boolean[], run: number) => number,
): SwitchPrediction {
  const random = createRandom(13);
  let prediction = predictNothing(4);
  for (let run = 1; run <= runs; run++) {
    const on = [0, 1, 2, 3].map(() => random() < 0.5);
    const value = response(on, run);
    prediction = learn(prediction, value, compareWith(prediction, on, value));
  }
  return prediction;
}

const GAINS = [3, 0, -1, 2];
const additive = (on: readonly boolean[]) =>
  GAINS.reduce((sum, gain, keep) => sum + (on[keep] ? gain : 0), 100);

test('effects are learned from runs alone, from any level', () => {
  const next = normalNoise(createRandom(14));
  const { coefficients } = predictionAfter(400, (on) => additive(on) + next());
  for (const [keep, gain] of GAINS.entries())
    expect(Math.abs(2 * coefficients[keep + 1]! - gain)).toBeLessThan(0.3);
});

test('one broken run does not spoil the prediction', () => {
  const next = normalNoise(createRandom(14));
  const { coefficients } = predictionAfter(60, (on, run) => additive(on) + next() + (run === 40 ? 1e6 : 0));
  for (const [keep, gain] of GAINS.entries())
    expect(Math.abs(2 * coefficients[keep + 1]! - gain)).toBeLessThan(1.5);
});

test('a miss is in deviations of the noise, and has its own keep in it', () => {
  const next = normalNoise(createRandom(14));
  const prediction = predictionAfter(400, (on) => additive(on) + next());
  const on = [true, true, true, true];
  const run = compareWith(prediction, on, additive(on));
  for (const [keep, gain] of GAINS.entries())
    expect(Math.abs(missWithout(prediction, run, keep + 1)! - gain / 2)).toBeLessThan(0.3);
});

test('before there are two misses nothing is known of the noise', () => {
  const prediction = predictionAfter(2, additive);
  const run = compareWith(prediction, [true, true, true, true], 3);
  expect(missWithout(prediction, run, 1)).toBeUndefined();
});
