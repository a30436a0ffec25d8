import { describe, expect, it } from 'vitest';
import type { TrialId } from '../../model/identity.ts';
import type { StudyState } from '../../model/study.ts';
import type { Verdict } from '../../model/verdict.ts';
import { createStudy } from '../fixtures/play.ts';
import { sharesOf } from './credit.ts';
import { earningsOf } from './earnings.ts';
import { historyOf } from './history.ts';
import { METHODS, type Method } from './method.ts';
import { signEdits } from './signature.ts';

const CRASH: Verdict = { kind: 'crash', reason: '', evidence: { trial: 1 as TrialId, stage: 'run' } };

function verdictOf(gain: number): Verdict {
  const evidence = { candidate: -gain, parent: 0, gain, candidateTrials: [], parentTrials: [] };
  return { kind: gain > 0 ? 'keep' : 'discard', reason: '', evidence };
}

/** One trial; where its gain is not a number, it crashed. */
interface Trial {
  readonly by: Method;
  readonly gain: number;
  readonly seconds?: number;
}

/** A study of these trials, one after the other. */
function studyOf(trials: readonly Trial[], unit = 1): StudyState {
  const study = createStudy({});
  for (const [index, { by, gain, seconds }] of trials.entries()) {
    const edit = signEdits(`a.ts#number:x=${index + 2} was 1`, by);
    const experiment = study.add({ hypothesis: 'h', category: 'other', edit });
    if (seconds !== undefined) study.time(experiment, seconds);
    study.judge(experiment, Number.isNaN(gain) ? CRASH : verdictOf(gain * unit));
  }
  const { objective } = study.state.study;
  const start = {
    ...study.state.study,
    objective: { ...objective, minimumEffect: unit * objective.minimumEffect },
  };
  return { ...study.state, study: start };
}

/** Shares that add up to 1. */
function sharesIn(state: StudyState, declared = 0.5): Record<Method, number> {
  const shares = sharesOf(earningsOf(state, historyOf(state)), declared);
  const sum = [...shares.values()].reduce((total, share) => total + share, 0);
  return Object.fromEntries([...shares].map(([method, share]) => [method, share / sum])) as Record<
    Method,
    number
  >;
}

const repeated = (count: number, ...trials: readonly Trial[]) =>
  Array.from({ length: count }, () => trials).flat();

describe('the share of a method', () => {
  it('grows by what it gained', () => {
    const before = sharesIn(studyOf([]));
    const after = sharesIn(studyOf(repeated(5, { by: 'steps', gain: -1 }, { by: 'evolution', gain: 0.1 })));
    expect(after.evolution).toBeGreaterThan(3 * before.evolution);
    expect(after.steps).toBeLessThan(before.steps);
  });

  it('is larger for the same gain in less time', () => {
    const shares = sharesIn(
      studyOf(
        repeated(10, { by: 'nearby', gain: 0.1, seconds: 60 }, { by: 'anywhere', gain: 0.1, seconds: 600 }),
      ),
    );
    expect(shares.nearby).toBeGreaterThan(3 * shares.anywhere);
  });

  it('is what it was before trials of equal worth', () => {
    const alike = METHODS.map((by) => ({ by, gain: 0.1, seconds: 60 }));
    const shares = sharesIn(studyOf(repeated(30, ...alike)));
    for (const method of METHODS) expect(shares[method]).toBeCloseTo(1 / METHODS.length, 1);
  });

  it('counts gains of late more than early ones, however large those were', () => {
    const early = repeated(10, { by: 'steps', gain: 0.9 }, { by: 'nearby', gain: -1 });
    const late = repeated(40, { by: 'steps', gain: -1 }, { by: 'nearby', gain: 1e-4 });
    expect(sharesIn(studyOf(early)).steps).toBeGreaterThan(2 * sharesIn(studyOf(early)).nearby);
    const shares = sharesIn(studyOf([...early, ...late]));
    expect(shares.nearby).toBeGreaterThan(1.5 * shares.steps);
  });

  it('is a matter of what was judged: losses of all sizes and crashes count alike', () => {
    const small = sharesIn(studyOf(repeated(10, { by: 'steps', gain: -1e-3 })));
    const large = sharesIn(studyOf(repeated(10, { by: 'steps', gain: -1e3 })));
    const crashed = sharesIn(studyOf(repeated(10, { by: 'steps', gain: Number.NaN })));
    expect(large).toEqual(small);
    expect(crashed).toEqual(small);
  });
});

describe('a method that fails', () => {
  const failing = (count: number, by: Method): Trial[] =>
    repeated(count, { by, gain: -1 }, { by: by === 'steps' ? 'nearby' : 'steps', gain: 0.1 });

  it.each(METHODS)('fades with each failure, and is never starved: %s', (by) => {
    for (const declared of [0, 0.5, 1]) {
      const shares = [0, 2, 8, 30, 200].map((count) => sharesIn(studyOf(failing(count, by)), declared)[by]);
      for (const [index, share] of shares.entries()) {
        if (index > 0) expect(share).toBeLessThan(shares[index - 1]!);
      }
      expect(shares.at(-1)).toBeGreaterThan(1 / 110);
    }
  });

  it.each(METHODS)('comes back when it was long left alone: %s', (by) => {
    const others = METHODS.filter((method) => method !== by).map((method) => ({ by: method, gain: -1 }));
    const rested = sharesIn(studyOf([...failing(30, by), ...repeated(40, ...others)]))[by];
    expect(rested).toBeGreaterThan(sharesIn(studyOf(failing(30, by)))[by]);
  });

  it('has a share by the trials that it took, also where nothing was ever gained', () => {
    const shares = sharesIn(studyOf(repeated(20, { by: 'steps', gain: -1 })));
    expect(shares.steps).toBeLessThan(0.5 * sharesIn(studyOf([])).steps);
    for (const method of METHODS) expect(shares[method]).toBeGreaterThan(0.01);
  });
});

describe('the shares', () => {
  const mixed = METHODS.flatMap((by, index) =>
    repeated(5, { by, gain: (index - 2) / 64, seconds: 30 + index }, { by, gain: 2 ** -index, seconds: 60 }),
  );

  it.each([
    1e-9, 1e-3, 1000, 1e12,
  ])('are equal in studies that differ in the unit of the metric alone: %d', (unit) => {
    const [own, other] = [sharesIn(studyOf(mixed)), sharesIn(studyOf(mixed, unit))];
    for (const method of METHODS) expect(other[method]).toBeCloseTo(own[method], 9);
  });

  it('are equal in studies that differ in the length of a trial alone', () => {
    const longer = mixed.map((trial) => ({ ...trial, seconds: trial.seconds! * 60 }));
    const [own, other] = [sharesIn(studyOf(mixed)), sharesIn(studyOf(longer))];
    for (const method of METHODS) expect(other[method]).toBeCloseTo(own[method], 9);
  });

  it('of models are larger from the start where the author declared what may move', () => {
    const [open, declared] = [sharesIn(studyOf([]), 0), sharesIn(studyOf([]), 1)];
    expect(open.steps).toBeGreaterThan(2 * open.nearby);
    expect(declared.nearby).toBeGreaterThan(5 * declared.steps);
    for (const method of METHODS) expect(declared[method]).toBeGreaterThan(1e-3);
  });
});
