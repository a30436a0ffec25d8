import { expect, test } from 'vitest';
import { posterior } from './posterior.ts';
import { type Attempt, championTrials, LUCK, measured, type Setting, study } from './study-fixture.ts';

const usage = (megabytes: number) => ({ wallSeconds: 1, cpuSeconds: 1, peakMemoryBytes: megabytes * 1e6 });

/** Two trials of a candidate that is far better than its champion. */
function kept(attempts: readonly Partial<Attempt>[], program: Setting['program']) {
  const { state, context } = study({
    ...(program && { program }),
    proposals: [{ commit: 'new' }],
    attempts: [
      ...championTrials(8),
      ...attempts.map((attempt, index) => ({
        commit: 'new',
        seed: index + 1,
        outcome: measured(LUCK[index]! - 10),
        ...attempt,
      })),
    ],
  });
  return posterior(state, 4, context);
}

test('a guard binds the verdict by the mean of the trials: one bad run does not break it', () => {
  const program = { guards: [{ name: 'peak_memory_mb', max: 100 }] };
  const within = kept([{ usage: usage(60) }, { usage: usage(120) }], program);
  expect(within.verdicts).toMatchObject([{ verdict: { kind: 'keep' } }]);
  const above = kept([{ usage: usage(90) }, { usage: usage(120) }], program);
  expect(above.verdicts).toMatchObject([
    { verdict: { kind: 'discard', reason: expect.stringContaining('peak_memory_mb is 105, above 100') } },
  ]);
});

test('a guard that one of the trials did not tell is broken', () => {
  const program = { guards: [{ name: 'accuracy', min: 0.5 }] };
  const told = { outcome: measured(-10, { accuracy: 0.9 }) };
  expect(kept([told, {}], program).verdicts).toMatchObject([
    { verdict: { kind: 'discard', reason: expect.stringContaining('accuracy was not measured') } },
  ]);
  expect(kept([told], program).verdicts).toMatchObject([{ verdict: { kind: 'keep' } }]);
});

test('what would be kept is run again with the lab’s checks, before anything else, and once', () => {
  const program = { checks: 'npm test' };
  const { verdicts, wanted } = kept([{ seed: 3 }], program);
  expect(verdicts).toEqual([]);
  expect(wanted[0]).toMatchObject({ commit: 'new', seed: 3, purpose: 'candidate' });
  const passed = { ...measured(-10), checks: 'passed' } as Attempt['outcome'];
  expect(kept([{ seed: 3 }, { seed: 3, outcome: passed! }], program).verdicts).toMatchObject([
    { verdict: { kind: 'keep' } },
  ]);
});
