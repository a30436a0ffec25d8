import { describe, expect, test } from 'vitest';
import type { Certificate } from '../../model/certificate.ts';
import { provisionalIn } from '../../model/certified.ts';
import type { Commit, ExperimentId } from '../../model/identity.ts';
import type { StudyState } from '../../model/study.ts';
import type { CurvePoint } from '../../model/trial.ts';
import type { Basis, Verdict } from '../../model/verdict.ts';
import { type Attempt, baseline, conditions, measured, study } from '../study-fixture.ts';
import { reportStack } from './stack-report.ts';

function keptWith(gain: number, basis?: Basis): Verdict {
  const compared = { candidate: 0, parent: 0, candidateTrials: [], parentTrials: [] };
  return {
    kind: 'keep',
    reason: 'better',
    evidence: { ...compared, gain, ...(basis === undefined ? {} : { basis }) },
  };
}

const believed = (mean: number, deviation: number): Basis => {
  return { kind: 'posterior', mean, deviation, luck: 0.05, error: 1, freedom: 10 };
};

function certificate(of: Certificate['of'], value: number): Certificate {
  return {
    of,
    method: 'switch-off',
    logE: 8,
    effect: { value, low: value - 1, high: value + 1 },
    trials: 20,
  };
}

const change = (experiment: number): Certificate['of'] => {
  return { kind: 'change', experiment: experiment as ExperimentId, champion: 'c2' as Commit };
};

/** Two kept changes, of which the second is champion, and fresh trials of both ends. */
function twoKept(
  ours: readonly number[],
  theirs: readonly number[],
  certificates: readonly Certificate[] = [],
  more: readonly Attempt[] = [],
): StudyState {
  const attempts = (commit: string, values: readonly number[]) =>
    values.map((value, seed): Attempt => ({ commit, outcome: measured(value), purpose: 'champion', seed }));
  const proposals = [
    { commit: 'c1', verdict: keptWith(3, believed(2, 0.5)), hypothesis: 'the first' },
    { commit: 'c2', parent: 'c1', verdict: keptWith(1), hypothesis: 'the second' },
  ];
  return study({
    proposals,
    champion: 'c2',
    stack: [1, 2],
    certificates,
    attempts: [...attempts(baseline, theirs), ...attempts('c2', ours), ...more],
  }).state;
}

describe('the report of a stack', () => {
  test('says of each change what is known best: its certificate, else what its verdict believed, else its score', () => {
    const { changes } = reportStack(twoKept([7], [10]), conditions);
    expect(changes).toMatchObject([
      {
        experiment: 1,
        standing: 'provisional',
        hypothesis: 'the first',
        effect: { value: 2, by: 'verdict' },
      },
      { experiment: 2, standing: 'provisional', effect: { value: 1, by: 'verdict' } },
    ]);
    expect(changes[0]?.effect.interval?.low).toBeCloseTo(1.02, 10);
    expect(changes[1]?.effect.interval).toBeUndefined();
    const certified = reportStack(twoKept([7], [10], [certificate(change(2), 1.5)]), conditions);
    expect(certified.changes[1]).toMatchObject({
      standing: 'certified',
      effect: { value: 1.5, interval: { low: 0.5, high: 2.5 }, by: 'certificate' },
    });
  });

  test('holds the sum of the effects against what the champion gains as a whole', () => {
    const certificates = [certificate(change(1), 2), certificate(change(2), 1)];
    const values = (level: number) => [level - 0.1, level, level + 0.1, level - 0.05, level + 0.05];
    const sumOf = (gain: number) =>
      reportStack(twoKept(values(10 - gain), values(10), certificates), conditions).sum;
    expect(sumOf(3)).toMatchObject({ predicted: { value: 3 }, finding: 'adds up' });
    expect(sumOf(3).measured?.value).toBeCloseTo(3, 10);
    expect(sumOf(0.5).finding).toBe('less than its parts');
    expect(sumOf(6).finding).toBe('more than its parts');
    // Two intervals of one each way: together less than two.
    expect(sumOf(3).predicted.interval?.low).toBeCloseTo(3 - Math.SQRT2, 10);
  });

  test('takes the confirmation of the champion against the baseline for what it gains as a whole', () => {
    const stack = { kind: 'stack', champion: 'c2' as Commit, against: baseline } as const;
    const { sum } = reportStack(twoKept([7], [10], [certificate(stack, 2.5)]), conditions);
    expect(sum.measured).toEqual({ value: 2.5, interval: { low: 1.5, high: 3.5 }, by: 'certificate' });
  });

  test('without the noise it compares nothing', () => {
    const { sum } = reportStack(twoKept([7], [10]), conditions);
    expect(sum).toMatchObject({ measured: { value: 3 } });
    expect(sum.finding).toBeUndefined();
  });

  test('lists what left the champion, with the reason', () => {
    const state = { ...twoKept([7], [10]), withdrawn: new Map([[3 as ExperimentId, 'worth nothing']]) };
    const experiments = new Map(state.experiments);
    const second = experiments.get(2 as ExperimentId)!;
    const proposal = { ...second.proposal, experiment: 3 as ExperimentId, hypothesis: 'the third' };
    experiments.set(3 as ExperimentId, { ...second, proposal });
    const { changes } = reportStack({ ...state, experiments }, conditions);
    expect(changes[2]).toMatchObject({ experiment: 3, standing: 'withdrawn', reason: 'worth nothing' });
  });
});

