import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StudyEvent } from '../model/event.ts';
import type { ExperimentId } from '../model/identity.ts';
import {
  chained,
  commitOf,
  histories,
  KEPT,
  keep,
  proposalAdd,
  START,
  trialEnd,
  trialSubmit,
} from './fixtures/history.ts';
import { apply, copyState, createState, replay, share } from './replay.ts';

/** As read from disk: each entry has objects of its own. */
const read = (...events: StudyEvent[]) => replay(chained(structuredClone(events)));

describe('a study of thousands of experiments holds what repeats once', () => {
  test('conditions of trials, origins of proposals and citations of verdicts', () => {
    const again: StudyEvent[] = [
      proposalAdd(2),
      trialSubmit(2, commitOf(2)),
      trialEnd(2),
      { kind: 'verdict', experiment: 2 as ExperimentId, verdict: keep([2]) },
    ];
    const { ended, experiments } = read(...KEPT, ...again);
    const [first, second] = [...ended.values()];
    expect(second?.conditions).toBe(first?.conditions);
    const [kept, other] = [...experiments.values()];
    expect(other?.proposal.origin).toBe(kept?.proposal.origin);
    const [cited, citedAgain] = [kept, other].map(
      (one) => one?.status === 'judged' && one.verdict.kind === 'keep' && one.verdict.evidence.parentTrials,
    );
    expect(cited).toEqual([]);
    expect(citedAgain).toBe(cited);
  });

  test('however much that does not repeat comes in between', () => {
    const proposals = Array.from({ length: 600 }, (_, index) => proposalAdd(index + 1));
    const origins = [...read(START, ...proposals).experiments.values()].map(
      ({ proposal }) => proposal.origin,
    );
    expect(new Set(origins).size).toBe(1);
  });

  test('and nothing of a job that has ended', () => {
    const submitted = [...KEPT.slice(0, 4)];
    expect([...read(...submitted).running.values()][0]).toHaveProperty('job');
    expect([...read(...submitted, trialEnd(1)).ended.values()][0]).not.toHaveProperty('job');
  });

  test('two states that have taken in the same entries share what these made', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (entries, where) => {
        const split = 1 + (where % entries.length);
        const one = createState(entries[0]!);
        for (const entry of entries.slice(1, split)) apply(one, entry);
        const other = copyState(one);
        const rest = entries.slice(split);
        for (const entry of rest) apply(one, entry);
        for (const entry of rest) apply(other, entry);
        share(one, other, rest);
        expect(other).toEqual(replay(entries));
        for (const of of ['experiments', 'trialsOf', 'running', 'ended'] as const) {
          expect([...other[of].keys()]).toEqual([...one[of].keys()]);
          for (const [key, value] of other[of] as Map<unknown, unknown>)
            expect(value).toBe((one[of] as Map<unknown, unknown>).get(key));
        }
      }),
    );
  });
});
