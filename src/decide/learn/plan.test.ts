import { expect, test } from 'vitest';
import { createRandom } from '../../model/random.ts';
import { CHECKPOINTS } from '../../model/trial.ts';
import { type EffectPrior, widthOf } from '../../statistics/effects.ts';
import { normalNoise } from '../../statistics/simulation-fixture.ts';
import { leadOf, type Miss, missOf, NO_MISS, type Outlook, placeOf } from './looks.ts';
import { type Plan, planOf, rateOf } from './plan.ts';
import { errorAfter, keepThreshold, MOST_TRIALS, worthOfGain } from './worth.ts';

const PRECISION = { own: 1, left: 0.1, freedom: Number.POSITIVE_INFINITY };
const PRIOR: EffectPrior = {
  effects: [-4, -2, -1, -0.5, 0, 0.5, 1, 2, 4],
  shares: [0.05, 0.05, 0.1, 0.1, 0.4, 0.12, 0.1, 0.06, 0.02],
};
const WITHOUT_PROGRESS: Outlook = { prior: PRIOR, scale: 0.5, precision: PRECISION, glances: [] };
const WITH_PROGRESS: Outlook = {
  ...WITHOUT_PROGRESS,
  glances: [9, 4, 1.44, 0.64].map((variance, index) => ({ ...placeOf(index), variance, share: 0, shown: 1 })),
};
const SLOW_STARTS: Outlook = {
  ...WITHOUT_PROGRESS,
  glances: [
    { ...placeOf(0), variance: 1, share: 0.7, shown: 0.3 },
    { ...placeOf(1), variance: 0.5, share: 0.5, shown: 0.5 },
    { ...placeOf(2), variance: 0.25, share: 0.3, shown: 0.75 },
    { ...placeOf(3), variance: 0.1, share: 0.15, shown: 0.9 },
  ],
};

const SHORT_TRIALS: Outlook = {
  ...WITHOUT_PROGRESS,
  glances: [{ at: 0.2, left: 1, variance: 1.5, share: 0.3, shown: 0.7 }],
};

test.each([
  ['without progress', WITHOUT_PROGRESS, 0.05],
  ['with short trials first', SHORT_TRIALS, 0.05],
  ['with progress', WITH_PROGRESS, 0.05],
  ['with progress, where slots are worth more', WITH_PROGRESS, 0.1],
  ['with changes that start slowly', SLOW_STARTS, 0.05],
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
    for (const lead of leads) {
      for (const checkpoint of CHECKPOINTS.keys())
        if (plan.goesOn(checkpoint, lead)) expect(before.goesOn(checkpoint, lead)).toBe(true);
      if (plan.isWorthAnother(1, lead)) expect(before.isWorthAnother(1, lead)).toBe(true);
    }
  }
});

test('nothing is tried more often than a change may be', () => {
  const plan = planOf(WITHOUT_PROGRESS, 1e-6);
  const gains = Array.from({ length: 40 }, (_, index) => index / 10);
  const worth = (trials: number) => gains.filter((gain) => plan.isWorthAnother(trials, gain)).length;
  expect(worth(MOST_TRIALS - 1)).toBeGreaterThan(0);
  expect(worth(MOST_TRIALS)).toBe(0);
});

test('no fixed rate earns more than the rate of new ideas, and where progress or short trials tell of them it is higher', () => {
  const best = rateOf(WITH_PROGRESS);
  for (const rate of [0.01, 0.03, 0.1, 0.3, 0.5]) {
    const { gain, slots } = planOf(WITH_PROGRESS, rate);
    expect(gain / slots).toBeLessThanOrEqual(best * 1.02);
  }
  expect(best).toBeGreaterThan(rateOf(WITHOUT_PROGRESS));
  expect(rateOf(SHORT_TRIALS)).toBeGreaterThan(rateOf(WITHOUT_PROGRESS));
});

test('what may only start slowly is not stopped where a like lead of equal code would be', () => {
  const steady = {
    ...SLOW_STARTS,
    glances: SLOW_STARTS.glances.map((glance) => ({ ...glance, share: 0, shown: 1 })),
  };
  const going = (outlook: Outlook) => {
    const plan = planOf(outlook, 0.03);
    return Array.from({ length: 60 }, (_, index) => index / 5 - 8).filter((lead) => plan.goesOn(0, lead));
  };
  expect(Math.min(...going(SLOW_STARTS))).toBeLessThan(Math.min(...going(steady)));
});

/** Mean gain and slots of ideas that are drawn from the outlook's own prior and treated as the plan says. */
function follow({ prior, scale, precision, glances }: Outlook, plan: Plan, draws: number) {
  const [first] = glances;
  const whole = first === undefined ? 1 : first.at + first.left;
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
    const at = stoppedAt(effect, sum, normal);
    slots += at ?? whole;
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

  function stoppedAt(effect: number, final: number, noise: () => number): number | undefined {
    const leads: number[] = [];
    let lead = final;
    for (let index = glances.length - 1; index >= 0; index--) {
      const [miss, next]: [Miss, Miss] = [glances[index]!, glances[index + 1] ?? NO_MISS];
      lead += Math.sqrt(missOf(miss, effect) - missOf(next, effect)) * noise();
      lead += leadOf(miss, effect) - leadOf(next, effect);
      leads[index] = lead;
    }
    return glances.find((_, index) => !plan.goesOn(index, leads[index]!))?.at;
  }
}
