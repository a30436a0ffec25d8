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

const memory = { guards: [{ name: 'peak_memory_mb', max: 100 }] };

test('a guard that is plainly kept, or plainly broken, binds the verdict at once', () => {
  expect(kept([{ usage: usage(60) }, { usage: usage(62) }], memory).verdicts).toMatchObject([
    { verdict: { kind: 'keep' } },
  ]);
  expect(kept([{ usage: usage(140) }, { usage: usage(150) }], memory).verdicts).toMatchObject([
    { verdict: { kind: 'discard', reason: expect.stringContaining('peak_memory_mb is 145, above 100') } },
  ]);
});

test('one bad run of a noisy guard neither breaks it nor hides a breach: what is unclear is tried again, six times at most', () => {
  const unclear = kept([{ usage: usage(60) }, { usage: usage(130) }], memory);
  expect(unclear.verdicts).toEqual([]);
  expect(unclear.wanted[0]).toMatchObject({ commit: 'new', purpose: 'candidate' });
  const six = (last: number) =>
    kept(
      [60, 130, 70, 125, 75, last].map((megabytes) => ({ usage: usage(megabytes) })),
      memory,
    ).verdicts;
  expect(six(100)).toMatchObject([{ verdict: { kind: 'keep' } }]);
  expect(six(190)).toMatchObject([
    { verdict: { kind: 'discard', reason: expect.stringContaining('peak_memory_mb is 108.3, above 100') } },
  ]);
});

test('without noise a guard holds to the last digit', () => {
  const limit = { guards: [{ name: 'peak_memory_mb', max: 0.000001 }] };
  expect(kept([{}, {}], limit).verdicts).toMatchObject([{ verdict: { kind: 'keep' } }]);
  const below = { guards: [{ name: 'peak_memory_mb', max: 0.0000009 }] };
  expect(kept([{}, {}], below).verdicts).toMatchObject([{ verdict: { kind: 'discard' } }]);
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
