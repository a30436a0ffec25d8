import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LedgerFault } from './fault.ts';
import { ENGINE, START } from './fixtures/history.ts';
import { type Ledger, openLedger, startLedger } from './ledger.ts';
import { readLedger } from './reader.ts';
import { replay } from './replay.ts';

let folder: string;
let file: string;
const options = { author: 'engine-1', now: () => 1_700_000_000_000 };
/** Large enough that a small disk is full soon. */
const LONG = { kind: 'engine-stop', reason: 'r'.repeat(2000) } as const;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-durability-'));
  file = join(folder, 'ledger.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(path = file): Ledger {
  const opening = openLedger(path, options);
  if (opening.kind !== 'open') throw new Error(JSON.stringify(opening));
  return opening.ledger;
}

const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/** Appends pairs and alone by turns, several at a time, and names each sequence once it is acknowledged. */
const WRITER = `
import { writeSync } from 'node:fs';
import { openLedger, startLedger } from ${url('./ledger.ts')};
import { ENGINE, START } from ${url('./fixtures/history.ts')};
const options = { author: 'writer', now: Date.now };
const opening = openLedger(process.argv[1], options);
const ledger = opening.kind === 'open' ? opening.ledger : startLedger(process.argv[1], START, options);
const acknowledge = (entries) => writeSync(1, entries.at(-1).sequence + '\\n');
try {
  for (;;) await Promise.all([[ENGINE, ENGINE], [ENGINE], [ENGINE, ENGINE, ENGINE]].map((events) => ledger.append(events).then(acknowledge)));
} catch (error) {
  writeSync(1, error.name + ': ' + error.message + '\\n');
}
`;

test('a writer that is killed at any instant loses nothing that was acknowledged, and leaves nothing torn', async () => {
  let before = 0;
  for (let round = 0; round < 12; round += 1) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let acknowledged = 0;
    let answers = 0;
    for await (const line of createInterface(child.stdout)) {
      acknowledged = Number(line);
      answers += 1;
      // Not at a fixed place within a commit: the writer is somewhere in the next ones by now.
      if (answers === 3 + round * 7) child.kill('SIGKILL');
    }
    expect(answers).toBeGreaterThanOrEqual(3 + round * 7);
    const opening = readLedger(file);
    if (opening.kind !== 'open') throw new Error(JSON.stringify(opening));
    using reader = opening.reader;
    const entries = [...reader.entries()];
    expect(entries.length).toBeGreaterThanOrEqual(acknowledged);
    expect(acknowledged).toBeGreaterThan(before);
    expect(replay(entries)).toEqual(reader.state);
    // Groups are of 6 entries after the first: no commit is half there.
    expect((entries.length - 1) % 6).toBe(0);
    before = entries.length;
  }
  await using ledger = open();
  expect((await ledger.append([ENGINE]))[0]?.sequence).toBe(before + 1);
});

test('a ledger that may not grow any more says so, stays readable, and continues where it may', async () => {
  // 1,024-byte blocks: no file of the writer may pass 512 KiB, so a write fails somewhere in the log.
  const child = spawn(
    'bash',
    ['-c', 'ulimit -f 512; exec "$@"', 'bash', process.execPath, '--input-type=module', '-e', WRITER, file],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) lines.push(line);
  if (child.exitCode === null) await once(child, 'exit');
  const fault = lines.pop();
  expect(fault).toMatch(
    /^LedgerFault: cannot write to the ledger .*ledger\.sqlite .*make sure that it has room/,
  );
  await using ledger = open();
  expect(ledger.sequence).toBe(Number(lines.at(-1)));
  expect((await ledger.append([ENGINE]))[0]?.sequence).toBe(ledger.sequence);
});

/** A disk of 1 MiB, where this user may mount one. */
function mountSmallDisk(): string | undefined {
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
    return disk;
  } catch {
    return undefined;
  }
}

describe('a full disk', () => {
  test('fails the append with the file and the mend, leaves state and disk as they were, and room mends it', async ({
    skip,
  }) => {
    const disk = mountSmallDisk();
    if (disk === undefined)
      return skip('only root may mount a small disk; the test above limits the file instead');
    try {
      const path = join(disk, 'ledger.sqlite');
      const filler = join(disk, 'filler');
      await using ledger = startLedger(path, START, options);
      writeFileSync(filler, Buffer.alloc(600_000));
      const fault = await untilItFails(ledger);
      expect(fault).toBeInstanceOf(LedgerFault);
      expect((fault as Error).message).toContain(path);
      expect((fault as Error).message).toMatch(/make room|has room/);
      const { sequence } = ledger;
      const opening = readLedger(path);
      if (opening.kind !== 'open') throw new Error(JSON.stringify(opening));
      using reader = opening.reader;
      expect(reader.state).toEqual(ledger.state);
      expect([...reader.entries()]).toHaveLength(sequence);

      const together = await Promise.allSettled([
        ledger.append([ENGINE, LONG]),
        ledger.append([ENGINE, LONG]),
      ]);
      expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected']);

      rmSync(filler);
      expect((await ledger.append([ENGINE]))[0]?.sequence).toBe(sequence + 1);
      expect(reader.refresh()).toHaveLength(1);
      await ledger.close();
      await using next = open(path);
      expect(next.state).toEqual(ledger.state);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  test('leaves no ledger where one was begun', async ({ skip }) => {
    const disk = mountSmallDisk();
    if (disk === undefined) return skip('only root may mount a small disk');
    try {
      writeFileSync(join(disk, 'filler'), Buffer.alloc(1024 * 1024 - 4096));
      const path = join(disk, 'ledger.sqlite');
      expect(() => startLedger(path, START, options)).toThrow(LedgerFault);
      expect(openLedger(path, options)).toEqual({ kind: 'absent' });
      rmSync(join(disk, 'filler'));
      await startLedger(path, START, options).close();
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

/** Appends until the disk takes no more: a disk of 1 MiB holds less than 1,000 of these. */
async function untilItFails(ledger: Ledger): Promise<unknown> {
  for (let turn = 0; turn < 1000; turn += 1) {
    try {
      await ledger.append([ENGINE, LONG]);
    } catch (error) {
      return error;
    }
  }
  return undefined;
}
