import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRepository } from '../git/open-repository.ts';
import { type ChainPart, createLedgerCopy } from './copy.ts';
import { LedgerFault } from './fault.ts';
import { ENGINE, proposalAdd, START } from './fixtures/history.ts';
import { memoryChain } from './fixtures/memory-chain.ts';
import { type Ledger, openLedger, startLedger } from './ledger.ts';
import { restoreFromCopy } from './restore.ts';

const ref = 'refs/ratchet/2026-11-21-k3f9/ledger';
const options = { author: 'engine-1', now: () => 1_700_000_000_000 };
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-copy-'));
  file = join(folder, '.ratchet', 'ledger.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(path = file): Ledger {
  const opening = openLedger(path, options);
  if (opening.kind !== 'open') throw new Error(JSON.stringify(opening));
  return opening.ledger;
}

const bytesOf = (ledger: Ledger) => [...ledger.stored(0)].map(({ bytes }) => Buffer.from(bytes).toString());

describe('the copy', () => {
  test('holds the ledger’s lines, each once, also when another engine goes on with it', async () => {
    const chain = memoryChain();
    const copy = createLedgerCopy({ chain, ref });
    await using ledger = startLedger(file, START, options);
    expect(await copy.write(ledger)).toEqual({ kind: 'written', entries: 1 });
    await ledger.append([ENGINE, proposalAdd(1)]);
    expect(await copy.write(ledger)).toEqual({ kind: 'written', entries: 2 });
    expect(await copy.write(ledger)).toEqual({ kind: 'written', entries: 0 });
    await ledger.append([proposalAdd(2)]);
    expect(await createLedgerCopy({ chain, ref }).write(ledger)).toEqual({ kind: 'written', entries: 1 });
    expect(textOf(chain.parts)).toBe(
      bytesOf(ledger)
        .map((line) => `${line}\n`)
        .join(''),
    );
    expect(chain.parts).toHaveLength(3);
  });

  test('writes that overlap copy every entry once', async () => {
    const chain = memoryChain();
    const copy = createLedgerCopy({ chain, ref });
    await using ledger = startLedger(file, START, options);
    const first = copy.write(ledger);
    await ledger.append([ENGINE]);
    await Promise.all([first, copy.write(ledger), copy.write(ledger)]);
    expect(textOf(chain.parts).trim().split('\n')).toEqual(bytesOf(ledger));
  });

  test('puts at most 1,000 entries into one part', async () => {
    const chain = memoryChain();
    await using ledger = startLedger(file, START, options);
    await ledger.append(Array(1000).fill(ENGINE));
    await createLedgerCopy({ chain, ref }).write(ledger);
    expect(chain.parts.map((part) => textOf([part]).trim().split('\n').length)).toEqual([1000, 1]);
  });

  test('finds out after a fault of git whether its lines arrived', async () => {
    const chain = memoryChain();
    const failing = {
      ...chain,
      appendToChain: async (at: string, init: { content: Buffer; message: string }) => {
        await chain.appendToChain(at, init);
        if (chain.parts.length === 2) throw new Error('git died after it had written');
      },
    };
    const copy = createLedgerCopy({ chain: failing, ref });
    await using ledger = startLedger(file, START, options);
    await copy.write(ledger);
    await ledger.append([ENGINE]);
    await expect(copy.write(ledger)).rejects.toThrow('git died');
    await ledger.append([proposalAdd(1)]);
    expect(await copy.write(ledger)).toEqual({ kind: 'written', entries: 1 });
    expect(textOf(chain.parts).trim().split('\n')).toEqual(bytesOf(ledger));
  });

  test('that is ahead of an older ledger is reported and left alone', async () => {
    const chain = memoryChain();
    await using ledger = startLedger(file, START, options);
    await ledger.append([ENGINE, proposalAdd(1)]);
    await createLedgerCopy({ chain, ref }).write(ledger);
    await using older = startLedger(join(folder, 'older.sqlite'), START, options);
    const copy = createLedgerCopy({ chain, ref });
    for (let turn = 0; turn < 2; turn += 1)
      expect(await copy.write(older)).toEqual({ kind: 'ahead', copy: 3, ledger: 1 });
    expect(chain.parts).toHaveLength(1);
  });

  test('of another history is reported with the first entry that differs, and left alone', async () => {
    const chain = memoryChain();
    const copy = createLedgerCopy({ chain, ref });
    await using ledger = startLedger(file, START, options);
    await copy.write(ledger);
    await ledger.append([ENGINE, proposalAdd(1)]);
    await copy.write(ledger);
    await using other = startLedger(join(folder, 'other.sqlite'), START, options);
    await other.append([ENGINE, { kind: 'study-pause' }, { kind: 'study-resume' }]);
    expect(await createLedgerCopy({ chain, ref }).write(other)).toEqual({ kind: 'different', sequence: 3 });
    expect(chain.parts).toHaveLength(2);
  });

  test('that cannot be read is reported with the reason, and left alone', async () => {
    const chain = memoryChain();
    chain.parts.push({ kind: 'unreadable', reason: 'commit 1234 is missing' });
    await using ledger = startLedger(file, START, options);
    const outcome = await createLedgerCopy({ chain, ref }).write(ledger);
    expect(outcome).toEqual({ kind: 'unreadable', reason: 'commit 1234 is missing' });
  });
});

