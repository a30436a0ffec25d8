import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Verdict } from '../model/verdict.ts';
import { studentQuantile } from '../statistics/distributions.ts';
import { posterior } from './posterior.ts';
import { isNotWorse, toleratedLoss } from './simplicity.ts';
import { championTrials, conditions, LUCK, measured, objective, study } from './study-fixture.ts';

const SIGMA = 0.02;
const SIMPLER = { before: 40, after: 30 };

/** A candidate whose one trial is worse than the champion's by `loss`, which matters from 0.5 on; the noise is far below. */
function judged(loss: number, size: { before: number; after: number } | undefined) {
  const { state, context } = study({
    proposals: [{ commit: 'new', ...(size && { size }) }, { commit: 'next' }],
    attempts: [
      ...championTrials(8, { sigma: SIGMA }),
      { commit: 'new', seed: 1, outcome: measured(10 + SIGMA * LUCK[0]! + loss) },
    ],
  });
  return posterior(state, 4, context).verdicts[0]?.verdict;
}

test('what is simpler and not worse is kept, and says so', () => {
  expect(judged(0.05, SIMPLER)).toMatchObject({
    kind: 'keep',
    reason: 'simpler by 10 syntax nodes, and not worse by more than 0.5',
    evidence: { size: SIMPLER, basis: { kind: 'posterior' } },
  });
});

test('what is not simpler, or worse by more than the smallest effect, is not', () => {
  expect(judged(0.05, undefined)?.kind).toBe('discard');
  expect(judged(0.05, { before: 30, after: 30 })?.kind).toBe('discard');
  expect(judged(0.05, { before: 30, after: 40 })?.kind).toBe('discard');
  expect(judged(0.6, SIMPLER)?.kind).toBe('discard');
});

test('what is simpler and better is kept for its gain', () => {
  const verdict = judged(-3, SIMPLER);
  expect(verdict).toMatchObject({ kind: 'keep' });
  expect(verdict?.evidence).not.toHaveProperty('size');
});

test('not worse means that the whole interval lies within what may be lost', () => {
  const estimate = { gain: -0.1, error: 0.1, freedom: 9 };
  const reach = studentQuantile(0.95, 9) * 0.1;
  expect(isNotWorse(estimate, { mean: -0.1 }, 0.1 + reach + 1e-9)).toBe(true);
  expect(isNotWorse(estimate, { mean: -0.1 }, 0.1 + reach - 1e-9)).toBe(false);
  expect(isNotWorse({ ...estimate, gain: 5 }, { mean: 5 }, 0)).toBe(false);
});

test('what is simpler and may be as good is tried again until that is shown, where six trials can show it', () => {
  const after = (trials: number, sigma: number) => {
    const { state, context } = study({
      proposals: [{ commit: 'new', size: SIMPLER }, { commit: 'next' }],
      attempts: [
        ...championTrials(8, { sigma }),
        ...LUCK.slice(0, trials).map((luck, index) => ({
          commit: 'new',
          seed: index + 1,
          outcome: measured(10 + sigma * luck),
        })),
      ],
    });
    const { verdicts, wanted } = posterior(state, 4, context);
    return verdicts[0]?.verdict.kind ?? wanted.find(({ commit }) => commit === 'new')?.purpose;
  };
  const enough = 0.3;
  expect(after(1, enough)).toBe('candidate');
  expect(after(6, enough)).toBe('keep');
  expect(after(1, 5)).toBe('discard');
});

function keptFor(mean: number, size: boolean): Verdict {
  const basis = { kind: 'posterior', mean, deviation: 0.01, luck: 0.9, error: 0.01, freedom: 9 } as const;
  const evidence = { candidate: 10, parent: 10, gain: mean, candidateTrials: [], parentTrials: [], basis };
  return { kind: 'keep', reason: '', evidence: size ? { ...evidence, size: SIMPLER } : evidence };
}

test('what was lost for simplicity since the last certified champion counts against what may still be', () => {
  const proposals = [-0.1, 0.2, -0.15].map((mean, index) => ({
    commit: `keep ${index}`,
    verdict: keptFor(mean, true),
  }));
  const setting = { proposals, champion: 'keep 2', stack: [1, 2, 3] };
  const left = (more = {}) => toleratedLoss(study({ ...setting, ...more }).state, conditions);
  expect(left()).toBeCloseTo(0.25, 12);
  const certificate = (champion: string) => ({
    of: { kind: 'stack', champion, against: 'base' },
    method: 'pairs',
    logE: 8,
    effect: { value: 1, low: 0, high: 2 },
    trials: 9,
  });
  expect(left({ certificates: [certificate('keep 0')] })).toBeCloseTo(0.35, 12);
  expect(left({ certificates: [certificate('keep 2')] })).toBeCloseTo(0.5, 12);
  // A withdrawal made the champion that was certified: nothing is spent on it, and what was kept on it since is.
  expect(left({ champion: 'without 2', certificates: [certificate('without 2')] })).toBeCloseTo(0.5, 12);
  const since = proposals.map((proposal, index) =>
    index === 2 ? { ...proposal, parent: 'without 2' } : proposal,
  );
  expect(left({ proposals: since, certificates: [certificate('without 2')] })).toBeCloseTo(0.35, 12);
  const forGain = proposals.map(({ commit }) => ({ commit, verdict: keptFor(-0.1, false) }));
  expect(left({ proposals: forGain })).toBeCloseTo(0.5, 12);
});

test('tolerated losses sum to at most one smallest effect, however many simpler changes come', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -10, max: 60 }), { minLength: 1, maxLength: 12 }), (losses) => {
      let lost = 0;
      const proposals: { commit: string; parent: string; size: typeof SIMPLER; verdict?: Verdict }[] = [];
      const stack: number[] = [];
      let champion = 'base';
      for (const [index, loss] of losses.entries()) {
        const commit = `idea ${index}`;
        proposals.push({ commit, parent: champion, size: SIMPLER });
        const { state, context } = study({
          proposals: [...proposals, { commit: 'next', parent: champion }],
          ...(champion === 'base' ? {} : { champion, stack }),
          attempts: [
            ...championTrials(8, { commit: champion, sigma: SIGMA }),
            ...LUCK.slice(0, 6).map((luck, trial) => ({
              commit,
              seed: trial + 1,
              outcome: measured(10 + SIGMA * luck + loss / 100),
            })),
          ],
        });
        const { verdict } = posterior(state, 4, context).verdicts.find(
          ({ experiment }) => experiment === index + 1,
        )!;
        proposals[index]!.verdict = verdict;
        if (verdict.kind !== 'keep') continue;
        stack.push(index + 1);
        champion = commit;
        const { basis, size } = verdict.evidence;
        if (size && basis?.kind === 'posterior') lost += Math.max(0, -basis.mean);
      }
      expect(lost).toBeLessThanOrEqual(objective.minimumEffect);
    }),
    { seed: 6, numRuns: 40 },
  );
});
