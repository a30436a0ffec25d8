import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Outcome } from '../model/trial.ts';
import { greedy } from './greedy.ts';
import { posterior } from './posterior.ts';
import {
  type Attempt,
  baseline,
  championTrials,
  LUCK,
  measured,
  objective,
  play,
  type Setting,
  study,
} from './study-fixture.ts';

/** Smaller is better; the champion scores 10, give or take 1. */
function decide(setting: Setting, freeSlots = 4) {
  const { state, context } = study(setting);
  return posterior(state, freeSlots, context);
}

const NEW = { commit: 'new' };
/** Another idea that waits, so that a slot can do something else. */
const NEXT = { commit: 'next' };

/** Trials of the candidate under the champion's first seeds: on each it is better than the champion by a gain. */
function candidateTrials(gains: readonly number[], commit = 'new'): Attempt[] {
  return gains.map((gain, index) => ({
    commit,
    seed: index + 1,
    outcome: measured(10 + LUCK[index]! - gain),
  }));
}

function onKnownNoise(gains: readonly number[], more: Setting = {}) {
  return decide({
    proposals: [NEW, NEXT],
    ...more,
    attempts: [...championTrials(8), ...candidateTrials(gains)],
  });
}

test('a study begins with its baseline, and tries candidates beside it under the same seed', () => {
  const { wanted, verdicts } = decide({ proposals: [NEW, NEXT] });
  expect(verdicts).toEqual([]);
  expect(wanted.map(({ commit, purpose }) => [commit, purpose])).toEqual([
    [baseline, 'champion'],
    ['new', 'candidate'],
    ['next', 'candidate'],
  ]);
  expect(new Set(wanted.map(({ seed }) => seed)).size).toBe(1);
});

test('the first proposals are tried between trials of the champion: nobody waits for the noise alone', () => {
  const proposals = Array.from({ length: 12 }, (_, index) => ({ commit: `idea ${index}` }));
  const { attempts = [] } = play(
    posterior,
    { proposals },
    (_commit, _seed, turn) => measured(10 + LUCK[turn % 8]!),
    10,
  );
  const commits = attempts.map(({ commit }) => commit);
  expect(commits[0]).toBe(baseline);
  expect(commits.slice(0, 2)).toContain('idea 0');
  // Trials of the champion and of candidates take turns until the noise is known.
  const champions = commits.filter((commit) => commit === baseline).length;
  expect(champions).toBeGreaterThanOrEqual(4);
  expect(champions).toBeLessThanOrEqual(6);
});

test('seeds are the engine’s: a candidate begins on one that its champion had, and goes on with another', () => {
  const first = decide({ proposals: [NEW], attempts: championTrials(8) }).wanted.find(
    ({ commit }) => commit === 'new',
  )!;
  expect(first.seed).toBeGreaterThanOrEqual(1);
  expect(first.seed).toBeLessThanOrEqual(8);
  const again = Array.from({ length: 24 }, (_, index) => onKnownNoise([index / 2]).wanted).flatMap((wanted) =>
    wanted.filter(({ commit }) => commit === 'new'),
  );
  expect(again.length).toBeGreaterThan(0);
  for (const { seed } of again) {
    expect(seed).not.toBe(1);
    expect(seed).toBeLessThanOrEqual(8);
  }
});

test('candidates begin on different seeds of their champion, so that no single one decides about all', () => {
  const proposals = Array.from({ length: 8 }, (_, index) => ({ commit: `idea ${index}` }));
  const { wanted } = decide({ proposals, attempts: championTrials(8) }, 8);
  expect(new Set(wanted.map(({ seed }) => seed)).size).toBe(8);
});

test('the champion follows a candidate to a seed that only the candidate had', () => {
  const attempts = [...championTrials(2), { commit: 'new', seed: 77, outcome: measured(1) }];
  const { wanted } = decide({ proposals: [NEW], attempts });
  expect(wanted.find(({ commit }) => commit === baseline)?.seed).toBe(77);
});

test('a champion of many trials is not run under one seed again and again', () => {
  const many = Array.from({ length: 14 }, (_, index) => ({
    commit: baseline,
    purpose: 'champion' as const,
    seed: 100 + index,
    outcome: measured(10 + LUCK[index % 8]!),
  }));
  const attempts: Attempt[] = [...many, { commit: 'new', seed: 100, outcome: measured(8.6) }];
  const others = Array.from({ length: 25 }, (_, index) => ({ commit: `idea ${index}` }));
  const spent = others.map(({ commit }) => ({ commit, outcome: measured(30) }));
  const proposals = [NEW, ...others];
  const played = play(
    posterior,
    { proposals, attempts: [...attempts, ...spent] },
    (_commit, _seed, turn) => measured(10 + LUCK[turn % 8]!),
    30,
  );
  const runs = played.attempts!.slice(attempts.length).filter(({ commit }) => commit === baseline);
  expect(runs.filter(({ seed }) => seed === 100).length).toBeLessThanOrEqual(1);
});

