import { expect, test } from 'vitest';
import type { SyntaxSize } from '../model/proposal.ts';
import type { Outcome } from '../model/trial.ts';
import { greedy } from './greedy.ts';
import {
  type Attempt,
  baseline,
  conditions,
  measured,
  objective,
  type Setting,
  study,
} from './study-fixture.ts';

function decide(setting: Setting, freeSlots = 4) {
  const { state, context } = study(setting);
  return greedy(state, freeSlots, context);
}

/** The verdict on one candidate that scored `candidate` against a parent that scored 10. */
function verdictOn(candidate: Outcome, more: Setting & { size?: SyntaxSize } = {}) {
  const { size, ...setting } = more;
  const decision = decide({
    ...setting,
    proposals: [{ commit: 'new', ...(size && { size }) }],
    attempts: [
      { commit: baseline, outcome: measured(10), purpose: 'champion' },
      { commit: 'new', outcome: candidate },
    ],
  });
  return decision.verdicts[0]?.verdict;
}

test('a study begins with a trial of its baseline, and does not wait for it to try candidates', () => {
  const { wanted, verdicts } = decide({ proposals: [{ commit: 'new' }] });
  expect(verdicts).toEqual([]);
  expect(wanted.map(({ commit, purpose }) => [commit, purpose])).toEqual([
    [baseline, 'champion'],
    ['new', 'candidate'],
  ]);
});

test('candidate and parent meet on the same seed', () => {
  const { wanted } = decide({ proposals: [{ commit: 'new' }] });
  expect(new Set(wanted.map(({ seed }) => seed)).size).toBe(1);
});

test('no more trials are wanted than there are free slots, and none twice', () => {
  const proposals = ['a', 'b', 'c'].map((commit) => ({ commit }));
  expect(decide({ proposals }, 2).wanted).toHaveLength(2);
  const { wanted } = decide({ proposals, attempts: [{ commit: 'a' }, { commit: baseline }] });
  expect(wanted.map(({ commit }) => commit)).toEqual(['b', 'c']);
});

test('a trial that another judge stopped says nothing: the commit is run again', () => {
  const forecast = { progress: 0.2, gain: -5, deviation: 0.1 };
  const { verdicts, wanted } = decide({
    proposals: [{ commit: 'new' }],
    attempts: [
      { commit: baseline, outcome: measured(10), purpose: 'champion' },
      { commit: 'new', outcome: { kind: 'stopped', forecast, reason: 'hopeless' } },
    ],
  });
  expect(verdicts).toEqual([]);
  expect(wanted).toMatchObject([{ commit: 'new', purpose: 'candidate' }]);
});

test('a trial in a larger setting is no measurement of the commit', () => {
  const { verdicts, wanted } = decide({
    proposals: [{ commit: 'new' }],
    attempts: [
      { commit: baseline, outcome: measured(10), purpose: 'transfer' },
      { commit: 'new', outcome: measured(1) },
    ],
  });
  expect(verdicts).toEqual([]);
  expect(wanted).toMatchObject([{ commit: baseline, purpose: 'champion' }]);
});

test('better by more than the smallest effect is a keep, by less is not', () => {
  expect(verdictOn(measured(9.4))).toMatchObject({ kind: 'keep', evidence: { gain: 10 - 9.4 } });
  expect(verdictOn(measured(9.6))?.kind).toBe('discard');
  expect(verdictOn(measured(10.6))).toMatchObject({ kind: 'discard', reason: 'worse by 0.6 points' });
});

test('where more is better, more is a keep', () => {
  const maximize = { ...objective, direction: 'maximize' as const };
  expect(verdictOn(measured(11), { objective: maximize })?.kind).toBe('keep');
  expect(verdictOn(measured(9), { objective: maximize })?.kind).toBe('discard');
});

