import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LedgerFault } from './fault.ts';
import { commitOf, ENGINE, proposalAdd, START, trialEnd, trialSubmit } from './fixtures/history.ts';
import { openLedger, startLedger } from './ledger.ts';
import { type LedgerReader, readLedger } from './reader.ts';
import { replay } from './replay.ts';

let folder: string;
let file: string;
const options = { author: 'engine-1', now: () => 1_700_000_000_000 };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-reader-'));
  file = join(folder, 'ledger.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(path = file): LedgerReader {
  const opening = readLedger(path);
  if (opening.kind !== 'open') throw new Error(JSON.stringify(opening));
  return opening.reader;
}

describe('beside an engine that writes', () => {
  test('refresh takes in exactly what is new, and moves the state on', async () => {
    await using ledger = startLedger(file, START, options);
    using reader = read();
    const { state } = reader;
    expect(reader.refresh()).toEqual([]);
    const entries = await ledger.append([ENGINE, proposalAdd(1)]);
    expect(state.open.size).toBe(0);
    expect(reader.refresh()).toEqual(entries);
    expect(state).toEqual(ledger.state);
    expect(reader.refresh()).toEqual([]);
    await ledger.append([trialSubmit(1, commitOf(1)), trialEnd(1)]);
    expect(reader.refresh().map(({ sequence }) => sequence)).toEqual([4, 5]);
    expect(replay(reader.entries())).toEqual(ledger.state);
    expect([...reader.entries(3)].map(({ sequence }) => sequence)).toEqual([4, 5]);
    expect([...reader.stored(4)].map(({ sequence }) => sequence)).toEqual([5]);
  });

  test('a reader in the middle of its snapshot holds no writer up, and sees nothing of the next commit', async () => {
    await using ledger = startLedger(file, START, options);
    await ledger.append([ENGINE, proposalAdd(1)]);
    using reader = read();
    const seen: number[] = [];
    for (const { sequence } of reader.entries()) {
      seen.push(sequence);
      await ledger.append([{ kind: 'study-pause' }]);
    }
    expect(seen).toEqual([1, 2, 3]);
    expect(reader.refresh()).toHaveLength(3);
  });

  test('what another process reads while this one writes is always a whole beginning of the ledger', async () => {
    await using ledger = startLedger(file, START, options);
    await ledger.append([ENGINE]);
    const child = spawn(process.execPath, ['--input-type=module', '-e', WATCHER, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    await once(child.stdout, 'data');
    for (let pair = 0; pair < 100; pair += 1)
      await ledger.append([{ kind: 'study-pause' }, { kind: 'study-resume' }]);
    await ledger.append([{ kind: 'engine-stop', reason: '' }]);
    expect((await ended)[0]).toBe(0);
    // Pairs are one append: a reader never sees half of one.
    const seen = output.trim().split('\n').map(Number);
    expect(seen.slice(0, -1).every((sequence) => sequence % 2 === 0)).toBe(true);
    expect(seen.at(-1)).toBe(203);
  });

  test('a ledger that is damaged or outgrown while it is watched is a fault, and the state stays before it', async () => {
    await startLedger(file, START, options).close();
    using reader = read();
    using database = new DatabaseSync(file);
    database.prepare('INSERT INTO entries VALUES (2, ?, ?)').run(Buffer.from('{}'), 'x');
    expect(() => reader.refresh()).toThrow(LedgerFault);
    expect(() => reader.refresh()).toThrow(/damaged at entry 2/);
    expect(reader.state.activity).toBe('stopped');
  });
});

const WATCHER = `
import { readLedger } from ${JSON.stringify(new URL('./reader.ts', import.meta.url).href)};
const opening = readLedger(process.argv[1]);
if (opening.kind !== 'open') throw new Error(opening.kind);
const { reader } = opening;
let sequence = [...reader.entries()].length;
console.log(sequence);
while (reader.state.activity !== 'stopped') {
  sequence = reader.refresh().at(-1)?.sequence ?? sequence;
  console.log(sequence);
  await new Promise((resolve) => setTimeout(resolve, 1));
}
`;

describe('where nobody may write', () => {
  const READ = `
import { readLedger } from ${JSON.stringify(new URL('./reader.ts', import.meta.url).href)};
// Root may write anywhere: it becomes nobody, once all modules are loaded.
if (process.getuid() === 0) {
  process.setgroups([]);
  process.setgid(65534);
  process.setuid(65534);
}
const opening = readLedger(process.argv[1]);
if (opening.kind !== 'open') throw new Error(JSON.stringify(opening));
console.log([...opening.reader.entries()].length, opening.reader.refresh().length);
`;

  async function readUnprivileged(path: string): Promise<string> {
    const child = spawn(process.execPath, ['--input-type=module', '-e', READ, path]);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    await once(child, 'close');
    return output.trim();
  }

  test('a finished ledger is read in a read-only folder', async () => {
    const locked = join(folder, 'locked');
    mkdirSync(locked);
    const path = join(locked, 'ledger.sqlite');
    const ledger = startLedger(path, START, options);
    await ledger.append([ENGINE]);
    await ledger.close();
    chmodSync(folder, 0o755);
    chmodSync(locked, 0o555);
    try {
      expect(await readUnprivileged(path)).toBe('2 0');
    } finally {
      chmodSync(locked, 0o755);
    }
  });

  test('a ledger is read in a folder of somebody else whose engine is writing to it', async () => {
    const path = join(folder, 'ledger.sqlite');
    await using ledger = startLedger(path, START, options);
    await ledger.append([ENGINE]);
    chmodSync(folder, 0o555);
    try {
      expect(await readUnprivileged(path)).toBe('2 0');
    } finally {
      chmodSync(folder, 0o755);
    }
  });

  test('what is there and cannot be read is a fault that names it', () => {
    mkdirSync(file);
    expect(() => readLedger(file)).toThrow(LedgerFault);
    expect(() => openLedger(file, options)).toThrow(file);
  });
});
