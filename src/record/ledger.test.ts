import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StudyEvent } from '../model/event.ts';
import type { ExperimentId } from '../model/identity.ts';
import { digestOf, FORMAT_VERSION } from './entry.ts';
import { LedgerFault } from './fault.ts';
import { chained, commitOf, ENGINE, histories, proposalAdd, START, trialSubmit } from './fixtures/history.ts';
import { type Ledger, openLedger, startLedger } from './ledger.ts';
import { readLedger } from './reader.ts';
import { replay } from './replay.ts';

let folder: string;
let file: string;
const options = { author: 'engine-1', now: () => 1_700_000_000_000 };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet ledger ü-'));
  file = join(folder, 'study', 'ledger.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(): Ledger {
  const opening = openLedger(file, options);
  if (opening.kind !== 'open') throw new Error(JSON.stringify(opening));
  return opening.ledger;
}

function tamper(sql: string, ...values: (string | number | Uint8Array)[]): void {
  const database = new DatabaseSync(file);
  database.prepare(sql).run(...values);
  database.close();
}

async function start(...events: StudyEvent[]): Promise<void> {
  await using ledger = startLedger(file, START, options);
  if (events.length > 0) await ledger.append(events);
}

const stateOf = () => {
  const opening = readLedger(file);
  if (opening.kind !== 'open') throw new Error(JSON.stringify(opening));
  using reader = opening.reader;
  return reader.state;
};

describe('append', () => {
  test('what it resolved is on disk, in the state, and read back by the next engine', async () => {
    await using ledger = startLedger(file, START, options);
    const entries = await ledger.append([ENGINE, proposalAdd(1)]);
    expect(entries.map(({ sequence, author, at }) => [sequence, author, at])).toEqual([
      [2, 'engine-1', 1_700_000_000_000],
      [3, 'engine-1', 1_700_000_000_000],
    ]);
    expect(ledger.sequence).toBe(3);
    expect(ledger.state.open).toEqual(new Set([1]));
    expect(stateOf()).toEqual(ledger.state);
    await ledger.close();
    const next = open();
    expect(next.state).toEqual(ledger.state);
    await next.append([trialSubmit(1, commitOf(1))]);
    expect(next.sequence).toBe(4);
    await next.close();
  });

  test('any valid history, appended in any groups, is read back as its replay', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.array(fc.nat({ max: 6 }), { minLength: 1 }), async (entries, sizes) => {
        rmSync(join(folder, 'study'), { recursive: true, force: true });
        let at = 0;
        await using ledger = startLedger(file, START, { author: 'engine-1', now: () => entries[at]!.at });
        const events = entries.slice(1).map(({ event }) => event);
        for (let turn = 0, sent = 0; sent < events.length; turn += 1) {
          const size = 1 + sizes[turn % sizes.length]!;
          at = sent + 1;
          await Promise.all(events.slice(sent, sent + size).map((event) => ledger.append([event])));
          sent += size;
        }
        const { activeSeconds: _a, lastEventAt: _l, ...expected } = replay(entries);
        expect(stateOf()).toEqual(ledger.state);
        expect(timeless(ledger.state)).toEqual(timeless(expected));
      }),
      { numRuns: 15 },
    );
  });

  test('appends of one tick share one commit', async () => {
    await using ledger = startLedger(file, START, options);
    const version = () => {
      using reader = new DatabaseSync(file, { readOnly: true });
      return reader.prepare('SELECT count(*) AS entries FROM entries').get()?.entries;
    };
    const appends = [ENGINE, proposalAdd(1), proposalAdd(2)].map((event) => ledger.append([event]));
    const seen = appends.map((append) => append.then(version));
    expect(version()).toBe(1);
    expect(await Promise.all(seen)).toEqual([4, 4, 4]);
  });

  test('a function is told the state that its events will follow, an append of the same tick before it included', async () => {
    await using ledger = startLedger(file, START, options);
    const before = ledger.append([ENGINE, proposalAdd(1)]);
    const seen: number[] = [];
    const after = ledger.append(({ open: waiting, nextExperiment }) => {
      seen.push(waiting.size, nextExperiment);
      return [proposalAdd(2)];
    });
    await Promise.all([before, after]);
    expect(seen).toEqual([1, 2]);
    expect(stateOf().open).toEqual(new Set([1, 2]));
  });

  test('all events of an append are written, or none, and the appends beside it go on', async () => {
    await using ledger = startLedger(file, START, options);
    const results = await Promise.allSettled([
      ledger.append([ENGINE, proposalAdd(1)]),
      ledger.append([proposalAdd(2), proposalAdd(7)]),
      ledger.append([proposalAdd(2)]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: expect.any(LedgerFault) });
    expect([...ledger.state.open]).toEqual([1, 2]);
    expect(stateOf()).toEqual(ledger.state);
  });

  test('an event that could not be read back is never written', async () => {
    await using ledger = startLedger(file, START, options);
    const before = structuredClone(ledger.state);
    const broken = { ...proposalAdd(1), expectedGain: Number.NaN };
    await expect(ledger.append([broken])).rejects.toThrow(
      /proposal-add is not an event .* event\.expectedGain/,
    );
    await expect(ledger.append([{ kind: 'engine-stop', reason: 'x'.repeat(2001) }])).rejects.toThrow(
      LedgerFault,
    );
    await expect(ledger.append([])).rejects.toThrow(/0 events/);
    await expect(ledger.append(Array(1001).fill(ENGINE))).rejects.toThrow(/1001 events/);
    expect(ledger.state).toEqual(before);
    expect(stateOf()).toEqual(before);
  });

  test('a second engine that writes to the same ledger is found out', async () => {
    await using ledger = startLedger(file, START, options);
    await using other = open();
    await other.append([ENGINE]);
    const before = structuredClone(ledger.state);
    await expect(ledger.append([ENGINE])).rejects.toThrow(/ledger\.sqlite .*let one engine at a time/);
    expect(ledger.state).toEqual(before);
  });

  test('a closed ledger has written what waited, and takes nothing more', async () => {
    const ledger = startLedger(file, START, options);
    const waiting = ledger.append([ENGINE]);
    await ledger.close();
    await ledger.close();
    expect((await waiting)[0]?.sequence).toBe(2);
    await expect(ledger.append([ENGINE])).rejects.toThrow(/is closed/);
    expect(readdirSync(join(folder, 'study'))).toEqual(['ledger.sqlite']);
  });
});