test('a gain that no number can say is invalid', () => {
  const decision = decide({
    proposals: [{ commit: 'new' }],
    attempts: [
      { commit: baseline, outcome: measured(1.7e308) },
      { commit: 'new', outcome: measured(-1.7e308) },
    ],
  });
  expect(decision.verdicts).toMatchObject([{ verdict: { kind: 'invalid', evidence: { trial: 2 } } }]);
});

test('equal with fewer syntax nodes is a keep, equal with as many is not', () => {
  expect(verdictOn(measured(10), { size: { before: 90, after: 80 } })?.kind).toBe('keep');
  expect(verdictOn(measured(10), { size: { before: 90, after: 90 } })?.kind).toBe('discard');
  expect(verdictOn(measured(10.1), { size: { before: 90, after: 80 } })?.kind).toBe('discard');
});

test('a candidate that breaks a guard, or does not measure it, is no keep however good', () => {
  const program = { guards: [{ name: 'memory', max: 100 }] };
  expect(verdictOn(measured(1, { memory: 100 }), { program })?.kind).toBe('keep');
  expect(verdictOn(measured(1, { memory: 101 }), { program })?.reason).toContain('memory is 101, above 100');
  expect(verdictOn(measured(1), { program })?.reason).toContain('not measured');
});

test('an equal but simpler candidate must not break a guard either', () => {
  const program = { guards: [{ name: 'memory', max: 100 }] };
  const size = { before: 90, after: 80 };
  expect(verdictOn(measured(10, { memory: 101 }), { program, size })).toMatchObject({
    kind: 'discard',
    reason: 'simpler, but memory is 101, above 100',
  });
  expect(verdictOn(measured(10, { memory: 100 }), { program, size })?.kind).toBe('keep');
});

test('a guard on memory or seconds is held against what the engine measured, whatever was printed', () => {
  const usage = { wallSeconds: 20, cpuSeconds: 10, peakMemoryBytes: 2_001_000_000 };
  const told = { peak_memory_mb: 1, wall_seconds: 1, cpu_seconds: 1 };
  const reasonOf = (name: string, max: number) =>
    decide({
      program: { guards: [{ name, max }] },
      proposals: [{ commit: 'new' }],
      attempts: [
        { commit: baseline, outcome: measured(10) },
        { commit: 'new', outcome: measured(1, told), usage },
      ],
    }).verdicts[0]?.verdict.reason;
  expect(reasonOf('peak_memory_mb', 2000)).toBe('better, but peak_memory_mb is 2001, above 2000');
  expect(reasonOf('wall_seconds', 19)).toBe('better, but wall_seconds is 20, above 19');
  expect(reasonOf('cpu_seconds', 9)).toBe('better, but cpu_seconds is 10, above 9');
  expect(reasonOf('cpu_seconds', 10)).toBe('better by 9 points');
});

test('a guard named like what every object has is unmeasured where nobody told it', () => {
  const program = { guards: [{ name: 'constructor', max: 100 }] };
  expect(verdictOn(measured(1), { program })?.reason).toContain('not measured');
});

test('where the program has checks there is no keep without them: the candidate is run once more', () => {
  const setting = (outcome: Outcome) => ({
    program: { checks: 'npm test' },
    proposals: [{ commit: 'new' }],
    attempts: [
      { commit: baseline, outcome: measured(10) },
      { commit: 'new', outcome },
    ],
  });
  const unchecked = decide(setting(measured(9)));
  expect(unchecked.verdicts).toEqual([]);
  expect(unchecked.wanted).toMatchObject([{ commit: 'new', purpose: 'candidate' }]);
  const checked = decide(setting({ ...(measured(9) as Outcome & { kind: 'completed' }), checks: 'passed' }));
  expect(checked.verdicts).toMatchObject([{ verdict: { kind: 'keep' } }]);
  expect(decide(setting(measured(11))).verdicts).toMatchObject([{ verdict: { kind: 'discard' } }]);
});

