import { expect, test } from 'vitest';
import type { StudyState } from '../model/study.ts';
import { depthOf } from './depth.ts';

const studyOf = (...seconds: number[]) =>
  ({
    ended: new Map(
      seconds.map((wallSeconds, index) => [
        index + 1,
        { usage: { wallSeconds }, outcome: { kind: wallSeconds === 0 ? 'fault' : 'completed' } },
      ]),
    ),
    nextTrial: seconds.length + 2,
  }) as unknown as StudyState;

test('one proposal a slot waits where thoughts are quick, or nothing is known', () => {
  expect(depthOf(studyOf(), 2, 60)).toBe(2);
  expect(depthOf(studyOf(60), 2, 0)).toBe(2);
  expect(depthOf(studyOf(60, 60), 2, 5)).toBe(2);
  expect(depthOf(studyOf(0), 2, 0)).toBe(2);
  expect(depthOf(studyOf(0, 60), 1, 60)).toBe(2);
});

test('for each trial that passes during a thought one more waits, up to a bound', () => {
  expect(depthOf(studyOf(60, 60), 2, 60)).toBe(4);
  expect(depthOf(studyOf(60, 60), 2, 90)).toBe(6);
  expect(depthOf(studyOf(60, 60), 1, 6000)).toBe(5);
});

test('the newest trials tell how long one takes', () => {
  expect(depthOf(studyOf(...Array(20).fill(1), ...Array(8).fill(60)), 1, 60)).toBe(2);
});
