import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerEntry, StudyEvent } from '../model/event.ts';
import type { ExperimentId, TrialId } from '../model/identity.ts';
import { forecastOf } from '../model/verdict.ts';
import { decodeEntry, encodeEntry } from './entry.ts';
import {
  COMPLETED,
  certificateOf,
  chained,
  commitOf,
  DIGEST,
  ENGINE,
  forecast,
  HARDWARE,
  histories,
  historyFrom,
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
import { apply, copyState, createState, replay, type WorkingState } from './replay.ts';

const one = 1 as ExperimentId;
const two = 2 as ExperimentId;

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
        const parked = [...state.experiments.values()].filter(
          (e) => e.status === 'judged' && forecastOf(e.verdict),
        );
        expect(state.parked).toEqual(new Set(parked.map((e) => e.proposal.experiment)));
        for (const { stack } of state.champions.values())
          for (const id of stack) expect(state.withdrawn.has(id)).toBe(false);
        const trials = [...state.running.values(), ...state.ended.values()];
        expect([...state.switchedOff.values()].flat().toSorted((a, b) => a - b)).toEqual(
          trials.flatMap(({ trial, switchedOff }) => (switchedOff ? trial : [])).toSorted((a, b) => a - b),
        );
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
        'certificate',
        'champion-move',
        'engine-start',
        'engine-stop',
        'history-import',
        'holdout-answer',
        'merge-conflict',
        'proposal-add',
        'proposal-set-aside',
        'study-pause',
        'study-resume',
        'study-start',
        'switch-conflict',
        'trial-end',
        'trial-submit',
        'verdict',
      ].sort(),
    );
    expect(historyFrom([])).toHaveLength(1);
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

  test('what a forecast discarded is parked until it has another verdict, and counts once', () => {
    const stopped: StudyEvent[] = [
      ...KEPT.slice(0, 4),
      trialEnd(1, STOPPED),
      { kind: 'verdict', experiment: one, verdict: forecast([1]) },
    ];
    expect(replayed(...stopped)).toMatchObject({ judged: 1, parked: new Set([1]), open: new Set() });
    const again: StudyEvent[] = [...stopped, trialSubmit(2, commitOf(1)), trialEnd(2)];
    const kept = replayed(...again, { kind: 'verdict', experiment: one, verdict: keep([2]) });
    expect(kept).toMatchObject({ judged: 1, parked: new Set(), unmerged: new Set([1]) });
    expect(kept.experiments.get(one)).toMatchObject({ verdict: { kind: 'keep' }, judgedAt: 1_008_000 });
    expect(() => replayed(...again, { kind: 'proposal-set-aside', experiment: one, reason: '' })).toThrow(
      'experiment 1 is judged',
    );
  });

  test('a withdrawn keep stays a keep, says why it left, and does not wait to be merged', () => {
    const state = replayed(...KEPT, MOVE, WITHDRAWAL);
    expect(state.withdrawn).toEqual(new Map([[1, 'no better than without it']]));
    expect(state.champions.get(HARDWARE)).toEqual({ commit: commitOf(7), stack: [] });
    expect(state.unmerged).toEqual(new Set());
    expect(state.experiments.get(one)).toMatchObject({ verdict: { kind: 'keep' } });
  });

  test('changes are taken out of a champion again in the order in which they were kept, whatever their numbers', () => {
    const [one, two] = [1, 2] as [ExperimentId, ExperimentId];
    const state = replayed(
      ...KEPT,
      proposalAdd(2),
      trialSubmit(2, commitOf(2)),
      trialEnd(2),
      { kind: 'verdict', experiment: two, verdict: keep([2], 2.5) },
      { ...MOVE, to: commitOf(2), stack: [two], cause: { kind: 'keep', experiment: two } },
      { ...MOVE, from: commitOf(2), stack: [two, one] },
      trialWithout(3, commitOf(1), [2, 1]),
      trialEnd(3),
      trialWithout(4, commitOf(1), [2, 1]),
    );
    expect(state.running.get(4 as TrialId)?.switchedOff?.tossed).toEqual([two, one]);
  });

  test('a trial without some changes is found by its champion and by what it ran', () => {
    const state = replayed(...KEPT, MOVE, trialWithout(2, commitOf(1), [1]));
    expect(state.switchedOff).toEqual(new Map([[commitOf(1), [2]]]));
    expect(state.trialsOf.get(commitOf(50))).toEqual([2]);
    expect(state.trialsOf.get(commitOf(1))).toEqual([1]);
  });

  test('what cannot be taken out is known of the champion at hand only', () => {
    const conflict: StudyEvent = {
      kind: 'switch-conflict',
      experiment: one,
      champion: commitOf(1),
      paths: ['train.ts'],
    };
    expect(replayed(...KEPT, MOVE, conflict).inseparable).toEqual(new Map([[commitOf(1), new Set([1])]]));
  });

  test('certificates and answers are kept in their order', () => {
    const answer = {
      champion: commitOf(1),
      against: commitOf(0),
      answer: 'pass',
      documents: DIGEST,
    } as const;
    const { kind: _, ...certificate } = certificateOf(commitOf(1), 1);
    const { kind: __, ...ofStack } = certificateOf(commitOf(1));
    const state = replayed(
      ...KEPT,
      MOVE,
      { kind: 'certificate', ...certificate },
      { kind: 'certificate', ...ofStack },
      { kind: 'holdout-answer', ...answer },
    );
    expect(state.certificates).toEqual([certificate, ofStack]);
    expect(state.holdout).toEqual([answer]);
  });

  test('an ended trial has the points that its end told', () => {
    expect(replayed(...KEPT).ended.get(1 as TrialId)?.curve).toEqual([
      { progress: 1, values: { val_bpb: 2.5 } },
    ]);
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