test('nothing is kept before the noise is known, and what looks good waits for it', () => {
  for (const champions of [1, 2, 3, 5]) {
    const attempts = [...championTrials(champions), ...candidateTrials([6])];
    const { verdicts, wanted } = decide({ proposals: [NEW], attempts });
    expect(verdicts).toEqual([]);
    expect(wanted.map(({ commit }) => commit)).toEqual([baseline]);
  }
  const attempts = [...championTrials(6), ...candidateTrials([12])];
  expect(decide({ proposals: [NEW, NEXT], attempts }).verdicts).toMatchObject([
    { verdict: { kind: 'keep' } },
  ]);
});

test('what looks bad need not wait', () => {
  const attempts = [...championTrials(3), ...candidateTrials([-6])];
  const { verdicts } = decide({ proposals: [NEW, NEXT], attempts });
  expect(verdicts).toMatchObject([{ experiment: 1, verdict: { kind: 'discard' } }]);
});

test('what is simpler and looks the same waits for the noise too', () => {
  const attempts = [...championTrials(4, { sigma: 0.01 }), { commit: 'new', outcome: measured(10.01) }];
  const proposals = [{ ...NEW, size: { before: 20, after: 10 } }, NEXT];
  expect(decide({ proposals, attempts }).verdicts).toEqual([]);
});

test('a large gain is kept after one trial', () => {
  const { verdicts } = onKnownNoise([8]);
  expect(verdicts).toMatchObject([{ experiment: 1, verdict: { kind: 'keep' } }]);
});

