import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HoldoutAnswer } from '../../model/holdout.ts';
import type { Commit, Digest, ExperimentId } from '../../model/identity.ts';
import { createRandom } from '../../model/random.ts';
import type { StudyState } from '../../model/study.ts';
import { heavyNoise, normalNoise } from '../../statistics/simulation-fixture.ts';
import { baseline, hardware, objective, study } from '../study-fixture.ts';
import { holdoutAnswer, holdoutQuestion, questionsAllowed } from './holdout.ts';

const DOCUMENTS = 'd'.repeat(64) as Digest;

function withAnswers(champion: string, answers: readonly HoldoutAnswer[], judged = 0): StudyState {
  const { state } = study({});
  const stack = champion === baseline ? [] : [1 as ExperimentId];
  const champions = new Map([[hardware, { commit: champion as Commit, stack }]]);
  return { ...state, champions, holdout: answers, judged };
}

function answer(champion: string, given: 'pass' | 'fail', documents = DOCUMENTS): HoldoutAnswer {
  return { champion: champion as Commit, against: baseline, answer: given, documents };
}

describe('questions', () => {
  test('a study may ask one at once and 20 in 1,000 experiments, and never fewer than before', () => {
    expect([0, 1, 50, 51, 100, 101, 1000].map(questionsAllowed)).toEqual([1, 1, 1, 2, 2, 3, 20]);
    fc.assert(
      fc.property(fc.nat(100_000), (judged) => {
        expect(questionsAllowed(judged + 1)).toBeGreaterThanOrEqual(questionsAllowed(judged));
        expect(questionsAllowed(judged)).toBeLessThanOrEqual(1 + judged / 50);
      }),
    );
  });

  test('a champion is compared with that of the last pass, and with the baseline before there is one', () => {
    const ask = (answers: HoldoutAnswer[]) =>
      holdoutQuestion(withAnswers('c', answers, 500), hardware, DOCUMENTS);
    expect(ask([])).toMatchObject({ kind: 'open', champion: 'c', against: baseline, asked: 0, allowed: 10 });
    expect(ask([answer('a', 'pass'), answer('b', 'fail')])).toMatchObject({ against: 'a', asked: 2 });
  });

  test('the same champion on the same documents has the answer that is known; on other documents it is asked anew', () => {
    const known = answer('c', 'fail');
    const state = withAnswers('c', [known]);
    expect(holdoutQuestion(state, hardware, DOCUMENTS)).toEqual({ kind: 'answered', known });
    const rotated = 'e'.repeat(64) as Digest;
    expect(holdoutQuestion(state, hardware, rotated)).toMatchObject({ kind: 'open', asked: 0, allowed: 1 });
  });

  test('a champion that passed is not compared with itself when the documents are rotated', () => {
    const state = withAnswers('c', [answer('a', 'pass'), answer('c', 'pass')]);
    expect(holdoutQuestion(state, hardware, 'e'.repeat(64) as Digest)).toMatchObject({ against: 'a' });
  });

  test('questions that are spent come back with the next fifty experiments', () => {
    const spent = [answer('a', 'fail'), answer('b', 'pass')];
    expect(holdoutQuestion(withAnswers('c', spent, 100), hardware, DOCUMENTS)).toEqual({
      kind: 'spent',
      asked: 2,
      nextAfter: 101,
    });
    expect(holdoutQuestion(withAnswers('c', spent, 101), hardware, DOCUMENTS).kind).toBe('open');
  });

  test('about a champion that is the baseline nothing is asked', () => {
    expect(holdoutQuestion(withAnswers(baseline, []), hardware, DOCUMENTS).kind).toBe('nothing-kept');
  });
});

describe('answers', () => {
  const scored = (values: readonly number[]) => ({
    documents: new Map(values.map((value, index) => [String(index), value])),
  });
  const whole = (value: number) => ({ value, documents: new Map<string, number>() });

  test('a value must be better by more than the margin, in either direction', () => {
    const smaller = (champion: number, against: number, margin: number) =>
      holdoutAnswer(objective, { champion: whole(champion), against: whole(against) }, margin);
    expect([smaller(9.4, 10, 0.5), smaller(9.6, 10, 0.5), smaller(10, 10, 0)]).toEqual([
      'pass',
      'fail',
      'fail',
    ]);
    expect(smaller(9.999, 10, 0)).toBe('pass');
    const larger = { ...objective, direction: 'maximize' as const };
    const sides = { champion: whole(10.6), against: whole(10) };
    expect(holdoutAnswer(larger, sides, 0.5)).toBe('pass');
  });

  test('a champion that does nothing passes on paired documents once in 400 questions, in normal noise and in heavy tails', () => {
    for (const source of [normalNoise, heavyNoise]) {
      const noise = source(createRandom(3));
      const questions = 20_000;
      let passes = 0;
      for (let question = 0; question < questions; question++) {
        const common = Array.from({ length: 30 }, () => 5 * noise());
        const champion = scored(common.map((value) => value + noise()));
        const against = scored(common.map((value) => value + noise()));
        if (holdoutAnswer(objective, { champion, against }, 0) === 'pass') passes += 1;
      }
      // 50 are expected, give or take four standard deviations.
      expect(passes).toBeLessThanOrEqual(79);
      expect(passes).toBeGreaterThan(0);
    }
  });

  test('a gain that documents share passes, however far apart the documents are', () => {
    const values = Array.from({ length: 20 }, (_, index) => 10 * index);
    const jitter = (index: number) => (index % 2) / 100;
    const champion = scored(values.map((value, index) => value - 0.1 + jitter(index)));
    expect(holdoutAnswer(objective, { champion, against: scored(values) }, 100)).toBe('pass');
    expect(holdoutAnswer(objective, { champion: scored(values), against: champion }, 0)).toBe('fail');
  });

  test('scores of other documents, of one alone, or of one side only are a fail', () => {
    const three = scored([1, 2, 3]);
    expect(holdoutAnswer(objective, { champion: scored([0, 1]), against: three }, 0)).toBe('fail');
    expect(holdoutAnswer(objective, { champion: scored([0]), against: scored([1]) }, 0)).toBe('fail');
    expect(holdoutAnswer(objective, { champion: whole(0), against: three }, 0)).toBe('fail');
    const renamed = {
      documents: new Map([...three.documents].map(([name, value]) => [`x${name}`, value - 9])),
    };
    expect(holdoutAnswer(objective, { champion: renamed, against: three }, 0)).toBe('fail');
  });

  test('equal documents are no gain', () => {
    expect(holdoutAnswer(objective, { champion: scored([1, 1, 1]), against: scored([1, 1, 1]) }, 0)).toBe(
      'fail',
    );
  });
});
