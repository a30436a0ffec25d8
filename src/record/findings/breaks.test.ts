import { expect, it } from 'vitest';
import type { StudyState } from '../../model/study.ts';
import { breaksIn, workedUntil } from './breaks.ts';

const MINUTE = 60_000;

/** A study that began at 0, with trials that ran from and to these minutes. */
function studyWith(trials: readonly (readonly [from: number, to: number])[], running = 0): StudyState {
  const ended = trials.map(([from, to], index) => [
    index,
    { submittedAt: from * MINUTE, usage: { wallSeconds: (to - from) * 60 } },
  ]);
  const runs = Array.from({ length: running }, (_, index) => [index, {}]);
  return { startedAt: 0, ended: new Map(ended as []), running: new Map(runs as []) } as unknown as StudyState;
}

it('what lies between two runs is a break; a wait of some minutes, and what another slot covers, is none', () => {
  const state = studyWith([
    [1, 3],
    [12, 13],
    [12, 40],
    [20, 25],
    [100, 101],
  ]);
  expect(breaksIn(state, 102 * MINUTE)).toEqual([{ from: 40 * MINUTE, to: 100 * MINUTE }]);
});

it('the time since the last trial is one, unless a trial is running', () => {
  expect(breaksIn(studyWith([[0, 1]]), 60 * MINUTE)).toEqual([{ from: MINUTE, to: 60 * MINUTE }]);
  expect(breaksIn(studyWith([[0, 1]], 1), 60 * MINUTE)).toEqual([]);
});

it('work is the time without breaks, and stands still in one', () => {
  const breaks = [
    { from: 10, to: 20 },
    { from: 50, to: 80 },
  ];
  expect([5, 10, 15, 20, 30, 90].map((at) => workedUntil(at, 0, breaks))).toEqual([5, 10, 10, 10, 20, 50]);
});
