import { describe, expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { BOUNDS, shorten } from '../model/bound.ts';
import type { StudyEvent } from '../model/event.ts';
import {
  certificateOf,
  commitOf,
  DIGEST,
  ENGINE,
  keep,
  proposalAdd,
  START,
  trialEnd,
  trialSubmit,
  WITHDRAWAL,
} from './fixtures/history.ts';
import { eventV1 } from './schema.ts';

/** The same type with every property and list read-only, intersections flattened: so equal shapes are equal types. */
type Plain<T> = T extends string | number | boolean | undefined
  ? T
  : { readonly [Key in keyof T]: Plain<T[Key]> };

const accepts = (event: unknown) => eventV1.safeParse(event).success;
const verdict = (fields: object) => ({
  kind: 'verdict',
  experiment: 1,
  verdict: { ...keep([1]), ...fields },
});
const completed = (fields: object) => {
  const measurement = { value: 1, source: 'evaluated' };
  return { ...trialEnd(1), outcome: { kind: 'completed', measurement, others: {}, ...fields } };
};
const stopped = (forecast: object, reason = '') => ({
  ...trialEnd(1),
  outcome: { kind: 'stopped', forecast: { progress: 0.25, gain: -1, deviation: 0.1, ...forecast }, reason },
});
const POSTERIOR = { kind: 'posterior', mean: 1, deviation: 0.1, luck: 0.05, error: 0.2, freedom: 7 };
const weighed = (basis: object) => verdict({ evidence: { ...keep([1]).evidence, basis } });
const CERTIFICATE = certificateOf(commitOf(1), 1);
const ANSWER = {
  kind: 'holdout-answer',
  champion: commitOf(1),
  against: commitOf(0),
  answer: 'pass',
  documents: DIGEST,
};
const list = (length: number) => Array.from({ length }, (_, index) => index + 1);
const metrics = (length: number) =>
  Object.fromEntries(list(length).map((index) => [`metric_${index}`, index]));

test('the schema and the type of an event are the same', () => {
  expectTypeOf<Plain<z.output<typeof eventV1>>>().toEqualTypeOf<Plain<StudyEvent>>();
});

describe('every bound is exact: what fits is read, one more is refused', () => {
  const row = { commit: 'a', verdict: 'crash', description: '' };
  const imported = { kind: 'history-import', file: 'a', digest: DIGEST, rows: [row] };
  const move = {
    kind: 'champion-move',
    class: 'x',
    from: commitOf(0),
    to: commitOf(1),
    stack: [],
    cause: { kind: 'keep', experiment: 1 },
  };
  const conflict = { kind: 'merge-conflict', experiment: 1, champion: commitOf(0), paths: [] };
  const cases: [string, number, (length: number) => unknown][] = [
    ['hypothesis', 2000, (length) => ({ ...proposalAdd(1), hypothesis: 'h'.repeat(length) })],
    ['edit', 4000, (length) => ({ ...proposalAdd(1), edit: 'e'.repeat(length) })],
    [
      'researcher',
      200,
      (length) => ({ ...proposalAdd(1), origin: { kind: 'researcher', name: 'n'.repeat(length) } }),
    ],
    ['reason of an end', 2000, (length) => ({ kind: 'engine-stop', reason: 'r'.repeat(length) })],
    [
      'reason of setting aside',
      2000,
      (length) => ({ kind: 'proposal-set-aside', experiment: 1, reason: 'r'.repeat(length) }),
    ],
    ['reason of a verdict', 2000, (length) => verdict({ reason: 'r'.repeat(length) })],
    [
      'crash',
      2000,
      (length) => ({ ...trialEnd(1), outcome: { kind: 'crash', stage: 'run', how: 'h'.repeat(length) } }),
    ],
    ['fault', 2000, (length) => ({ ...trialEnd(1), outcome: { kind: 'fault', reason: 'h'.repeat(length) } })],
    ['other metrics', 64, (length) => completed({ others: metrics(length) })],
    ['a metric', 200, (length) => completed({ others: { ['m'.repeat(length)]: 1 } })],
    [
      'curve',
      64,
      (length) => ({ ...trialEnd(1), curve: list(length).map(() => ({ progress: 0.5, values: {} })) }),
    ],
    [
      'values of a point',
      64,
      (length) => ({ ...trialEnd(1), curve: [{ progress: 1, values: metrics(length) }] }),
    ],
    [
      'cited trials',
      1000,
      (length) => verdict({ evidence: { ...keep([]).evidence, candidateTrials: list(length) } }),
    ],
    ['stack', 10_000, (length) => ({ ...move, stack: list(length) })],
    ['class of hardware', 200, (length) => ({ ...move, class: 'c'.repeat(length) })],
    ['paths in conflict', 100, (length) => ({ ...conflict, paths: list(length).map(String) })],
    ['a path in conflict', 4096, (length) => ({ ...conflict, paths: ['p'.repeat(length)] })],
    ['uncommitted paths', 100, (length) => ({ ...START, uncommitted: list(length).map(String) })],
    ['lab', 4096, (length) => ({ ...START, lab: `${'l'.repeat(length - 1)}/` })],
    [
      'name of the objective',
      200,
      (length) => ({ ...START, objective: { ...START.objective, name: 'n'.repeat(length) } }),
    ],
    ['rows', 10_000, (length) => ({ ...imported, rows: list(length).map(() => row) })],
    [
      'a description',
      2000,
      (length) => ({ ...imported, rows: [{ ...row, description: 'd'.repeat(length) }] }),
    ],
    ['the judge', 200, (length) => ({ ...ENGINE, judge: 'j'.repeat(length) })],
    ['reason of a stop', 2000, (length) => stopped({}, 'r'.repeat(length))],
    [
      'reason of a withdrawal',
      2000,
      (length) => ({ ...WITHDRAWAL, cause: { ...WITHDRAWAL.cause, reason: 'r'.repeat(length) } }),
    ],
    [
      'changes taken out',
      10_000,
      (length) => ({
        ...trialSubmit(1, commitOf(1)),
        switchedOff: { champion: commitOf(0), tossed: list(length), experiments: [] },
      }),
    ],
    [
      'paths that keep a change in',
      100,
      (length) => ({ ...conflict, kind: 'switch-conflict', paths: list(length).map(String) }),
    ],
    ['host', 200, (length) => ({ ...ENGINE, host: 'h'.repeat(length) })],
    [
      'job key',
      200,
      (length) => ({ ...trialSubmit(1, commitOf(1)), job: { executor: 'local', key: 'k'.repeat(length) } }),
    ],
  ];
  test.each(cases)('%s: %i', (_name, most, event) => {
    expect(accepts(event(most))).toBe(true);
    expect(accepts(event(most + 1))).toBe(false);
  });
});

describe('unknown input is an error', () => {
  const conditions = trialSubmit(1, commitOf(1)).conditions;
  const cases: [string, unknown][] = [
    ['an unknown kind', { kind: 'study-end' }],
    ['an unknown key', { ...ENGINE, gpu: 1 }],
    ['an unknown key deep inside', verdict({ evidence: { ...keep([1]).evidence, certified: true } })],
    ['an unknown verdict', verdict({ kind: 'maybe' })],
    ['an unknown category', { ...proposalAdd(1), category: 'magic' }],
    ['a missing key', { kind: 'engine-stop' }],
    ['an optional key that is undefined', { ...proposalAdd(1), expectedGain: undefined }],
    ['NaN', completed({ measurement: { value: Number.NaN, source: 'evaluated' } })],
    ['infinity', completed({ measurement: { value: Number.POSITIVE_INFINITY, source: 'evaluated' } })],
    [
      'null, which is what JSON makes of NaN',
      completed({ measurement: { value: null, source: 'evaluated' } }),
    ],
    ['a number as text', completed({ measurement: { value: '1', source: 'evaluated' } })],
    ['NaN among the other metrics', completed({ others: { memory: Number.NaN } })],
    ['a keep without evidence', { kind: 'verdict', experiment: 1, verdict: { kind: 'keep', reason: '' } }],
    [
      'a crash with a metric',
      {
        ...trialEnd(1),
        outcome: { kind: 'crash', stage: 'run', how: '', measurement: { value: 0, source: 'evaluated' } },
      },
    ],
    ['a stop before the beginning', stopped({ progress: 0 })],
    ['a stop at the end', stopped({ progress: 1 })],
    ['a forecast that is as sure as can be not', stopped({ deviation: Number.POSITIVE_INFINITY })],
    ['a negative deviation', stopped({ deviation: -0.1 })],
    ['a chance above 1', weighed({ ...POSTERIOR, luck: 1.01 })],
    ['a basis without its error', weighed({ ...POSTERIOR, error: undefined })],
    ['an unknown basis', weighed({ kind: 'intuition' })],
    ['a forecast at its end', weighed({ kind: 'forecast', progress: 1, deviation: 0.1 })],
    ['a certificate on no trial', { ...CERTIFICATE, trials: 0 }],
    ['a certificate of unknown method', { ...CERTIFICATE, method: 'oath' }],
    ['a certificate beyond all numbers', { ...CERTIFICATE, logE: Number.POSITIVE_INFINITY }],
    ['a certificate without interval', { ...CERTIFICATE, effect: { value: 1 } }],
    ['a claim of nothing', { ...CERTIFICATE, of: { kind: 'change', champion: commitOf(1) } }],
    ['an answer with a number', { ...ANSWER, score: 2.5 }],
    ['an answer that is none', { ...ANSWER, answer: 'maybe' }],
    ['an experiment 0', proposalAdd(0)],
    ['half an experiment', proposalAdd(1.5)],
    ['a short commit', { ...proposalAdd(1), commit: 'bea057b' }],
    ['a commit in capitals', { ...proposalAdd(1), commit: 'A'.repeat(40) }],
    ['a fidelity of 0', { ...trialSubmit(1, commitOf(1)), conditions: { ...conditions, fidelity: 0 } }],
    [
      'a budget of 0',
      { ...trialSubmit(1, commitOf(1)), conditions: { ...conditions, budget: { clock: 'cpu', seconds: 0 } } },
    ],
    ['a seed of 32 bits', { ...trialSubmit(1, commitOf(1)), seed: 2 ** 31 }],
    ['negative memory', { ...trialEnd(1), usage: { ...trialEnd(1).usage, peakMemoryBytes: -1 } }],
    ['progress beyond 1', { ...trialEnd(1), curve: [{ progress: 1.01, values: {} }] }],
    ['a lab without a slash at its end', { ...START, lab: 'labs/gpt' }],
    ['an absolute lab', { ...START, lab: '/labs/' }],
    ['a study that is no part of a ref', { ...START, study: '../x' }],
    ['a negative smallest effect', { ...START, objective: { ...START.objective, minimumEffect: -1 } }],
  ];
  test.each(cases)('%s', (_name, event) => {
    expect(accepts(event)).toBe(false);
  });
});

test('what is refused above is accepted as it should be written', () => {
  for (const event of [stopped({}), weighed(POSTERIOR), CERTIFICATE, ANSWER])
    expect(accepts(event)).toBe(true);
  expect(accepts(weighed({ kind: 'seed-not-controlled' }))).toBe(true);
});

test('what is too long is shortened to a bound, and never in the middle of a character', () => {
  expect(shorten('short', 5)).toBe('short');
  expect(shorten('longer', 5)).toBe('long…');
  expect(shorten('ab😀cd', 4)).toBe('ab…');
  expect(shorten('😀'.repeat(2000), BOUNDS.reason).length).toBeLessThanOrEqual(BOUNDS.reason);
});
