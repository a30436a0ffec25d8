import { expect, test } from 'vitest';
import { createRandom } from '../../model/random.ts';
import { initialPrior, widthOf } from '../../statistics/effects.ts';
import { normalNoise } from '../../statistics/simulation-fixture.ts';
import { championTrials, conditions, measured, objective, study } from '../study-fixture.ts';
import { leadOf, missOf, NO_MISS, type Outlook, placeOf } from './looks.ts';
import { type Plan, planOf } from './plan.ts';
import { settingOf } from './setting.ts';
import { lossOf } from './stop-risk.ts';
import { errorAfter, keepThreshold } from './worth.ts';

const OUTLOOK: Outlook = {
  prior: initialPrior(0.5),
  scale: 0.5,
  precision: { own: 1, left: 0.1, freedom: 60 },
  glances: [9, 4, 1.44, 0.64].map((variance, index) => ({ ...placeOf(index), variance, share: 0, shown: 1 })),
};
const SLOW_STARTS: Outlook = {
  ...OUTLOOK,
  glances: [
    { ...placeOf(0), variance: 1, share: 0.7, shown: 0.3 },
    { ...placeOf(1), variance: 0.5, share: 0.5, shown: 0.5 },
    { ...placeOf(2), variance: 0.25, share: 0.3, shown: 0.75 },
    { ...placeOf(3), variance: 0.1, share: 0.15, shown: 0.9 },
  ],
};

/** What becomes of gains that end as keeps, drawn one by one. */
function drawnLoss({ prior, precision, glances }: Outlook, { goesOn }: Plan): number {
  const random = createRandom(3);
  const normal = normalNoise(random);
  const final = errorAfter(precision, 1);
  const threshold = keepThreshold(prior, final, precision.freedom);
  const gains = prior.effects.flatMap((effect, index) =>
    effect > 0 ? { effect, share: prior.shares[index]! } : [],
  );
  let kept = 0;
  let lost = 0;
  for (let draw = 0; draw < 20_000; draw++) {
    for (const { effect, share } of gains) {
      let lead = effect + Math.hypot(final, Math.sqrt(widthOf(effect))) * normal();
      if (lead < threshold) continue;
      kept += share;
      for (let checkpoint = glances.length - 1; checkpoint >= 0; checkpoint--) {
        const [miss, next] = [glances[checkpoint]!, glances[checkpoint + 1] ?? NO_MISS];
        lead += Math.sqrt(missOf(miss, effect) - missOf(next, effect)) * normal();
        lead += leadOf(miss, effect) - leadOf(next, effect);
        if (goesOn(checkpoint, lead)) continue;
        lost += share;
        break;
      }
    }
  }
  return lost / kept;
}

test.each([
  ['steadily', OUTLOOK, 0.1],
  ['steadily', OUTLOOK, 1],
  ['steadily', OUTLOOK, 5],
  ['slowly', SLOW_STARTS, 0.1],
  ['slowly', SLOW_STARTS, 0.3],
])('the stated risk is what happens to gains drawn one by one that start %s, where a slot earns %d', (_how, outlook, rate) => {
  const plan = planOf(outlook, rate);
  const stated = lossOf(outlook, plan);
  expect(Math.abs(stated - drawnLoss(outlook, plan))).toBeLessThan(0.02);
});

test('the more a slot earns elsewhere, the more gains are lost', () => {
  const losses = [0.01, 0.3, 3, 30].map((rate) => lossOf(OUTLOOK, planOf(OUTLOOK, rate)));
  expect(losses).toEqual(losses.toSorted((one, other) => one - other));
});

test('audited trials say how many would have been stopped, and how many of these were kept', () => {
  const curve = (lead: number) =>
    [0.1, 0.2, 0.4, 0.6, 1].map((progress) => ({ progress, values: { [objective.name]: 20 - lead } }));
  const champions = championTrials(8).map((attempt) => ({ ...attempt, curve: curve(0) }));
  const audit = (commit: string, lead: number, score: number) => ({
    commit,
    purpose: 'audit' as const,
    seed: 1,
    outcome: measured(score),
    curve: curve(lead),
  });
  const verdict = (kind: 'keep' | 'discard') => ({
    kind,
    reason: '',
    evidence: { candidate: 0, parent: 10, gain: 0, candidateTrials: [], parentTrials: [] },
  });
  const { state } = study({
    proposals: [
      { commit: 'bad', verdict: verdict('discard') },
      { commit: 'late', verdict: verdict('keep') },
      { commit: 'good', verdict: verdict('keep') },
      { commit: 'next' },
    ],
    attempts: [...champions, audit('bad', -30, 40), audit('late', -30, 2), audit('good', 50, 2)],
  });
  expect(settingOf(state, conditions).stopRisk).toMatchObject({ audited: 3, stopped: 2, lost: 1 });
  expect(settingOf(study({ attempts: championTrials(8) }).state, conditions).stopRisk).toBeUndefined();
});
