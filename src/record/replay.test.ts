import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerEntry, StudyEvent } from '../model/event.ts';
import type { ExperimentId, TrialId } from '../model/identity.ts';
import type { Verdict } from '../model/verdict.ts';
import { decodeEntry, encodeEntry } from './entry.ts';
import { LedgerFault } from './fault.ts';
import {
  COMPLETED,
  chained,
  commitOf,
  DIGEST,
  ENGINE,
  HARDWARE,
  histories,
  historyFrom,
  keep,
  proposalAdd,
  START,
  trialEnd,
  trialSubmit,
} from './fixtures/history.ts';
import { apply, copyState, createState, replay, type WorkingState } from './replay.ts';

const one = 1 as ExperimentId;
const two = 2 as ExperimentId;
const KEPT: StudyEvent[] = [
  START,
  ENGINE,
  proposalAdd(1),
  trialSubmit(1, commitOf(1)),
  trialEnd(1),
  { kind: 'verdict', experiment: one, verdict: keep([1], 2.5) },
];
const MOVE: StudyEvent = {
  kind: 'champion-move',
  class: HARDWARE,
  from: commitOf(0),
  to: commitOf(1),
  stack: [one],
  cause: { kind: 'keep', experiment: one },
};

function fold(entries: readonly LedgerEntry[]): WorkingState {
  const state = createState(entries[0]!);
  for (const entry of entries.slice(1)) apply(state, entry);
  return state;
}

const replayed = (...events: StudyEvent[]) => replay(chained(events));

describe('laws of the fold', () => {
  test('the state after a whole history is the state after its beginning, moved on by the rest, wherever it is split', () => {
    fc.assert(
      fc.property(histories, (entries) => {
        const whole = replay(entries);
        const moving = createState(entries[0]!);
        for (let split = 1; split < entries.length; split += 1) {
          expect(moving).toEqual(replay(entries.slice(0, split)));
          apply(moving, entries[split]!);
        }
        expect(moving).toEqual(whole);
      }),
      { numRuns: 25 },
    );
  });

  test('a copied state is moved on without a trace in the first', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (entries, where) => {
        const split = 1 + (where % entries.length);
        const state = fold(entries.slice(0, split));
        const copy = copyState(state);
        for (const entry of entries.slice(split)) apply(copy, entry);
        expect(state).toEqual(replay(entries.slice(0, split)));
        expect(copy).toEqual(replay(entries));
      }),
    );
  });

  test('a history that went through bytes gives the same state', () => {
    fc.assert(
      fc.property(histories, (entries) => {
        const read = entries.map((entry) => {
          const decoded = decodeEntry(encodeEntry(entry));
          if (decoded.kind !== 'entry') throw new Error(JSON.stringify(decoded));
          return decoded.entry;
        });
        expect(replay(read)).toEqual(replay(entries));
      }),
    );
  });

  test('the sets and counts of the state agree with its experiments and trials', () => {
    fc.assert(
      fc.property(histories, (entries) => {
        const state = replay(entries);
        const ofStatus = (status: string) =>
          [...state.experiments.values()].filter((e) => e.status === status);
        expect([...state.open]).toEqual(ofStatus('open').map((e) => e.proposal.experiment));
        expect(state.judged).toBe(ofStatus('judged').length);
        expect(state.nextExperiment).toBe(state.experiments.size + 1);
        expect(state.nextTrial).toBe(state.running.size + state.ended.size + 1);
        expect([...state.trialsOf.values()].flat()).toHaveLength(state.running.size + state.ended.size);
        expect(state.activeSeconds).toBeLessThanOrEqual((state.lastEventAt - state.startedAt) / 1000 + 1e-6);
      }),
    );
  });

  test('the generated histories reach every kind of event', () => {
    const seen = new Set<string>();
    for (const entries of fc.sample(histories, { seed: 1, numRuns: 100 }))
      for (const { event } of entries) seen.add(event.kind);
    expect([...seen].sort()).toEqual(
      [
        'champion-move',
        'engine-start',
        'engine-stop',
        'history-import',
        'merge-conflict',
        'proposal-add',
        'proposal-set-aside',
        'study-pause',
        'study-resume',
        'study-start',
        'trial-end',
        'trial-submit',
        'verdict',
      ].sort(),
    );
    expect(historyFrom([])).toHaveLength(1);
  });
});

describe('what contradicts the ledger is refused with its entry, and changes nothing', () => {
  const discard = { ...keep([1]), kind: 'discard' } as Verdict;
  const cases: [string, StudyEvent[], StudyEvent, RegExp][] = [
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
    [
      'a move from elsewhere',
      KEPT,
      { ...MOVE, from: commitOf(9) } as StudyEvent,
      /the champion on .* is 0000/,
    ],
    ['a move by no keep', [START, proposalAdd(1)], MOVE, /experiment 1 is not a keep/],
    ['a stack of the unknown', KEPT, { ...MOVE, stack: [one, two] } as StudyEvent, /experiment 2 is unknown/],
    [
      'the withdrawal of what is no part',
      KEPT,
      { ...MOVE, stack: [], cause: { kind: 'withdrawal', experiment: one, reason: 'luck' } } as StudyEvent,
      /experiment 1, which is not part of the champion/,
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
    expect(() => replayed(ENGINE)).toThrow('entry 1: engine-start, but a ledger begins with study-start');
    expect(() => replay([])).toThrow(LedgerFault);
  });
});

