import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../model/event.ts';
import { linesOf } from './copy.ts';
import { decodeEntry, digestOf, encodeEntry, FORMAT_VERSION } from './entry.ts';
import { chained, commitOf, ENGINE, HARDWARE, histories, START } from './fixtures/history.ts';
import { type Fold, take } from './fold.ts';
import { replay } from './replay.ts';

const [first] = chained([START]) as [LedgerEntry];
const decodeText = (text: string) => decodeEntry(Buffer.from(text));
const decodeValue = (value: object) => decodeText(JSON.stringify(value));

function foldOf(lines: Iterable<Buffer>): Fold {
  let fold: Fold | undefined;
  let sequence = 0;
  for (const bytes of lines) {
    sequence += 1;
    const step = take(fold, { sequence, bytes, digest: digestOf(bytes) });
    if (step.kind !== 'taken') throw new Error(JSON.stringify(step));
    fold = step.fold;
  }
  return fold!;
}

test('what was encoded is decoded, and encoded again to the same bytes', () => {
  fc.assert(
    fc.property(histories, (entries) => {
      for (const entry of entries) {
        const bytes = encodeEntry(entry);
        const decoded = decodeEntry(bytes);
        expect(decoded).toEqual({ kind: 'entry', entry });
        if (decoded.kind === 'entry') expect(encodeEntry(decoded.entry)).toEqual(bytes);
        expect(bytes).not.toContain(0x0a);
      }
    }),
  );
});

test('any text comes back as it was, half a character included', () => {
  const texts = fc.string({
    unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  });
  fc.assert(
    fc.property(texts, (reason) => {
      const entry: LedgerEntry = { ...first, event: { kind: 'engine-stop', reason } };
      expect(decodeEntry(encodeEntry(entry))).toEqual({ kind: 'entry', entry });
    }),
  );
});

describe('format 1 stays readable', () => {
  const file = readFileSync(new URL('./fixtures/ledger-v1.jsonl', import.meta.url));

  test('the file is the one that version 1 wrote', () => {
    const digest = createHash('sha256').update(file).digest('hex');
    expect(digest).toBe('8064d4cff5601098ce842c40fb1086aed1df5b4df1c6f35ada2d1f71bd5d9c3b');
  });

  test('it is an unbroken chain of every event there is, and replays to what happened', () => {
    const { state, tip } = foldOf(linesOf(file));
    expect(tip.sequence).toBe(52);
    expect(state.champions.get(HARDWARE)?.stack).toEqual([1]);
    expect(state.milestones.map(({ value }) => value)).toEqual([2.5, 2.45, 2.5]);
    expect(
      [...state.experiments.values()].map((e) => (e.status === 'judged' ? e.verdict.kind : e.status)),
    ).toEqual([
      'keep',
      'keep',
      'set-aside',
      'crash',
      'timeout',
      'invalid',
      'invalid',
      'inconclusive',
      'keep',
      'discard',
    ]);
    expect(state.imported).toHaveLength(2);
    expect(state.activity).toBe('stopped');
  });

  test('its withdrawal, which does not say why, has a reason to show', () => {
    expect(foldOf(linesOf(file)).state.withdrawn).toEqual(new Map([[9, 'no reason was recorded']]));
  });
});

describe('what a judge that knows luck adds to format 1 stays readable', () => {
  const file = readFileSync(new URL('./fixtures/ledger-v1-judged.jsonl', import.meta.url));

  test('the file is the one that was written first', () => {
    const digest = createHash('sha256').update(file).digest('hex');
    expect(digest).toBe('367009b5c390337f14479a619cf79777ce2ab0c2a06f27a5d76120f1b5096717');
  });

  test('stops, verdicts on what was parked, trials without a change, certificates, answers and a withdrawal', () => {
    const { state, tip } = foldOf(linesOf(file));
    expect(tip.sequence).toBe(32);
    expect(state.engine?.judge).toBe('posterior');
    expect(
      [...state.experiments.values()].map((e) => e.status === 'judged' && e.verdict.evidence),
    ).toMatchObject([
      { basis: { kind: 'posterior', luck: 0.03125, freedom: 9 } },
      { basis: { kind: 'seed-not-controlled' } },
      { basis: { kind: 'forecast', progress: 0.25 } },
    ]);
    expect(state).toMatchObject({
      judged: 3,
      parked: new Set([3]),
      withdrawn: new Map([[2, 'no better than without it']]),
      switchedOff: new Map([[commitOf(2), [5, 6]]]),
      inseparable: new Map([[commitOf(2), new Set([1])]]),
      certificates: [
        { of: { kind: 'change', experiment: 1 }, method: 'switch-off' },
        { of: { kind: 'stack', against: commitOf(0) }, method: 'pairs' },
      ],
      holdout: [{ answer: 'pass' }, { answer: 'fail' }],
    });
    expect(state.champions.get(HARDWARE)).toEqual({ commit: commitOf(51), stack: [1] });
    const [whole, stopped] = [...state.ended.values()];
    expect(whole?.curve.map(({ progress }) => progress)).toEqual([0.125, 0.25, 0.5, 0.625, 1]);
    expect(stopped?.outcome).toMatchObject({ kind: 'stopped', forecast: { gain: -0.0125 } });
  });
});

describe('an entry that cannot be trusted is unreadable', () => {
  const cases: [string, string][] = [
    ['no JSON', 'hello'],
    ['half a line', JSON.stringify(first).slice(0, -5)],
    ['an unknown key', JSON.stringify({ ...first, note: 'x' })],
    ['no author', JSON.stringify({ ...first, author: '' })],
    ['a time before 1970', JSON.stringify({ ...first, at: -1 })],
    ['an event that is none', JSON.stringify({ ...first, event: { kind: 'party' } })],
    ['version 0', JSON.stringify({ ...first, version: 0 })],
    ['a byte order mark', `\ufeff${JSON.stringify(first)}`],
    ['a key named __proto__', JSON.stringify(first).replace('"seed":', '"__proto__":{},"seed":')],
  ];
  test.each(cases)('%s', (_name, text) => {
    expect(decodeText(text)).toMatchObject({ kind: 'unreadable', problem: expect.any(String) });
  });

  test('bytes that are not UTF-8', () => {
    const bytes = Buffer.concat([encodeEntry({ ...first, author: 'x' }), Buffer.from([0xff])]);
    expect(decodeEntry(bytes).kind).toBe('unreadable');
  });

  test('its problem names the key', () => {
    expect(decodeValue({ ...first, event: { ...ENGINE, slots: 'two' } })).toEqual({
      kind: 'unreadable',
      problem: 'event.slots: Invalid input: expected number, received string',
    });
  });

  test('the text "__proto__": inside a hypothesis is text', () => {
    const entry: LedgerEntry = { ...first, event: { kind: 'engine-stop', reason: '"__proto__":1' } };
    expect(decodeEntry(encodeEntry(entry)).kind).toBe('entry');
  });
});

test('an entry of a newer format is told apart from a damaged one, whatever its event looks like', () => {
  const version = FORMAT_VERSION + 1;
  expect(decodeValue({ ...first, version, event: { kind: 'dream' } })).toEqual({ kind: 'newer', version });
});

test('the state of a fold over bytes is the state of the replay', () => {
  fc.assert(
    fc.property(histories, (entries) => {
      const lines = entries.map((entry) => Buffer.from(encodeEntry(entry)));
      expect(foldOf(lines).state).toEqual(replay(entries));
    }),
  );
});
