import { expect, test } from 'vitest';
import type { TrialId } from '../model/identity.ts';
import { CHECKPOINTS, type CurvePoint } from '../model/trial.ts';
import { posterior } from './posterior.ts';
import { type Attempt, baseline, LUCK, measured, objective, type Setting, study } from './study-fixture.ts';

/** A curve that stands `lead` ahead of where the champion's usually are, at each checkpoint and at its end. */
function curve(
  lead: number,
  name = objective.name,
  points: readonly number[] = [...CHECKPOINTS, 1],
): CurvePoint[] {
  return points.map((progress) => ({ progress, values: { [name]: 20 - 10 * progress - lead } }));
}

/** Trials of the champion whose curves foretell their end. */
function champions(
  count: number,
  curveOf: (luck: number) => readonly CurvePoint[] = (luck) => curve(-luck),
): Attempt[] {
  return LUCK.slice(0, count).map((luck, index) => ({
    commit: baseline,
    purpose: 'champion',
    seed: index + 1,
    outcome: measured(10 + luck),
    curve: curveOf(luck),
  }));
}

const NEW = { commit: 'new' };
const NEXT = { commit: 'next' };

/** What the judge stops while the candidate's first trial runs and has told this much. */
function stopped(progress: readonly CurvePoint[], more: Setting = {}, own: Partial<Attempt> = {}) {
  const { attempts = champions(8), proposals = [NEW, NEXT], ...setting } = more;
  const { state, context } = study({
    ...setting,
    proposals,
    attempts: [...attempts, { commit: 'new', seed: 20, ...own }],
    progress: { [attempts.length + 1]: progress },
  });
  return posterior(state, 0, context).stops;
}

test('what is far behind the champion at a tenth of its budget is stopped while ideas queue, and says so', () => {
  expect(stopped(curve(-8).slice(0, 1))).toMatchObject([
    {
      trial: 9,
      forecast: { progress: 0.1, gain: -8 },
      reason: expect.stringMatching(/^stopped at 10%: on its way to be worse by 8 points, give or take /),
    },
  ]);
});

test('where ideas are scarce, less is stopped: never more than while they queue', () => {
  const sigma = 0.1;
  const attempts = champions(8).map((attempt, index) => ({
    ...attempt,
    outcome: measured(10 + sigma * LUCK[index]!),
    curve: curve(-sigma * LUCK[index]!),
  }));
  const leads = Array.from({ length: 40 }, (_, index) => index / 10 - 2.5);
  const stops = (proposals: Setting['proposals']) =>
    leads.filter((lead) => stopped(curve(lead).slice(0, 2), { attempts, proposals: proposals! }).length > 0);
  const queue = stops([NEW, NEXT]);
  const scarce = stops([NEW]);
  expect(scarce.length).toBeLessThan(queue.length);
  expect(queue).toEqual(expect.arrayContaining(scarce));
});

test('what is on its way to be clearly better is never stopped', () => {
  for (const progress of [1, 2, 3, 4]) expect(stopped(curve(8).slice(0, progress))).toEqual([]);
});

test('of two candidates at one checkpoint it is never the one ahead that is stopped', () => {
  const leads = Array.from({ length: 40 }, (_, index) => index / 4 - 2);
  for (const points of [1, 2, 3, 4]) {
    const goOn = leads.map((lead) => stopped(curve(lead).slice(0, points)).length === 0);
    expect(goOn).toEqual(goOn.toSorted());
    expect(new Set(goOn).size).toBe(2);
  }
});

test('nothing is stopped before the noise is known', () => {
  expect(stopped(curve(-8), { attempts: champions(5) })).toEqual([]);
  expect(stopped(curve(-8), { attempts: champions(6) })).toHaveLength(1);
});

test('a lead is over the champion’s fresh runs, never over the lucky ones that made it champion', () => {
  const kept = {
    kind: 'keep',
    reason: '',
    evidence: {
      candidate: 0,
      parent: 10,
      gain: 10,
      candidateTrials: [9 as TrialId],
      parentTrials: [],
      basis: { kind: 'posterior', mean: 2, deviation: 1, luck: 0.01, error: 1, freedom: 7 },
    },
  } as const;
  const attempts = (fresh: readonly Attempt[]): Attempt[] => [
    ...champions(8),
    { commit: 'kept', seed: 1, outcome: measured(0), curve: curve(10) },
    ...fresh,
  ];
  const now = (fresh: readonly Attempt[], lead: number) => {
    const all = attempts(fresh);
    const { state, context } = study({
      proposals: [
        { commit: 'kept', verdict: kept },
        { commit: 'new', parent: 'kept' },
        { commit: 'next', parent: 'kept' },
      ],
      champion: 'kept',
      stack: [1],
      attempts: [...all, { commit: 'new', seed: 20 }],
      progress: { [all.length + 1]: curve(lead).slice(0, 1) },
    });
    return posterior(state, 0, context).stops;
  };
  expect(now([], 0)).toEqual([]);
  const fresh: Attempt = {
    commit: 'kept',
    seed: 2,
    purpose: 'champion',
    outcome: measured(8),
    curve: curve(2),
  };
  expect(now([fresh], 13)).toEqual([]);
  expect(now([fresh], -6)).toMatchObject([{ forecast: { gain: -8 } }]);
});

