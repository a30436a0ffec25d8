import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Commit } from '../model/identity.ts';
import type { Objective } from '../model/objective.ts';
import { posterior } from './posterior.ts';
import { type Attempt, baseline, measured, objective, type Setting, study } from './study-fixture.ts';

function decide(setting: Setting, freeSlots: number) {
  const { state, context } = study(setting);
  return posterior(state, freeSlots, context);
}

/** Any study of some candidates with some trials each, under way or done, all on the baseline. */
const settings = fc
  .record({
    champions: fc.array(fc.integer({ min: -30, max: 30 }), { maxLength: 10 }),
    candidates: fc.array(
      fc.record({
        values: fc.array(fc.integer({ min: -80, max: 30 }), { maxLength: 7 }),
        runs: fc.boolean(),
        end: fc.constantFrom('fault', 'crash', 'stopped', undefined),
        size: fc.constantFrom({ before: 9, after: 5 }, undefined),
      }),
      { maxLength: 5 },
    ),
    minimumEffect: fc.constantFrom(0, 0.5, 4),
    championRuns: fc.boolean(),
    freeSlots: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ champions, candidates, minimumEffect, championRuns, freeSlots }) => {
    const attempts: Attempt[] = champions.map((value, index) => ({
      commit: baseline,
      purpose: 'champion',
      seed: index + 1,
      outcome: measured(value / 8),
    }));
    for (const [index, { values, runs, end }] of candidates.entries()) {
      const commit = `idea ${index}`;
      for (const [at, value] of values.entries())
        attempts.push({ commit, seed: at + 1, outcome: measured(value / 8) });
      if (end === 'crash') attempts.push({ commit, outcome: { kind: 'crash', stage: 'run', how: 'no' } });
      if (end === 'fault') attempts.push({ commit, outcome: { kind: 'fault', reason: 'disk' } });
      if (end === 'stopped' && champions.length > 0) {
        const forecast = { progress: 0.1, gain: -1, deviation: 1 };
        attempts.push({ commit, outcome: { kind: 'stopped', forecast, reason: 'no' } });
      }
      if (runs) attempts.push({ commit, seed: 50 });
    }
    if (championRuns) attempts.push({ commit: baseline, purpose: 'champion', seed: 60 });
    const proposals = candidates.map(({ size }, index) => ({
      commit: `idea ${index}`,
      ...(size && { size }),
    }));
    const setting: Setting = { proposals, attempts, objective: { ...objective, minimumEffect } };
    return { setting, freeSlots };
  });

function withValues(setting: Setting, change: (value: number) => number, to: Objective): Setting {
  const attempts = setting.attempts!.map((attempt) => {
    const { outcome } = attempt;
    if (outcome?.kind !== 'completed') return attempt;
    return { ...attempt, outcome: measured(change(outcome.measurement.value)) };
  });
  return { ...setting, attempts, objective: to };
}

/** What a decision comes to, without its numbers. */
function outline({ verdicts, wanted, impasse }: ReturnType<typeof decide>) {
  return {
    verdicts: verdicts.map(({ experiment, verdict }) => [experiment, verdict.kind]),
    wanted: wanted.map(({ commit, seed, purpose }) => [commit, seed, purpose]),
    impasse: impasse?.trial,
  };
}

test('larger is better and smaller is better are decided alike', () => {
  fc.assert(
    fc.property(settings, ({ setting, freeSlots }) => {
      const mirrored = withValues(setting, (value) => -value, {
        ...setting.objective!,
        direction: 'maximize',
      });
      expect(outline(decide(mirrored, freeSlots))).toEqual(outline(decide(setting, freeSlots)));
    }),
    { seed: 2, numRuns: 150 },
  );
});

test('the unit changes no decision', () => {
  fc.assert(
    fc.property(settings, fc.integer({ min: -20, max: 20 }), ({ setting, freeSlots }, power) => {
      const factor = 2 ** power;
      // A declared forecast has its own unit.
      fc.pre(!setting.attempts!.some(({ outcome }) => outcome?.kind === 'stopped'));
      fc.pre(setting.objective!.minimumEffect > 0);
      const { minimumEffect } = setting.objective!;
      const scaled = withValues(setting, (value) => value * factor, {
        ...setting.objective!,
        minimumEffect: minimumEffect * factor,
      });
      expect(outline(decide(scaled, freeSlots))).toEqual(outline(decide(setting, freeSlots)));
    }),
    { seed: 3, numRuns: 150 },
  );
});

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  const parts =
    value instanceof Map ? [...value.keys(), ...value.values()] : value instanceof Set ? [...value] : [];
  for (const part of [...parts, ...Object.values(value)]) frozen(part);
  return value;
}

test('the judge is pure: equal states give equal decisions, and stay as they are', () => {
  fc.assert(
    fc.property(settings, ({ setting, freeSlots }) => {
      const { state, context } = study(setting);
      const before = structuredClone(state);
      frozen(state);
      const first = posterior(state, freeSlots, context);
      expect(posterior(state, freeSlots, context)).toEqual(first);
      expect(posterior(before, freeSlots, context)).toEqual(first);
      expect(state).toEqual(before);
    }),
    { seed: 4, numRuns: 100 },
  );
});

test('wanted trials are the best that fit the free slots, one a commit, and none that runs', () => {
  fc.assert(
    fc.property(settings, ({ setting, freeSlots }) => {
      const { state } = study(setting);
      const { wanted, verdicts, impasse } = decide(setting, freeSlots);
      expect(wanted.length).toBeLessThanOrEqual(freeSlots);
      expect(new Set(wanted.map(({ commit }) => commit)).size).toBe(wanted.length);
      expect(wanted.map(({ worth }) => worth)).toEqual(
        wanted.map(({ worth }) => worth).toSorted((a, b) => b - a),
      );
      for (const { worth } of wanted) expect(worth).toBeGreaterThan(0);
      const running = new Set<Commit>([...state.running.values()].map(({ commit }) => commit));
      expect(wanted.filter(({ commit }) => running.has(commit))).toEqual([]);
      // No study stands still: with a free slot something is decided, wanted or under way.
      if (freeSlots > 0 && state.open.size > 0 && impasse === undefined)
        expect(verdicts.length + wanted.length + state.running.size).toBeGreaterThan(0);
    }),
    { seed: 5, numRuns: 300 },
  );
});
