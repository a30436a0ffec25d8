import { describe, expect, test } from 'vitest';
import type { LedgerEntry, StudyEvent } from '../model/event.ts';
import type { ExperimentId } from '../model/identity.ts';
import type { Verdict } from '../model/verdict.ts';
import { LedgerFault } from './fault.ts';
import {
  certificateOf,
  chained,
  commitOf,
  DIGEST,
  ENGINE,
  forecast,
  KEPT,
  keep,
  MOVE,
  proposalAdd,
  START,
  STOPPED,
  trialEnd,
  trialSubmit,
  trialWithout,
  WITHDRAWAL,
} from './fixtures/history.ts';
import { apply, createState, replay, type WorkingState } from './replay.ts';

const one = 1 as ExperimentId;
const two = 2 as ExperimentId;
const { evidence: forecastEvidence } = forecast([]) as Verdict & { kind: 'discard' };

function fold(entries: readonly LedgerEntry[]): WorkingState {
  const state = createState(entries[0]!);
  for (const entry of entries.slice(1)) apply(state, entry);
  return state;
}

describe('what contradicts the ledger is refused with its entry, and changes nothing', () => {
  const discard = { ...keep([1]), kind: 'discard' } as Verdict;
  const cases: [string, readonly StudyEvent[], StudyEvent, RegExp][] = [
    ['a second study-start', [START], START, /entry 2: study-start, but the study has started/],
    ['an engine-stop without engine', [START], { kind: 'engine-stop', reason: '' }, /no engine is at work/],
    ['a pause without engine', [START], { kind: 'study-pause' }, /no engine is at work/],
    ['a proposal out of turn', [START], proposalAdd(2), /experiment 2, but 1 is next/],
    ['a proposal twice', [START, proposalAdd(1)], proposalAdd(1), /experiment 1, but 2 is next/],
    [
      'a merge of no keep',
      [START, proposalAdd(1)],
      proposalAdd(2, { origin: { kind: 'merge', of: one } }),
      /experiment 1 is not a keep/,
    ],
    [
      'setting aside the unknown',
      [START],
      { kind: 'proposal-set-aside', experiment: one, reason: '' },
      /experiment 1 is unknown/,
    ],
    [
      'setting aside the judged',
      KEPT,
      { kind: 'proposal-set-aside', experiment: one, reason: '' },
      /experiment 1 is judged/,
    ],
    ['a trial out of turn', [START], trialSubmit(2, commitOf(0)), /trial 2, but 1 is next/],
    ['the end of an unknown trial', [START], trialEnd(1), /trial 1, which is unknown/],
    ['the end of an ended trial', KEPT, trialEnd(1), /trial 1, which has ended/],
    [
      'a verdict on the unknown',
      [START],
      { kind: 'verdict', experiment: one, verdict: discard },
      /experiment 1 is unknown/,
    ],
    [
      'a verdict on the judged',
      KEPT,
      { kind: 'verdict', experiment: one, verdict: discard },
      /experiment 1 is judged/,
    ],
    [
      'a verdict on a running trial',
      KEPT.slice(0, 4),
      { kind: 'verdict', experiment: one, verdict: discard },
      /cites trial 1, which has not ended/,
    ],
    [
      'a keep without evidence',
      KEPT.slice(0, 5),
      { kind: 'verdict', experiment: one, verdict: keep([]) },
      /a keep without a trial/,
    ],
    [
      'a keep without measurement',
      [...KEPT.slice(0, 4), trialEnd(1, { kind: 'crash', stage: 'run', how: 'exit code 1' })],
      { kind: 'verdict', experiment: one, verdict: keep([1]) },
      /a keep cites trial 1, which has no measurement/,
    ],
    ['a move from elsewhere', KEPT, { ...MOVE, from: commitOf(9) }, /the champion on .* is 0000/],
    ['a move by no keep', [START, proposalAdd(1)], MOVE, /experiment 1 is not a keep/],
    ['a stack of the unknown', KEPT, { ...MOVE, stack: [one, two] } as StudyEvent, /experiment 2 is unknown/],
    [
      'the withdrawal of what is no part',
      KEPT,
      { ...MOVE, stack: [], cause: { kind: 'withdrawal', experiment: one, reason: 'luck' } } as StudyEvent,
      /experiment 1, which is not part of the champion/,
    ],
    [
      'the withdrawal of what stays',
      [...KEPT, MOVE],
      {
        ...MOVE,
        from: commitOf(1),
        to: commitOf(7),
        cause: { kind: 'withdrawal', experiment: one, reason: '' },
      } as StudyEvent,
      /experiment 1, which stays part of the champion/,
    ],
    [
      'a merge of what was withdrawn',
      [...KEPT, MOVE, WITHDRAWAL],
      proposalAdd(2, { origin: { kind: 'merge', of: one } }),
      /experiment 1 was withdrawn/,
    ],
    [
      'a keep on a forecast',
      KEPT.slice(0, 5),
      {
        kind: 'verdict',
        experiment: one,
        verdict: { ...forecast([1]), kind: 'keep' } as Verdict,
      },
      /a keep on a forecast alone/,
    ],
    [
      'a keep of a stopped trial',
      [...KEPT.slice(0, 4), trialEnd(1, STOPPED)],
      { kind: 'verdict', experiment: one, verdict: keep([1]) },
      /a keep cites trial 1, which has no measurement/,
    ],
    [
      'a forecast from nothing',
      KEPT.slice(0, 5),
      { kind: 'verdict', experiment: one, verdict: forecast([]) },
      /a forecast without a trial/,
    ],
    [
      'a forecast from a crash',
      [...KEPT.slice(0, 4), trialEnd(1, { kind: 'crash', stage: 'run', how: '' })],
      { kind: 'verdict', experiment: one, verdict: forecast([1]) },
      /a forecast cites trial 1, which has no measurement/,
    ],
    [
      'a forecast against a stopped parent',
      [...KEPT.slice(0, 5), trialSubmit(2, commitOf(0)), trialEnd(2, STOPPED)],
      {
        kind: 'verdict',
        experiment: one,
        verdict: {
          ...forecast([1]),
          evidence: { ...forecastEvidence, candidateTrials: [1], parentTrials: [2] },
        } as unknown as Verdict,
      },
      /a forecast cites trial 2, which has no measurement/,
    ],
    [
      'a trial without a change of another champion',
      [...KEPT, MOVE],
      trialWithout(2, commitOf(9), [1]),
      /00009, which is no champion/,
    ],
    [
      'a trial without nothing',
      [...KEPT, MOVE],
      trialWithout(2, commitOf(1), []),
      /without a coin tossed for any of its changes/,
    ],
    [
      'a trial without what is not in the champion',
      [...KEPT, MOVE],
      trialWithout(2, commitOf(1), [1, 2]),
      /without experiments 1, 2 of the tossed 1, 2, but the champion's are 1/,
    ],
    [
      'a trial without one change twice',
      [...KEPT, MOVE],
      trialWithout(2, commitOf(1), [1, 1]),
      /without experiments 1, 1 of the tossed 1, 1, but the champion's are 1/,
    ],
    [
      'what cannot be taken out of a champion that it is not in',
      KEPT,
      { kind: 'switch-conflict', experiment: one, champion: commitOf(1), paths: [] },
      /00001 is no champion/,
    ],
    [
      'what cannot be taken out and is not in',
      [...KEPT, MOVE],
      { kind: 'switch-conflict', experiment: two, champion: commitOf(1), paths: [] },
      /experiment 2 is not part of the champion/,
    ],
    [
      'a certificate of what is not in the champion',
      [...KEPT, MOVE],
      certificateOf(commitOf(1), 2),
      /experiment 2 is not part of the champion/,
    ],
    [
      'a certificate of a champion that is none',
      [...KEPT, MOVE],
      certificateOf(commitOf(9)),
      /00009 is no champion/,
    ],
    [
      'a certificate twice',
      [...KEPT, MOVE, certificateOf(commitOf(1), 1)],
      certificateOf(commitOf(1), 1),
      /has this certificate already/,
    ],
    [
      'an answer about no champion',
      KEPT,
      {
        kind: 'holdout-answer',
        champion: commitOf(9),
        against: commitOf(0),
        answer: 'pass',
        documents: DIGEST,
      },
      /00009 is no champion/,
    ],
    [
      'a conflict of no keep',
      [START, proposalAdd(1)],
      { kind: 'merge-conflict', experiment: one, champion: commitOf(0), paths: [] },
      /experiment 1 is not a keep/,
    ],
  ];

  test.each(cases)('%s', (_name, before, event, message) => {
    const entries = chained([...before, event]);
    const state = fold(entries.slice(0, -1));
    expect(() => apply(state, entries.at(-1)!)).toThrow(LedgerFault);
    expect(() => apply(state, entries.at(-1)!)).toThrow(message);
    expect(() => apply(state, entries.at(-1)!)).toThrow(`entry ${entries.length}: `);
    expect(state).toEqual(replay(entries.slice(0, -1)));
  });

  test('a ledger begins with study-start, and is never without it', () => {
    expect(() => replay(chained([ENGINE]))).toThrow(
      'entry 1: engine-start, but a ledger begins with study-start',
    );
    expect(() => replay([])).toThrow(LedgerFault);
  });
});