test('nothing is stopped in a lab that reports no progress, or only its end', () => {
  expect(stopped([], { attempts: champions(8, () => []) })).toEqual([]);
  const atEnd = (luck: number) => curve(-luck, objective.name, [1]);
  expect(stopped(curve(-8, objective.name, [1]), { attempts: champions(8, atEnd) })).toEqual([]);
  expect(stopped(curve(-8).slice(0, 1), { attempts: champions(8, atEnd) })).toEqual([]);
  expect(stopped([])).toEqual([]);
});

test('audits, re-tests and trials of the champion run to their end', () => {
  expect(stopped(curve(-8), {}, { purpose: 'audit' })).toEqual([]);
  expect(stopped(curve(-8), {}, { purpose: 'certify' })).toEqual([]);
  expect(stopped(curve(-8), {}, { commit: baseline, purpose: 'champion' })).toEqual([]);
  const again = [...champions(8), { commit: 'new', seed: 1, outcome: measured(8) }];
  expect(stopped(curve(-8), { attempts: again })).toEqual([]);
});

/** Trials of changes whose loss leads by half as much again as their score in the end; breakdowns lead by far less than that. */
function changes(gains: readonly number[]): Attempt[] {
  return gains.map((gain, index) => ({
    commit: `change ${index}`,
    seed: index + 1,
    outcome: measured(10 + LUCK[index]! - gain),
    curve: told(gain, LUCK[(index + 3) % 8]!),
  }));
}

const told = (gain: number, luck = 0) => curve((gain < -10 ? 0.1 : 1.5) * gain - 0.2 * luck, 'loss');

test('another metric than the objective counts only after it has told a dozen ends, four of changes', () => {
  const far = told(-9).slice(0, 3);
  const after = (runs: number, gains: readonly number[]) => {
    const tried = changes(gains);
    const proposals = [...tried.map(({ commit }) => ({ commit })), NEW, NEXT];
    return stopped(far, { attempts: [...champions(runs, (luck) => told(0, luck)), ...tried], proposals });
  };
  expect(after(8, [-3, 2, -2])).toEqual([]);
  expect(after(8, [-3, 2, -2, 3, -4])).toHaveLength(1);
  expect(after(6, [-3, 2, -2, 3, -4])).toEqual([]);
});

test('a lead in another metric counts by the gains that such leads came with, in full, whatever a few breakdowns did', () => {
  const tried = changes([-3, 4, -4, 3, -5, 5, -40, -60]);
  const attempts = [...champions(8, (luck) => told(0, luck)), ...tried];
  const proposals = [...tried.map(({ commit }) => ({ commit })), NEW, NEXT];
  const [stop] = stopped(told(-8).slice(0, 2), { attempts, proposals });
  expect(stop!.forecast.gain).toBeLessThan(-6);
  expect(stop!.forecast.gain).toBeGreaterThan(-14);
  expect(stop!.forecast.deviation).toBeLessThan(2);
  expect(stopped(told(14).slice(0, 2), { attempts, proposals })).toEqual([]);
});

test('values that no number can hold foretell nothing', () => {
  const points = CHECKPOINTS.map((progress) => ({ progress, values: { [objective.name]: 1.7e308 } }));
  const wild = champions(8, () =>
    points.map((point) => ({ ...point, values: { [objective.name]: -1.7e308 } })),
  );
  for (const stop of stopped(points, { attempts: wild }))
    expect(Number.isFinite(stop.forecast.gain)).toBe(true);
});

test('larger is better is screened alike', () => {
  const maximize = { ...objective, direction: 'maximize' as const };
  const mirrored = (points: readonly CurvePoint[]) =>
    points.map(({ progress, values }) => ({
      progress,
      values: { [objective.name]: -values[objective.name]! },
    }));
  const attempts = champions(8).map((attempt, index) => ({
    ...attempt,
    outcome: measured(-10 - LUCK[index]!),
    curve: mirrored(attempt.curve!),
  }));
  expect(stopped(mirrored(curve(-8).slice(0, 1)), { objective: maximize, attempts })).toMatchObject([
    { forecast: { gain: -8 } },
  ]);
  expect(stopped(mirrored(curve(8)), { objective: maximize, attempts })).toEqual([]);
});

/** Twenty-five trials have ended, one second each. */
function longStudy(free: number, more: Partial<Attempt>[] = [], first = champions(8)) {
  const rest = Array.from(
    { length: 17 },
    (_, index): Attempt => ({
      commit: `old ${index}`,
      outcome: measured(30),
      curve: curve(-20),
      ...more[index],
    }),
  );
  const ideas = ['a', 'b', 'c', 'd'].map((commit) => ({ commit }));
  const { state, context } = study({ proposals: ideas, attempts: [...first, ...rest] });
  return posterior(state, free, context);
}

test('a hundredth of the time lets a trial run whatever its progress: one at a time', () => {
  const audits = (decision: ReturnType<typeof posterior>) =>
    decision.wanted.filter(({ purpose }) => purpose === 'audit').length;
  expect(audits(longStudy(4))).toBe(1);
  const quick = { usage: { wallSeconds: 0.1, cpuSeconds: 0.1, peakMemoryBytes: 1 } };
  expect(audits(longStudy(4, [{ ...quick, purpose: 'audit' }]))).toBe(1);
  expect(audits(longStudy(4, [{ purpose: 'audit' }]))).toBe(0);
});

test('where nothing reports progress there is nothing to audit', () => {
  const silent = Array.from({ length: 17 }, () => ({ curve: [] }));
  const { wanted } = longStudy(
    4,
    silent,
    champions(8, () => []),
  );
  expect(wanted.map(({ purpose }) => purpose)).not.toContain('audit');
});