test('what did not complete has no number, and is judged by how it ended', () => {
  expect(verdictOn({ kind: 'crash', stage: 'run', how: 'exit code 1' })?.kind).toBe('crash');
  expect(verdictOn({ kind: 'invalid', reason: 'no score was printed' })?.kind).toBe('invalid');
  const exceeded = { type: 'cpu', value: 9, limit: 6 } as const;
  expect(verdictOn({ kind: 'timeout', stage: 'run', exceeded })?.kind).toBe('timeout');
});

test('a fault of the machine is not one of the hypothesis: the trial is run again, three times at most', () => {
  const fault: Outcome = { kind: 'fault', reason: 'the disk is full' };
  const attempts = (count: number): Attempt[] => [
    { commit: baseline, outcome: measured(10) },
    ...Array.from({ length: count }, () => ({ commit: 'new', outcome: fault })),
  ];
  const proposals = [{ commit: 'new' }];
  expect(decide({ proposals, attempts: attempts(2) }).wanted).toMatchObject([{ commit: 'new' }]);
  const third = decide({ proposals, attempts: attempts(3) });
  expect(third.wanted).toEqual([]);
  expect(third.verdicts).toMatchObject([{ verdict: { kind: 'inconclusive' } }]);
});

test('a cancelled trial says nothing, and is run again', () => {
  const cancelled: Outcome = { kind: 'cancelled', reason: 'the engine was asked to stop' };
  const attempts = [
    { commit: baseline, outcome: measured(10) },
    { commit: 'new', outcome: cancelled },
  ];
  const { verdicts, wanted } = decide({ proposals: [{ commit: 'new' }], attempts });
  expect(verdicts).toEqual([]);
  expect(wanted).toMatchObject([{ commit: 'new' }]);
});

test('trials under other conditions are not compared: the champion is run again under those of today', () => {
  const longer = { ...conditions, budget: { clock: 'cpu', seconds: 20 } } as const;
  const attempts = [
    { commit: baseline, outcome: measured(5), conditions: longer },
    { commit: 'new', outcome: measured(9) },
  ];
  const { verdicts, wanted } = decide({ proposals: [{ commit: 'new' }], attempts });
  expect(verdicts).toEqual([]);
  expect(wanted).toMatchObject([{ commit: baseline, purpose: 'champion' }]);
});

test('where the parent, no longer the champion, yields no measurement, its proposal is inconclusive', () => {
  const fault: Outcome = { kind: 'fault', reason: 'the disk is full' };
  const crash: Outcome = { kind: 'crash', stage: 'run', how: 'exit code 1' };
  for (const parent of [[crash], [fault, fault, fault]]) {
    const { verdicts, wanted } = decide({
      champion: 'newer',
      proposals: [{ commit: 'new' }],
      attempts: [
        { commit: 'newer', outcome: measured(9) },
        { commit: 'new', outcome: measured(8) },
        ...parent.map((outcome) => ({ commit: baseline, outcome })),
      ],
    });
    const trials = [2, 2 + parent.length];
    expect(verdicts).toMatchObject([{ verdict: { kind: 'inconclusive', evidence: { trials } } }]);
    expect(wanted).toEqual([]);
  }
});

test('a replay is no evidence', () => {
  const attempts = [
    { commit: baseline, outcome: measured(10) },
    { commit: 'new', outcome: measured(1), purpose: 'replay' as const },
  ];
  expect(decide({ proposals: [{ commit: 'new' }], attempts }).verdicts).toEqual([]);
});

test('where the champion itself yields no measurement, nothing can be judged, and the study says so', () => {
  const crash: Outcome = { kind: 'crash', stage: 'run', how: 'exit code 1' };
  const { impasse, verdicts } = decide({
    proposals: [{ commit: 'new' }],
    attempts: [
      { commit: baseline, outcome: crash },
      { commit: 'new', outcome: measured(1) },
    ],
  });
  expect(verdicts).toEqual([]);
  expect(impasse).toEqual({ trial: 1, outcome: crash });
});
