import { expect, test } from 'vitest';
import type { WantedTrial } from '../../model/judge.ts';
import { type Attempt, conditions, measured, type Setting, study } from '../study-fixture.ts';
import { transferEffects, transferring } from './transfer.ts';

const SETTING: Setting = {
  proposals: [{ commit: 'c1' }, { commit: 'c2', parent: 'c1' }, { commit: 'c3', parent: 'c2' }],
  champion: 'c3',
  stack: [1, 2, 3],
};

function wantedAfter(attempts: readonly Attempt[], setting = SETTING): readonly WantedTrial[] {
  const { state, context } = study({ ...setting, attempts });
  return transferring(state, 4, context).wanted;
}

/** Each change is worth ten times its number, and the level is a hundred; smaller is better. */
function runOf({ commit, seed, switchedOff, purpose }: WantedTrial): Attempt {
  const off = switchedOff?.experiments ?? [];
  const lost = off.reduce((sum, id) => sum + 10 * id, 0);
  return { commit, seed, purpose, outcome: measured(100 + lost), switchedOff: switchedOff! };
}

function runAll(setting = SETTING): Attempt[] {
  const attempts: Attempt[] = [];
  for (;;) {
    const wanted = wantedAfter(attempts, setting);
    if (wanted.length === 0) return attempts;
    attempts.push(...wanted.map(runOf));
  }
}

test('each pair runs under one seed of its own, and what one run is without the other one has', () => {
  const attempts = runAll();
  expect(attempts).toHaveLength(10);
  const pairs = Array.from({ length: 5 }, (_, pair) => attempts.slice(2 * pair, 2 * pair + 2));
  for (const [one, other] of pairs) {
    expect(one?.seed).toBe(other?.seed);
    const both = [...(one?.switchedOff?.experiments ?? []), ...(other?.switchedOff?.experiments ?? [])];
    expect(both.toSorted()).toEqual([1, 2, 3]);
  }
  expect(new Set(attempts.map(({ seed }) => seed)).size).toBe(5);
  expect(attempts.every(({ purpose }) => purpose === 'transfer')).toBe(true);
});

test('what each change does in the larger setting is told from these runs alone', () => {
  const attempts = runAll();
  const elsewhere: Attempt[] = [{ commit: 'c3', purpose: 'champion', outcome: measured(3) }];
  const { state } = study({ ...SETTING, attempts: [...elsewhere, ...attempts] });
  const effects = transferEffects(state, conditions);
  expect([...effects.keys()]).toEqual([1, 2, 3]);
  for (const [id, { gain }] of effects) expect(gain).toBeCloseTo(10 * id, 8);
});

test('a change that cannot be taken out alone is left in, and a champion without changes is not run', () => {
  const fixed = runAll({ ...SETTING, inseparable: { c3: [2] } });
  expect(new Set(fixed.map(({ switchedOff }) => switchedOff?.tossed.join()))).toEqual(new Set(['1,3']));
  expect(wantedAfter([], {})).toEqual([]);
});

test('trials that run are counted on', () => {
  const [first, second] = wantedAfter([]);
  const running = (trial: WantedTrial): Attempt => ({
    commit: trial.commit,
    seed: trial.seed,
    purpose: 'transfer',
    switchedOff: trial.switchedOff!,
  });
  const [next] = wantedAfter([running(first!)]);
  expect(next).toEqual(second);
});