test('what is provisional in a champion is what nothing certifies, unless it was confirmed as a whole', () => {
  const champion = { commit: 'c2' as Commit, stack: [1, 2] as ExperimentId[] };
  const state = (certificates: readonly Certificate[]) => twoKept([7], [10], certificates);
  expect(provisionalIn(state([]), champion)).toEqual([1, 2]);
  expect(provisionalIn(state([certificate(change(1), 1)]), champion)).toEqual([2]);
  const stack = { kind: 'stack', champion: 'c2' as Commit, against: baseline } as const;
  expect(provisionalIn(state([certificate(stack, 1)]), champion)).toEqual([]);
});

describe('what a champion costs', () => {
  const run = (
    commit: string,
    cpuSeconds: number,
    parameters: number,
    curve: readonly CurvePoint[],
    seed = 0,
  ) => ({
    commit,
    purpose: 'champion' as const,
    seed,
    outcome: measured(1, { parameters }),
    usage: { wallSeconds: 1, cpuSeconds, peakMemoryBytes: 2e6 },
    curve,
  });
  const curve = (...values: readonly number[]): CurvePoint[] =>
    values.map((value, index) => ({ progress: (index + 1) / values.length, values: { loss: value } }));
  const report = (...attempts: Attempt[]) => reportStack(twoKept([], [], [], attempts), conditions);

  test('is the mean of its trials beside that of the baseline, in what both sides tell', () => {
    const { costs } = report(run(baseline, 4, 100, []), run('c2', 5, 120, [], 1), run('c2', 7, 120, [], 2));
    expect(costs).toEqual([
      { name: 'wall_seconds', baseline: 1, champion: 1 },
      { name: 'cpu_seconds', baseline: 4, champion: 6 },
      { name: 'peak_memory_mb', baseline: 2, champion: 2 },
      { name: 'parameters', baseline: 100, champion: 120 },
    ]);
  });

  test('is as far as the baseline ends after the share at which its curve passes that', () => {
    const slow = run(baseline, 1, 1, curve(8, 6, 5, 4));
    // It passes 4 half way between the half and three quarters.
    const { compute } = report(slow, run('c2', 1, 1, curve(7, 5, 3, 2)));
    expect(compute).toEqual({ metric: 'loss', share: 0.625, isBound: false, trials: 1 });
    expect(report(slow, run('c2', 1, 1, curve(3, 2))).compute).toMatchObject({ share: 0.5, isBound: true });
    expect(report(slow, run('c2', 1, 1, curve(8, 5))).compute).toBeUndefined();
    expect(report(slow, run('c2', 1, 1, [])).compute).toBeUndefined();
  });

  test('counts upwards where the baseline goes upwards', () => {
    const { compute } = report(run(baseline, 1, 1, curve(1, 2)), run('c2', 1, 1, curve(1, 3)));
    expect(compute?.share).toBeCloseTo(0.75, 10);
  });
});