function textOf(parts: readonly ChainPart[]): string {
  return parts.map((part) => (part.kind === 'content' ? part.content.toString() : part.reason)).join('');
}

describe('restoring', () => {
  test('a deleted state folder comes back from git, byte for byte, and the study goes on', async () => {
    const git = (...words: string[]) => execFileSync('git', words, { cwd: folder, stdio: 'pipe' });
    git('init', '--quiet');
    git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--allow-empty', '-m', 'begin');
    const opened = await openRepository(folder);
    if (opened.kind !== 'open') throw new Error(opened.message);
    await using repository = opened.repository;
    const ledger = startLedger(file, START, options);
    const copy = createLedgerCopy({ chain: repository, ref });
    await copy.write(ledger);
    await ledger.append([ENGINE, proposalAdd(1)]);
    await copy.write(ledger);
    const lines = bytesOf(ledger);
    const { state } = ledger;
    await ledger.close();
    git('clean', '-fdxq');
    expect(existsSync(file)).toBe(false);

    expect(await restoreFromCopy(repository, ref, file)).toEqual({ kind: 'restored', entries: 3 });
    await using restored = open();
    expect(bytesOf(restored)).toEqual(lines);
    expect(restored.state).toEqual(state);
    await restored.append([proposalAdd(2)]);
    expect(await copy.write(restored)).toEqual({ kind: 'written', entries: 1 });
  });

  test('from nothing, from a damaged, a newer or an unreadable copy leaves no ledger', async () => {
    const whole = memoryChain();
    await using ledger = startLedger(join(folder, 'ledger.sqlite'), START, options);
    await ledger.append([ENGINE, proposalAdd(1)]);
    await createLedgerCopy({ chain: whole, ref }).write(ledger);
    const lines = bytesOf(ledger);
    const restored = async (...parts: ChainPart[]) => {
      const chain = memoryChain();
      chain.parts.push(...parts);
      const restoration = await restoreFromCopy(chain, ref, file);
      expect(readdirSync(join(folder, '.ratchet'))).toEqual([]);
      return restoration;
    };
    const content = (text: string): ChainPart => ({ kind: 'content', content: Buffer.from(text) });
    expect(await restored()).toEqual({ kind: 'absent' });
    expect(await restored(content(`${lines[0]}\n${lines[2]}\n`))).toMatchObject({
      kind: 'damaged',
      sequence: 2,
    });
    expect(await restored(content(lines.join('\n').replace('laptop', 'desktop')))).toMatchObject({
      kind: 'damaged',
      sequence: 3,
      message: expect.stringContaining(ref),
    });
    expect(await restored(content(lines.join('\n').slice(0, -9)))).toMatchObject({
      kind: 'damaged',
      sequence: 3,
    });
    expect(await restored(content(lines[0]!.replace('"version":1', '"version":2')))).toMatchObject({
      kind: 'newer',
    });
    expect(await restored(content(`${lines[0]}\n`), { kind: 'unreadable', reason: 'gone' })).toMatchObject({
      kind: 'damaged',
      sequence: 2,
    });
  });

  test('never replaces a ledger', async () => {
    await startLedger(file, START, options).close();
    await expect(restoreFromCopy(memoryChain(), ref, file)).rejects.toThrow(LedgerFault);
    await using ledger = open();
    expect(ledger.sequence).toBe(1);
  });
});
