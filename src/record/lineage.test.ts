import { expect, test } from 'vitest';
import type { StudyEvent } from '../model/event.ts';
import type { Commit, ExperimentId } from '../model/identity.ts';
import {
  chained,
  commitOf,
  HARDWARE,
  KEPT,
  keep,
  MOVE,
  proposalAdd,
  trialEnd,
  trialSubmit,
  WITHDRAWAL,
} from './fixtures/history.ts';
import { lineageProblems, moveIn } from './lineage.ts';
import { replay } from './replay.ts';

const one = 1 as ExperimentId;
const two = 2 as ExperimentId;

/** A second keep, on the first. */
const SECOND: readonly StudyEvent[] = [
  proposalAdd(2, { parent: commitOf(1) }),
  trialSubmit(2, commitOf(2)),
  trialEnd(2),
  { kind: 'verdict', experiment: two, verdict: keep([2], 2.4) },
];
const SECOND_MOVE = {
  ...MOVE,
  from: commitOf(1),
  to: commitOf(2),
  stack: [one, two],
  cause: { kind: 'keep', experiment: two },
} as const;

const PARENTS: ReadonlyMap<Commit, readonly Commit[]> = new Map([
  [commitOf(1), [commitOf(0)]],
  [commitOf(2), [commitOf(1)]],
  [commitOf(7), [commitOf(1)]],
]);

function problemsOf(events: readonly StudyEvent[], parents = PARENTS) {
  const entries = chained(events);
  return lineageProblems(
    replay(entries),
    entries.flatMap((entry) => moveIn(entry) ?? []),
    parents,
  );
}

test('keeps that follow each other, and a withdrawal, are the line that the verdicts say', () => {
  expect(problemsOf([...KEPT, MOVE, ...SECOND, SECOND_MOVE])).toEqual([]);
  expect(problemsOf([...KEPT, MOVE, WITHDRAWAL])).toEqual([]);
});

test('each class of hardware has a line of its own', () => {
  const elsewhere = { ...MOVE, class: `${HARDWARE}, another` } as StudyEvent;
  expect(problemsOf([...KEPT, MOVE, elsewhere])).toEqual([]);
});

test.for<[name: string, move: StudyEvent, problem: RegExp]>([
  [
    'leads to another commit',
    { ...SECOND_MOVE, to: commitOf(9) },
    /keeps #2, whose commit is 0+2, and leads to 0+9/,
  ],
  ['loses what was kept before', { ...SECOND_MOVE, stack: [two] }, /keeps #2, and #1 #2 should be the stack/],
  [
    'is called what it is not',
    { ...SECOND_MOVE, cause: { kind: 'merge', experiment: two } },
    /calls #2 a merge/,
  ],
  [
    'is made on another parent than its own',
    { ...SECOND_MOVE, to: commitOf(1), stack: [one, one], cause: { kind: 'keep', experiment: one } },
    /keeps #1, whose parent is 0+, and starts at 0+1/,
  ],
])('a move that %s is found, with its entry', ([, move, problem]) => {
  expect(problemsOf([...KEPT, MOVE, ...SECOND, move])).toEqual([
    { kind: 'move', sequence: 12, problem: expect.stringMatching(problem) },
  ]);
});

test('a withdrawal that takes more with it is found', () => {
  const withdrawal = { ...WITHDRAWAL, from: commitOf(2) };
  const parents = new Map([...PARENTS, [commitOf(7), [commitOf(2)]]]);
  expect(problemsOf([...KEPT, MOVE, ...SECOND, SECOND_MOVE, withdrawal], parents)).toEqual([
    { kind: 'move', sequence: 13, problem: 'takes out #1, and #2 should be left' },
  ]);
});

test('a commit that git has on another parent is found, and of one that git has not nothing is said', () => {
  const parents = new Map([...PARENTS, [commitOf(1), [commitOf(9)]]]);
  expect(problemsOf([...KEPT, MOVE], parents)).toEqual([
    { kind: 'parent', commit: commitOf(1), recorded: commitOf(0), inGit: [commitOf(9)], experiment: one },
  ]);
  expect(problemsOf([...KEPT, MOVE], new Map())).toEqual([]);
  expect(problemsOf([...KEPT, MOVE, WITHDRAWAL], new Map([...PARENTS, [commitOf(7), []]]))).toMatchObject([
    { kind: 'parent', commit: commitOf(7), recorded: commitOf(1), inGit: [] },
  ]);
});
