import { expect, test } from 'vitest';
import type { Outcome } from '../model/trial.ts';
import type { Verdict } from '../model/verdict.ts';
import { posterior } from './posterior.ts';
import { championTrials, LUCK, measured, type Setting, study } from './study-fixture.ts';

function decide(setting: Setting, freeSlots = 4) {
  const { state, context } = study(setting);
  return posterior(state, freeSlots, context);
}

const stop = (gain: number): Outcome => ({
  kind: 'stopped',
  forecast: { progress: 0.1, gain, deviation: 2 },
  reason: 'on its way to be worse',
});

/** The verdict that trial `trial` was stopped for. */
const parkedFor = (trial: number, gain: number) =>
  ({
    kind: 'discard',
    reason: 'on its way to be worse',
    evidence: {
      candidate: 10 - gain,
      parent: 10,
      gain,
      candidateTrials: [trial],
      parentTrials: [1],
      basis: { kind: 'forecast', progress: 0.1, deviation: 2 },
    },
  }) as unknown as Verdict;

const CHAMPIONS = championTrials(8);

/** Two parked ideas, the second one with the better forecast. */
const PARKED: Setting = {
  proposals: [
    { commit: 'bad', verdict: parkedFor(9, -5) },
    { commit: 'fair', verdict: parkedFor(10, -1) },
  ],
  attempts: [...CHAMPIONS, { commit: 'bad', outcome: stop(-5) }, { commit: 'fair', outcome: stop(-1) }],
};

const commitsOf = (setting: Setting, freeSlots?: number) =>
  decide(setting, freeSlots).wanted.map(({ commit }) => commit);

test('a stopped trial is a discard on a forecast, and cites what it was compared with', () => {
  const { verdicts } = decide({
    proposals: [{ commit: 'new' }],
    attempts: [...CHAMPIONS, { commit: 'new', seed: 3, outcome: stop(-4) }],
  });
  expect(verdicts).toMatchObject([
    {
      experiment: 1,
      verdict: {
        kind: 'discard',
        reason: 'on its way to be worse',
        evidence: {
          gain: -4,
          parent: 10,
          candidate: 14,
          candidateTrials: [9],
          basis: { kind: 'forecast', progress: 0.1, deviation: 2 },
        },
      },
    },
  ]);
});

test('parked ideas come back when nothing else wants the slots, the most hopeful first', () => {
  expect(commitsOf(PARKED, 1)).toEqual(['fair']);
  expect(commitsOf(PARKED, 2)).toEqual(['fair', 'bad']);
});

test('while new ideas fill the slots they rest', () => {
  const proposals = [...PARKED.proposals!, { commit: 'new' }];
  expect(commitsOf({ ...PARKED, proposals }, 1)).toEqual(['new']);
});

test('what was parked on an earlier champion rests for good', () => {
  const attempts = [...PARKED.attempts!, ...championTrials(8, { commit: 'top' })];
  expect(commitsOf({ ...PARKED, champion: 'top', attempts })).toEqual([]);
});

test('one that runs again is left alone, and wanted by nobody else', () => {
  const attempts = [...PARKED.attempts!, { commit: 'fair', seed: 4 }];
  const { verdicts, wanted } = decide({ ...PARKED, attempts }, 3);
  expect(verdicts).toEqual([]);
  expect(wanted.map(({ commit }) => commit)).toEqual(['bad']);
});

test('one that ran to its end gets another verdict', () => {
  const ran = (value: number) =>
    decide({
      ...PARKED,
      attempts: [...PARKED.attempts!, { commit: 'fair', seed: 1, outcome: measured(value) }],
    });
  expect(ran(10 + LUCK[0]! - 12).verdicts).toMatchObject([{ experiment: 2, verdict: { kind: 'keep' } }]);
  expect(ran(14).verdicts).toMatchObject([
    { experiment: 2, verdict: { kind: 'discard', evidence: { basis: { kind: 'posterior' } } } },
  ]);
});

test('one that crashed this time is a crash, and one that the machine spoiled is run once more', () => {
  const after = (outcome: Outcome) =>
    decide({ ...PARKED, attempts: [...PARKED.attempts!, { commit: 'fair', seed: 1, outcome }] });
  expect(after({ kind: 'crash', stage: 'run', how: 'no' }).verdicts).toMatchObject([
    { experiment: 2, verdict: { kind: 'crash' } },
  ]);
  const spoiled = after({ kind: 'fault', reason: 'disk full' });
  expect(spoiled.verdicts).toEqual([]);
  expect(spoiled.wanted.filter(({ commit }) => commit === 'fair')).toHaveLength(1);
});

test('one that was stopped twice is not asked about again', () => {
  const attempts = [...PARKED.attempts!, { commit: 'fair', seed: 4, outcome: stop(-2) }];
  const second = decide({ ...PARKED, attempts });
  expect(second.verdicts).toMatchObject([
    { experiment: 2, verdict: { kind: 'discard', evidence: { candidateTrials: [11], gain: -2 } } },
  ]);
  const { verdict } = second.verdicts[0]!;
  const proposals = [PARKED.proposals![0]!, { commit: 'fair', verdict }];
  const rest = decide({ ...PARKED, proposals, attempts });
  expect(rest.verdicts).toEqual([]);
  expect(rest.wanted.map(({ commit }) => commit)).toEqual(['bad']);
});