/** The time that passed depends on the clock at each commit. */
function timeless(state: object): unknown {
  const withoutTimes = (_key: string, value: unknown) =>
    value instanceof Map || value instanceof Set
      ? [...value]
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).filter(([key]) => !/^(at|.*At|activeSeconds)$/.test(key)))
        : value;
  return JSON.parse(JSON.stringify(state, withoutTimes));
}

describe('startLedger', () => {
  test('there is no ledger before, and a whole one after', async () => {
    expect(openLedger(file, options)).toEqual({ kind: 'absent' });
    expect(existsSync(join(folder, 'study'))).toBe(false);
    await start();
    expect(stateOf().study).toEqual(START);
  });

  test('an existing ledger is never begun anew', async () => {
    await start(ENGINE);
    const bytes = readFileSync(file);
    expect(() => startLedger(file, START, options)).toThrow(LedgerFault);
    expect(readFileSync(file)).toEqual(bytes);
    expect(readdirSync(join(folder, 'study'))).toEqual(['ledger.sqlite']);
  });

  test('what a start that died left behind is in nobody’s way', async () => {
    await start();
    rmSync(file);
    writeFileSync(`${file}.unfinished`, 'torn');
    writeFileSync(`${file}-wal`, 'torn');
    await start(ENGINE);
    expect(readdirSync(join(folder, 'study'))).toEqual(['ledger.sqlite']);
    expect(stateOf().activity).toBe('running');
  });
});