test('between what is hopeless and what is kept at once lies what is tried again, and kept when it holds', () => {
  const gains = Array.from({ length: 48 }, (_, index) => index / 4 - 2);
  const kinds = gains.map((gain) => onKnownNoise([gain]).verdicts[0]?.verdict.kind ?? 'again');
  const order = ['discard', 'again', 'keep'];
  expect(new Set(kinds)).toEqual(new Set(order));
  expect(kinds).toEqual(kinds.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
  const gain = gains[kinds.lastIndexOf('again')]!;
  expect(onKnownNoise([gain]).wanted.map(({ commit }) => commit)).toContain('new');
  expect(onKnownNoise([gain, gain, gain]).verdicts).toMatchObject([{ verdict: { kind: 'keep' } }]);
});

test('a gain that does not hold is discarded, and so is a hopeless one at once', () => {
  expect(onKnownNoise([2, -1.2, -0.4]).verdicts).toMatchObject([{ verdict: { kind: 'discard' } }]);
  expect(onKnownNoise([-3]).verdicts).toMatchObject([{ verdict: { kind: 'discard' } }]);
});

test('nothing is tried more than six times', () => {
  fc.assert(
    fc.property(fc.double({ min: -2, max: 8, noNaN: true }), (gain) => {
      const { attempts = [] } = play(
        posterior,
        { proposals: [NEW], attempts: championTrials(8) },
        (commit, _seed, turn) => measured(10 + LUCK[turn % 8]! - (commit === 'new' ? gain : 0)),
        40,
      );
      expect(attempts.filter(({ purpose }) => purpose === 'candidate').length).toBeLessThanOrEqual(6);
    }),
    { seed: 1, numRuns: 30 },
  );
});

test('what goes wrong under any seed is the verdict', () => {
  const ends: Outcome[] = [
    { kind: 'crash', stage: 'run', how: 'out of memory' },
    { kind: 'timeout', stage: 'run', exceeded: { type: 'cpu', value: 9, limit: 5 } },
    { kind: 'invalid', reason: 'NaN' },
  ];
  for (const outcome of ends) {
    const attempts = [...championTrials(8), ...candidateTrials([8]), { commit: 'new', seed: 2, outcome }];
    const { verdicts } = decide({ proposals: [NEW], attempts });
    expect(verdicts).toMatchObject([
      { experiment: 1, verdict: { kind: outcome.kind, evidence: { trial: 10 } } },
    ]);
  }
});

test('a fault of the machine is run again; three of them are inconclusive', () => {
  const fault = { commit: 'new', outcome: { kind: 'fault', reason: 'disk full' } } as const;
  const twice = decide({ proposals: [NEW], attempts: [...championTrials(8), fault, fault] });
  expect(twice.verdicts).toEqual([]);
  expect(twice.wanted.map(({ commit }) => commit)).toContain('new');
  const { verdicts } = decide({ proposals: [NEW], attempts: [...championTrials(8), fault, fault, fault] });
  expect(verdicts).toMatchObject([{ verdict: { kind: 'inconclusive', evidence: { trials: [9, 10, 11] } } }]);
});

test('a gain is believed only as far as it goes, and the champion’s own record is lowered by the rest', () => {
  const { verdicts } = onKnownNoise([4.2, 3.6]);
  const { verdict } = verdicts[0]!;
  if (verdict.kind !== 'keep' || verdict.evidence.basis?.kind !== 'posterior') throw new Error(verdict.kind);
  const { gain, basis } = verdict.evidence;
  expect(basis.mean).toBeLessThan(gain);
  expect(basis.mean).toBeGreaterThan(0);
  expect(basis.luck).toBeLessThanOrEqual(0.1);
  // The next candidate scores what the champion did when it was kept: no worse, but for the luck.
  const then = decide({
    proposals: [
      { ...NEW, verdict },
      { ...NEXT, parent: 'new' },
    ],
    champion: 'new',
    stack: [1],
    attempts: [...championTrials(8), ...candidateTrials([4.2, 3.6]), ...candidateTrials([4.2, 3.6], 'next')],
  });
  const record = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const scored = record([10 + LUCK[0]! - 4.2, 10 + LUCK[1]! - 3.6]);
  const evidence = then.verdicts[0]?.verdict.evidence;
  if (evidence === undefined) expect(then.wanted.map(({ commit }) => commit)).toContain('new');
  else expect((evidence as { parent: number }).parent).toBeCloseTo(scored + gain - basis.mean, 9);
});

test('nothing is kept on a champion that has no fresh trial, however large the gain', () => {
  const kept = onKnownNoise([8]).verdicts[0]!.verdict;
  const setting: Setting = {
    proposals: [
      { ...NEW, verdict: kept },
      { ...NEXT, parent: 'new' },
    ],
    champion: 'new',
    stack: [1],
  };
  const attempts = [
    ...championTrials(8),
    ...candidateTrials([8]),
    { commit: 'next', seed: 1, outcome: measured(-30) },
  ];
  const waits = decide({ ...setting, attempts });
  expect(waits.verdicts).toEqual([]);
  expect(waits.wanted[0]).toMatchObject({ commit: 'new', purpose: 'champion' });
  const fresh: Attempt = { commit: 'new', seed: 5, purpose: 'champion', outcome: measured(2.2) };
  expect(decide({ ...setting, attempts: [...attempts, fresh] }).verdicts).toMatchObject([
    { experiment: 2, verdict: { kind: 'keep', evidence: { parentTrials: [9, 11] } } },
  ]);
});

test('the champion is run again after twenty trials at the latest', () => {
  const ideas = Array.from({ length: 60 }, (_, index) => ({ commit: `idea ${index}` }));
  const { attempts = [] } = play(
    posterior,
    { proposals: ideas },
    (commit, _seed, turn) => measured(commit === baseline ? 10 + LUCK[turn % 8]! : 40),
    100,
  );
  const runs = attempts.flatMap(({ purpose }, index) => (purpose === 'champion' ? [index] : []));
  const gaps = runs.slice(1).map((run, index) => run - runs[index]!);
  expect(Math.max(...gaps, attempts.length - runs.at(-1)!)).toBeLessThanOrEqual(21);
});

test('one crash of a known champion is run again; three in a row, or one before any value, are the end', () => {
  const crash: Attempt = {
    commit: baseline,
    purpose: 'champion',
    outcome: { kind: 'crash', stage: 'run', how: 'no' },
  };
  const after = (crashes: number, known: number) =>
    decide({ proposals: [NEW], attempts: [...championTrials(known), ...Array(crashes).fill(crash)] }).impasse;
  expect(after(1, 8)).toBeUndefined();
  expect(after(2, 8)).toBeUndefined();
  expect(after(3, 8)).toMatchObject({ trial: 11 });
  expect(after(1, 0)).toMatchObject({ trial: 1 });
});

test('proposals on an earlier champion share one trial of it, and are inconclusive where it fails', () => {
  const setting: Setting = {
    proposals: [NEW, NEXT, { commit: 'top', parent: 'top base' }],
    champion: 'top base',
  };
  const tried = [
    { commit: 'top base', purpose: 'champion' as const, outcome: measured(10) },
    { commit: 'new', outcome: measured(9) },
    { commit: 'next', outcome: measured(9) },
  ];
  const waits = decide({ ...setting, attempts: tried });
  expect(waits.wanted.filter(({ commit }) => commit === baseline)).toHaveLength(1);
  const crash = {
    commit: baseline,
    purpose: 'champion',
    outcome: { kind: 'crash', stage: 'run', how: 'no' },
  } as const;
  const { verdicts, wanted } = decide({ ...setting, attempts: [...tried, crash] });
  expect(verdicts.map(({ verdict }) => verdict.kind)).toEqual(['inconclusive', 'inconclusive']);
  expect(wanted.map(({ commit }) => commit)).not.toContain(baseline);
});

test('equal results under different seeds say that the seed is not controlled: a keep by score, never a certificate', () => {
  const same = (commit: string, value: number, purpose: Attempt['purpose'] = 'champion') =>
    [1, 2, 3].map((seed) => ({ commit, seed, purpose, outcome: measured(value) }));
  const attempts = [...same(baseline, 10), { commit: 'new', seed: 1, outcome: measured(9) }] as Attempt[];
  const { verdicts } = decide({ proposals: [NEW, NEXT], attempts });
  expect(verdicts).toMatchObject([
    { verdict: { kind: 'keep', evidence: { gain: 1, basis: { kind: 'seed-not-controlled' } } } },
  ]);
  const { verdict } = verdicts[0]!;
  const kept = ['a', 'b', 'c', 'd'].map((commit) => ({ commit, verdict }));
  const { wanted } = decide({ proposals: kept, champion: 'd', stack: [1, 2, 3, 4], attempts });
  expect(wanted.filter(({ purpose }) => purpose === 'certify')).toEqual([]);
});

test('a lab that is declared deterministic is judged as it scores', () => {
  const setting: Setting = {
    program: { deterministic: true },
    proposals: [NEW, NEXT],
    attempts: [
      { commit: baseline, purpose: 'champion', outcome: measured(10) },
      { commit: 'new', outcome: measured(9) },
    ],
  };
  const { state, context } = study(setting);
  expect(posterior(state, 4, context)).toEqual(greedy(state, 4, context));
  expect(decide(setting).verdicts).toMatchObject([{ verdict: { kind: 'keep' } }]);
});

test('without a smallest effect the noise says what matters', () => {
  const free = { ...objective, minimumEffect: 0 };
  expect(onKnownNoise([8], { objective: free }).verdicts).toMatchObject([{ verdict: { kind: 'keep' } }]);
  expect(onKnownNoise([-3], { objective: free }).verdicts).toMatchObject([{ verdict: { kind: 'discard' } }]);
});

test('without a smallest effect, noise or trial there is still a decision', () => {
  const free = { ...objective, minimumEffect: 0 };
  expect(decide({ proposals: [NEW], objective: free }).wanted).toHaveLength(2);
  const same = championTrials(8, { sigma: 0 });
  const { verdicts } = decide({
    proposals: [NEW],
    objective: free,
    attempts: [...same, { commit: 'new', outcome: measured(9.9) }],
  });
  expect(verdicts).toMatchObject([{ verdict: { kind: 'keep' } }]);
});

test('what is further from its champion than a number can say is invalid', () => {
  const attempts = [...championTrials(8), { commit: 'new', outcome: measured(-1.7e308) }];
  const { verdicts } = decide({ proposals: [NEW], attempts });
  expect(['invalid', 'keep', 'discard']).toContain(verdicts[0]?.verdict.kind);
  for (const value of Object.values(verdicts[0]!.verdict.evidence))
    if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
});

test('one change that breaks down under its second seed does not hide the next gain, and is discarded after it', () => {
  const setting: Setting = {
    proposals: [NEW, NEXT],
    attempts: [
      ...championTrials(8),
      { commit: 'new', seed: 1, outcome: measured(8) },
      { commit: 'new', seed: 2, outcome: measured(1e6) },
      ...candidateTrials([8], 'next'),
    ],
  };
  const first = decide(setting).verdicts;
  expect(first).toMatchObject([{ experiment: 2, verdict: { kind: 'keep' } }]);
  const kept = { ...NEXT, verdict: first[0]!.verdict };
  const then = decide({ ...setting, proposals: [NEW, kept], champion: 'next', stack: [2] }).verdicts;
  expect(then).toMatchObject([{ experiment: 1, verdict: { kind: 'discard' } }]);
});
