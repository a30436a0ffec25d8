import { expect, test } from 'vitest';
import { createRandom } from '../../model/random.ts';
import { CHECKPOINTS } from '../../model/trial.ts';
import { type EffectPrior, widthOf } from '../../statistics/effects.ts';
import { normalNoise } from '../../statistics/simulation-fixture.ts';
import { type Outlook, type Plan, planOf, rateOf, worthOfGain } from './plan.ts';
import { errorAfter, keepThreshold, MOST_TRIALS } from './worth.ts';

const PRECISION = { own: 1, left: 0.1, freedom: Number.POSITIVE_INFINITY };
const PRIOR: EffectPrior = {
  effects: [-4, -2, -1, -0.5, 0, 0.5, 1, 2, 4],
  shares: [0.05, 0.05, 0.1, 0.1, 0.4, 0.12, 0.1, 0.06, 0.02],
};
const WITHOUT_PROGRESS: Outlook = { prior: PRIOR, scale: 0.5, precision: PRECISION, forecasts: [] };
const WITH_PROGRESS: Outlook = { ...WITHOUT_PROGRESS, forecasts: [9, 4, 1.44, 0.64] };

test.each([
  ['without progress', WITHOUT_PROGRESS, 0.05],
  ['with progress', WITH_PROGRESS, 0.05],
  ['with progress, where slots are worth more', WITH_PROGRESS, 0.1],
])('followed in 40,000 draws %s, a plan gains what it says, in the slots that it says', (_name, outlook, rate) => {
  const plan = planOf(outlook, rate);
  const { gain, slots } = follow(outlook, plan, 40_000);
  // The draws' own standard error is under 2% of the gain and 1% of the slots; the rest is the grid's.
  expect(gain / plan.gain).toBeGreaterThan(0.93);
  expect(gain / plan.gain).toBeLessThan(1.07);
  expect(slots / plan.slots).toBeGreaterThan(0.95);
  expect(slots / plan.slots).toBeLessThan(1.05);
});

test('the more a slot earns elsewhere, the more must be shown to go on, and to be tried again', () => {
  const leads = Array.from({ length: 60 }, (_, index) => index / 5 - 2);
  const plans = [0.01, 0.03, 0.1, 0.3].map((rate) => planOf(WITH_PROGRESS, rate));
  for (const [index, plan] of plans.slice(1).entries()) {
    const before = plans[index]!;
    for (const [checkpoint, least] of plan.goesOn.entries())
      expect(least).toBeGreaterThanOrEqual(before.goesOn[checkpoint]!);
    for (const lead of leads)
      if (plan.isWorthAnother(1, lead)) expect(before.isWorthAnother(1, lead)).toBe(true);
  }
});

test('nothing is tried more than six times', () => {
  const plan = planOf(WITHOUT_PROGRESS, 1e-6);
  const gains = Array.from({ length: 40 }, (_, index) => index / 10);
  const worth = (trials: number) => gains.filter((gain) => plan.isWorthAnother(trials, gain)).length;
  expect(worth(MOST_TRIALS - 1)).toBeGreaterThan(0);
  expect(worth(MOST_TRIALS)).toBe(0);
});

test('no fixed rate earns more than the rate of new ideas, and where progress is told it is higher', () => {
  const best = rateOf(WITH_PROGRESS);
  for (const rate of [0.01, 0.03, 0.1, 0.3, 0.5]) {
    const { gain, slots } = planOf(WITH_PROGRESS, rate);
    expect(gain / slots).toBeLessThanOrEqual(best * 1.02);
  }
  expect(best).toBeGreaterThan(rateOf(WITHOUT_PROGRESS));
});

/** Mean gain and slots of ideas that are drawn from the outlook's own prior and treated as the plan says. */
function follow({ prior, scale, precision, forecasts }: Outlook, plan: Plan, draws: number) {
  const random = createRandom(1);
  const normal = normalNoise(random);
  const draw = () => {
    let left = random();
    let index = 0;
    for (; left > prior.shares[index]! && index < prior.shares.length - 1; index++)
      left -= prior.shares[index]!;
    const size = prior.effects[index]!;
    return size + Math.sqrt(widthOf(size)) * normal();
  };
  let gain = 0;
  let slots = 0;
  for (let round = 0; round < draws; round++) {
    const effect = draw();
    const level = effect + Math.sqrt(precision.left) * normal();
    let sum = level + Math.sqrt(precision.own) * normal();
    const at = stoppedAt(sum, normal);
    slots += at ?? 1;
    if (at !== undefined) continue;
    for (let trials = 1; ; trials++) {
      const mean = sum / trials;
      if (mean >= keepThreshold(prior, errorAfter(precision, trials), precision.freedom)) {
        gain += worthOfGain(effect, scale);
        break;
      }
      if (!plan.isWorthAnother(trials, mean)) break;
      slots += 1;
      sum += level + Math.sqrt(precision.own) * normal();
    }
  }
  return { gain: gain / draws, slots: slots / draws };

  function stoppedAt(final: number, noise: () => number): number | undefined {
    const leads: number[] = [];
    let lead = final;
    for (let index = forecasts.length - 1; index >= 0; index--) {
      lead += Math.sqrt(forecasts[index]! - (forecasts[index + 1] ?? 0)) * noise();
      leads[index] = lead;
    }
    return CHECKPOINTS.find((_, index) => index < leads.length && leads[index]! < plan.goesOn[index]!);
  }
}
