import { expect, test } from 'vitest';
import type { ExperimentId, TrialId } from '../../model/identity.ts';
import type { StudyState } from '../../model/study.ts';
import { createStudy, verdictOf } from '../fixtures/play.ts';
import { type History, historyOf } from './history.ts';

class CountingMap<Key, Value> extends Map<Key, Value> {
  reads = 0;

  override get(key: Key): Value | undefined {
    this.reads++;
    return super.get(key);
  }
}

/** A copy as the engine makes one for each thought, which tells how many experiments were looked at. */
function copyOf(state: StudyState): StudyState & { readonly experiments: CountingMap<unknown, unknown> } {
  return { ...state, experiments: new CountingMap(state.experiments), open: new Set(state.open) };
}

/** A study of `count` judged edits, each of a site of its own. */
function playedStudy(count: number) {
  const study = createStudy({});
  const add = (number: number) =>
    study.add({ hypothesis: 'h', category: 'size', changes: [], edit: `a.ts#number:n${number}=2 was 1` });
  const judge = (id: ExperimentId) => study.judge(id, verdictOf(1, 1 + (id % 3) / 10));
  for (let number = 1; number <= count; number++) judge(add(number));
  return { state: study.state, add, judge, setAside: study.setAside };
}

/** Everything that a history answers. */
function answers(history: History, count: number): unknown[] {
  const sites = Array.from({ length: count }, (_, index) => `a.ts#number:n${index + 1}`);
  return [
    history.judged,
    history.nearMisses,
    history.recordOf('number'),
    sites.map((site) => [history.attemptsAt(site), history.openAt(site), history.isTried(`${site}=2`)]),
  ];
}

test('of each copy of a growing study only what is new is read', () => {
  const study = playedStudy(200);
  expect(historyOf(copyOf(study.state)).judged).toBe(200);
  study.judge(study.add(201));
  const copy = copyOf(study.state);
  expect(historyOf(copy).judged).toBe(201);
  expect(copy.experiments.reads).toBeLessThan(10);
});

test('what was set aside is no longer among the newest, and may be tried again', () => {
  const study = playedStudy(5);
  const aside = study.add(6);
  const open = study.add(7);
  const ids = () => [...historyOf(study.state).newest()].map(([id]) => id);
  expect(ids()).toEqual([open, aside, 5, 4, 3, 2, 1]);
  study.setAside(aside);
  expect(ids()).toEqual([open, 5, 4, 3, 2, 1]);
  const history = historyOf(study.state);
  expect([6, 7].map((number) => history.isTried(`a.ts#number:n${number}=2`))).toEqual([false, true]);
  expect([6, 7].map((number) => history.openAt(`a.ts#number:n${number}`))).toEqual([0, 1]);
});

test('an earlier copy, and another telling of the study, are read for themselves', () => {
  const study = playedStudy(20);
  const open = study.add(21);
  const late = study.add(22);
  const earlier = copyOf(study.state);
  const expected = answers(historyOf({ ...earlier, study: { ...earlier.study } }), 25);
  study.judge(late);
  study.judge(open);
  historyOf(copyOf(study.state));
  expect(answers(historyOf(earlier), 25)).toEqual(expected);

  const other = playedStudy(25);
  expect(historyOf({ ...other.state, study: study.state.study }).judged).toBe(25);
  expect(historyOf(copyOf(study.state)).judged).toBe(22);
});

test('a fraction that breaks alone tells that a site takes whole numbers, however many broke in company', () => {
  const study = createStudy({});
  const tell = (edit: string, isBroken: boolean) => {
    const id = study.add({ hypothesis: 'h', category: 'size', changes: [], edit });
    study.judge(
      id,
      isBroken
        ? { kind: 'crash', reason: 'r', evidence: { trial: 1 as TrialId, stage: 'run' } }
        : verdictOf(1, 1),
    );
    return historyOf(study.state).visitedAt('a.ts#number:n').fractions;
  };
  expect(tell('a.ts#number:n=3 was 4', true)).toBe('none');
  expect(tell('a.ts#number:n=2.5 was 4; a.ts#number:m=2 was 1', true)).toBe('open');
  expect(tell('a.ts#number:n=2.7 was 4', true)).toBe('broken');
  expect(tell('a.ts#number:n=2.8 was 4', false)).toBe('measured');
  expect(tell('a.ts#number:n=2.9 was 4', true)).toBe('measured');
});
