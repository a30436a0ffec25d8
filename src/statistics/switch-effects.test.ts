import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../model/random.ts';
import { studentQuantile } from './distributions.ts';
import { normalNoise } from './simulation-fixture.ts';
import { switchEffects } from './switch-effects.ts';
import type { SwitchedRun } from './switch-off.ts';

function run(pattern: string, value: number): SwitchedRun {
  return { on: Array.from(pattern, (digit) => digit === '1'), value };
}

const RUNS = [
  run('101', 3.1),
  run('011', 2),
  run('110', 4.2),
  run('000', 1.1),
  run('111', 4.5),
  run('010', 2.4),
  run('100', 2.7),
];

test('effects and their errors are those of least squares', () => {
  // Reference: numpy.linalg.lstsq.
  const effects = switchEffects(RUNS)!;
  for (const [keep, gain] of [2, 1.3, 0.05].entries()) {
    expect(effects[keep]!.gain).toBeCloseTo(gain, 12);
    expect(effects[keep]!.error).toBeCloseTo(0.2282177322938192, 12);
    expect(effects[keep]!.freedom).toBe(3);
  }
});

test('runs that are too few, or that always switch two keeps together, tell no effects', () => {
  expect(switchEffects(RUNS.slice(0, 4))).toBeUndefined();
  expect(switchEffects(RUNS.slice(0, 5))).toBeDefined();
  const together = RUNS.map(({ on: [first, second], value }) => ({ on: [first!, second!, first!], value }));
  expect(switchEffects(together)).toBeUndefined();
});

test('the level of the values does not matter, and the unit is that of the effects', () => {
  const unit = fc.double({ min: 1e-6, max: 1e3, noNaN: true });
  const level = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(unit, level, (scale, shift) => {
      const moved = switchEffects(RUNS.map(({ on, value }) => ({ on, value: scale * (value + shift) })))!;
      for (const [keep, { gain, error }] of switchEffects(RUNS)!.entries()) {
        expect(moved[keep]!.gain / scale).toBeCloseTo(gain, 9);
        expect(moved[keep]!.error / scale).toBeCloseTo(error, 9);
      }
    }),
    { seed: 1 },
  );
});

test('of 4,000 effects 155 to 245 are outside of their 95% interval: 200 are due, give or take 45', () => {
  const random = createRandom(8);
  const next = normalNoise(random);
  const gains = [0, 1, -2, 4];
  let outside = 0;
  for (let study = 0; study < 1000; study++) {
    const runs = Array.from({ length: 16 }, () => {
      const on = gains.map(() => random() < 0.5);
      return { on, value: 7 + next() + gains.reduce((sum, gain, keep) => sum + (on[keep] ? gain : 0), 0) };
    });
    for (const [keep, { gain, error, freedom }] of (switchEffects(runs) ?? []).entries())
      if (Math.abs(gain - gains[keep]!) > studentQuantile(0.975, freedom) * error) outside += 1;
  }
  expect(outside).toBeGreaterThanOrEqual(155);
  expect(outside).toBeLessThanOrEqual(245);
});