describe('a ledger that cannot be continued', () => {
  test('from a newer version is refused, and nothing is written beside it or in it', async () => {
    await start(ENGINE);
    tamper('PRAGMA user_version = 2');
    const bytes = readFileSync(file);
    for (const opening of [openLedger(file, options), readLedger(file)])
      expect(opening).toMatchObject({
        kind: 'newer',
        message: expect.stringMatching(/format 2.*update Ratchet/),
      });
    expect(readFileSync(file)).toEqual(bytes);
    expect(readdirSync(join(folder, 'study'))).toEqual(['ledger.sqlite']);
  });

  test('is refused too where one entry alone is of a newer version', async () => {
    await start();
    const text = JSON.stringify({ ...chained([START])[0], sequence: 2, version: FORMAT_VERSION + 1 });
    const bytes = Buffer.from(text);
    tamper('INSERT INTO entries VALUES (2, ?, ?)', bytes, digestOf(bytes));
    expect(openLedger(file, options).kind).toBe('newer');
  });

  const damages: [string, number, () => void][] = [
    [
      'a changed byte',
      2,
      () =>
        tamper(
          "UPDATE entries SET bytes = CAST(replace(bytes, 'laptop', 'desktop') AS BLOB) WHERE sequence = 2",
        ),
    ],
    [
      'a changed entry with its own digest, by the entry after it',
      3,
      () => {
        const row = readRow(2);
        const bytes = Buffer.from(row.toString().replace('laptop', 'desktop'));
        tamper('UPDATE entries SET bytes = ?, digest = ? WHERE sequence = 2', bytes, digestOf(bytes));
      },
    ],
    [
      'a changed last entry',
      4,
      () =>
        tamper("UPDATE entries SET bytes = CAST(replace(bytes, 'idea', 'plan') AS BLOB) WHERE sequence = 4"),
    ],
    ['a gap', 3, () => tamper('DELETE FROM entries WHERE sequence = 3')],
    ['a missing beginning', 1, () => tamper('DELETE FROM entries WHERE sequence = 1')],
    [
      'two entries in each other’s place',
      2,
      () => {
        tamper('UPDATE entries SET sequence = 99 WHERE sequence = 2');
        tamper('UPDATE entries SET sequence = 2 WHERE sequence = 3');
        tamper('UPDATE entries SET sequence = 3 WHERE sequence = 99');
      },
    ],
    ['a file that is no database', 1, () => writeFileSync(file, 'hello '.repeat(100))],
    ['a file that is cut', 1, () => writeFileSync(file, readFileSync(file).subarray(0, 50))],
    ['a table that is overwritten', 1, () => writeFileSync(file, readFileSync(file).fill(0xaa, 4096))],
    ['the database of another program', 1, () => tamper('PRAGMA application_id = 7')],
  ];
  test.each(damages)('%s is damage at entry %i', async (_name, sequence, damage) => {
    await start(ENGINE, proposalAdd(1), proposalAdd(2));
    damage();
    const opening = openLedger(file, options);
    expect(opening).toMatchObject({ kind: 'damaged', sequence });
    if (opening.kind === 'damaged') expect(opening.message).toContain(file);
    expect(readLedger(file)).toEqual(opening);
  });

  function readRow(sequence: number): Buffer {
    using database = new DatabaseSync(file, { readOnly: true });
    return Buffer.from(
      database.prepare('SELECT bytes FROM entries WHERE sequence = ?').get(sequence)?.bytes as Uint8Array,
    );
  }

  test('an entry that contradicts those before it is damage, also where every digest is right', async () => {
    await start();
    const contradiction: StudyEvent = {
      kind: 'proposal-set-aside',
      experiment: 9 as ExperimentId,
      reason: '',
    };
    const previous = digestOf(readRow(1));
    const bytes = Buffer.from(
      JSON.stringify({ sequence: 2, version: 1, at: 1, author: 'x', previous, event: contradiction }),
    );
    tamper('INSERT INTO entries VALUES (2, ?, ?)', bytes, digestOf(bytes));
    expect(openLedger(file, options)).toMatchObject({
      kind: 'damaged',
      sequence: 2,
      message: expect.stringContaining('experiment 9 is unknown'),
    });
  });

  test('an empty file is no ledger', async () => {
    await start();
    writeFileSync(file, '');
    expect(openLedger(file, options)).toEqual({ kind: 'absent' });
    await start(ENGINE);
    expect(stateOf().activity).toBe('running');
  });
});
