import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../model/event.ts';
import { linesOf } from './copy.ts';
import { decodeEntry } from './entry.ts';
import { experimentLines } from './experiment-line.ts';
import { exportTsv } from './export.ts';
import { commitOf, histories, trialSubmit } from './fixtures/history.ts';
import { apply, createState, replay } from './replay.ts';

const FIELDS = [
  'id',
  'hypothesis',
  'category',
  'researcher',
  'verdict',
  'reason',
  'metric',
  'delta',
  'certified',
  'withdrawn',
  'parent',
  'commit',
  'seconds',
];

function sampleEntries(name = 'ledger-v1.jsonl'): LedgerEntry[] {
  const file = readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
  return [...linesOf(file)].map((line) => {
    const decoded = decodeEntry(line);
    if (decoded.kind !== 'entry') throw new Error(JSON.stringify(decoded));
    return decoded.entry;
  });
}

function linesAfter(count: number) {
  const [first, ...others] = sampleEntries().slice(0, count);
  const state = createState(first!);
  for (const entry of others) apply(state, entry);
  return experimentLines(state);
}

describe('an experiment as one object', () => {
  const lines = linesAfter(52);

  test('has the promised fields, in this order', () => {
    for (const line of lines) expect(Object.keys(line)).toEqual(FIELDS);
  });

  test('a keep shows its metric and its gain', () => {
    expect(lines[0]).toEqual({
      id: 1,
      hypothesis: 'idea 1: a “larger” step\tmay be faster',
      category: 'activation',
      researcher: 'search',
      verdict: 'keep',
      reason: 'better by 0.25 bits/byte',
      metric: 2.5,
      delta: 0.25,
      certified: false,
      withdrawn: null,
      parent: commitOf(0),
      commit: commitOf(1),
      seconds: 5.25,
    });
  });

  test('a discard shows by how much it is worse', () => {
    expect(lines[9]).toMatchObject({ verdict: 'discard', metric: 2.625, delta: -0.125 });
  });

  test('what was never measured has no metric, and that is not zero', () => {
    for (const line of lines.filter(({ verdict }) => verdict !== 'keep' && verdict !== 'discard'))
      expect(line).toMatchObject({ metric: null, delta: null });
    expect(lines.map(({ verdict }) => verdict)).toContain('inconclusive');
    expect(lines[2]).toMatchObject({
      verdict: 'set-aside',
      reason: 'the champion moved before it ran',
      seconds: 0,
    });
  });

  test('a merge names what it carries over', () => {
    expect(lines[8]?.researcher).toBe('merge of #2');
  });

  test('seconds are those of its own trials, not of later ones of the champion that it became', () => {
    expect(lines[0]?.seconds).toBe(5.25);
    expect(lines[7]?.seconds).toBe(10.5);
  });

  test('before its verdict it is proposed, running while a trial of it runs, and waiting between two and without an engine', () => {
    const [first, ...others] = sampleEntries().slice(0, 13);
    const state = createState(first!);
    for (const entry of others) apply(state, entry);
    expect(experimentLines(state)[0]).toMatchObject({
      verdict: 'proposed',
      reason: null,
      metric: null,
      delta: null,
    });
    apply(state, { ...first!, sequence: 14, event: trialSubmit(2, commitOf(1)) });
    expect(experimentLines(state)[0]?.verdict).toBe('running');
    apply(state, { ...first!, sequence: 15, event: { kind: 'engine-stop', reason: 'asked' } });
    expect(experimentLines(state)[0]?.verdict).toBe('waiting');
    expect(linesAfter(16).slice(0, 3)).toMatchObject([
      { verdict: 'waiting', seconds: 5.25 },
      { verdict: 'running' },
      { verdict: 'proposed' },
    ]);
  });
});

describe('what a judge that knows luck says', () => {
  const state = replay(sampleEntries('ledger-v1-judged.jsonl'));
  const [certified, withdrawn, parked] = experimentLines(state);

  test('a keep that held on fresh seeds is certified', () => {
    expect(certified).toMatchObject({ verdict: 'keep', certified: true, withdrawn: null, metric: 2.5 });
  });

  test('a withdrawn keep was a keep, and says why it is none any more', () => {
    expect(withdrawn).toMatchObject({
      verdict: 'keep',
      certified: false,
      withdrawn: 'no better than without it',
      reason: 'better by 0.1 bits/byte; withdrawn: no better than without it',
      metric: 2.25,
    });
  });

  test('a certificate of what was withdrawn since counts no more', () => {
    const lone = { kind: 'change', experiment: withdrawn!.id, champion: commitOf(2) } as const;
    const [sample] = state.certificates;
    const certificates = [...state.certificates, { ...sample!, of: lone }];
    expect(experimentLines({ ...state, certificates })[1]).toMatchObject({ certified: false });
  });

  test('a forecast is no measurement', () => {
    expect(parked).toMatchObject({ verdict: 'discard', metric: null, delta: null, certified: false });
  });

  test('in results.tsv a forecast and a withdrawal are named as such', () => {
    const rows = exportTsv(state).trim().split('\n').slice(1);
    expect(rows).toEqual([
      '0000000\t2.500000\t0.4\tkeep\tidea 1: a “larger” step may be faster',
      '0000000\t2.250000\t0.4\tkeep\tidea 2: a “larger” step may be faster (withdrawn: no better than without it)',
      '0000000\t2.612500\t0.4\tdiscard\tidea 3: a “larger” step may be faster (forecast: worse by its progress)',
    ]);
  });
});

test('every history has one line an experiment, and each line survives JSON', () => {
  fc.assert(
    fc.property(histories, ([first, ...others]) => {
      const state = createState(first!);
      for (const entry of others) apply(state, entry);
      const lines = experimentLines(state);
      expect(lines.map(({ id }) => id)).toEqual([...state.experiments.keys()]);
      expect(JSON.parse(JSON.stringify(lines))).toEqual(lines);
    }),
  );
});