describe('what the state says', () => {
  test('time counts while an engine is at work, and not between a crash and the next start', () => {
    const events: StudyEvent[] = [
      START,
      ENGINE,
      { kind: 'study-pause' },
      ENGINE,
      { kind: 'engine-stop', reason: '' },
      { kind: 'history-import', file: '', digest: DIGEST, rows: [] },
    ];
    const at = [0, 10_000, 14_000, 1_000_000, 1_002_500, 2_000_000];
    const state = replay(chained(events, (index) => at[index]!));
    expect(state.activeSeconds).toBe(6.5);
    expect(state.startedAt).toBe(0);
    expect(state.lastEventAt).toBe(2_000_000);
  });

  test('a clock that is set back counts no time twice', () => {
    const at = [0, 10_000, 20_000, 5_000, 21_000];
    const events: StudyEvent[] = [
      START,
      ENGINE,
      { kind: 'study-pause' },
      { kind: 'study-resume' },
      { kind: 'study-pause' },
    ];
    expect(replay(chained(events, (index) => at[index]!)).activeSeconds).toBe(11);
  });

  test('an engine is at work until it stops, and a new one ends a pause', () => {
    expect(replayed(START).activity).toBe('stopped');
    expect(replayed(START, ENGINE).activity).toBe('running');
    expect(replayed(START, ENGINE, { kind: 'study-pause' }).activity).toBe('paused');
    expect(replayed(START, ENGINE, { kind: 'study-pause' }, { kind: 'study-resume' }).activity).toBe(
      'running',
    );
    expect(replayed(START, ENGINE, { kind: 'study-pause' }, ENGINE).activity).toBe('running');
    expect(replayed(START, ENGINE, { kind: 'engine-stop', reason: '' }).activity).toBe('stopped');
  });

  test('a milestone is the value that the champion was kept for; the baseline is none', () => {
    expect(replayed(...KEPT).milestones).toEqual([]);
    const state = replayed(...KEPT, MOVE);
    expect(state.milestones).toEqual([{ at: 1_006_000, experiment: 1, value: 2.5 }]);
    expect(state.champions.get(HARDWARE)).toEqual({ commit: commitOf(1), stack: [1] });
  });

  test('a withdrawal to the baseline, or to a commit that nobody measured, is no milestone', () => {
    const second: StudyEvent[] = [
      proposalAdd(2, { parent: commitOf(1) }),
      trialSubmit(2, commitOf(2)),
      trialEnd(2),
      { kind: 'verdict', experiment: two, verdict: keep([2], 2.25) },
      {
        ...MOVE,
        from: commitOf(1),
        to: commitOf(2),
        stack: [one, two],
        cause: { kind: 'keep', experiment: two },
      } as StudyEvent,
    ];
    const withdraw = (experiment: ExperimentId, to: number, stack: ExperimentId[]) =>
      ({
        ...MOVE,
        from: commitOf(2),
        to: commitOf(to),
        stack,
        cause: { kind: 'withdrawal', experiment, reason: 'luck' },
      }) as StudyEvent;
    const values = (...events: StudyEvent[]) =>
      replayed(...KEPT, MOVE, ...second, ...events).milestones.map((m) => m.value);
    expect(values()).toEqual([2.5, 2.25]);
    expect(values(withdraw(two, 1, [one]))).toEqual([2.5, 2.25, 2.5]);
    expect(values(withdraw(one, 77, [two]))).toEqual([2.5, 2.25]);
  });

  test('a keep waits to be merged until a champion-move, a merge proposal or a conflict names it', () => {
    const conflict: StudyEvent = {
      kind: 'merge-conflict',
      experiment: one,
      champion: commitOf(0),
      paths: ['train.ts'],
    };
    expect([...replayed(...KEPT).unmerged]).toEqual([1]);
    expect([...replayed(...KEPT, MOVE).unmerged]).toEqual([]);
    expect([...replayed(...KEPT, conflict).unmerged]).toEqual([]);
    expect([...replayed(...KEPT, proposalAdd(2, { origin: { kind: 'merge', of: one } })).unmerged]).toEqual(
      [],
    );
  });

  test('trials are found by the commit they ran, running and ended', () => {
    const state = replayed(...KEPT, trialSubmit(2, commitOf(1)));
    expect(state.trialsOf.get(commitOf(1))).toEqual([1, 2]);
    expect([...state.running.keys()]).toEqual([2]);
    expect(state.ended.get(1 as TrialId)).toMatchObject({
      outcome: COMPLETED,
      submittedAt: 1_003_000,
      slot: 1,
    });
  });
});
