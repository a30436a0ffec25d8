import { appendFileSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FileFollower, type Followed } from './follow-file.ts';
import { run, scratchFolder } from './testing.ts';

function follow(maxBytes = 1000): { file: string; lines: string[]; follower: FileFollower } {
  const file = join(scratchFolder(), 'metrics.jsonl');
  const lines: string[] = [];
  return { file, lines, follower: new FileFollower({ file, maxBytes, onLine: (line) => lines.push(line) }) };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

/** The reason, of a file that is not to be believed. */
function reason(followed: Followed): string {
  if (followed.kind !== 'invalid') throw new Error(`the file is ${followed.kind}`);
  return followed.reason;
}

test('lines are given while the file grows, each once, and the last one at the end', async () => {
  const { file, lines, follower } = follow();
  writeFileSync(file, 'one\ntw');
  await until(() => lines.length === 1);
  appendFileSync(file, 'o\nthree');
  expect(follower.finish()).toEqual({ kind: 'read', bytes: 13 });
  expect(lines).toEqual(['one', 'two', 'three']);
});

test('a file that never came is absent', () => {
  expect(follow().follower.finish()).toEqual({ kind: 'absent' });
});

test('a file that grew too large is not believed', () => {
  const { file, lines, follower } = follow(10);
  writeFileSync(file, 'x\n'.repeat(6));
  expect(reason(follower.finish())).toBe('is larger than 10 bytes');
  expect(lines).toEqual([]);
});

test('a symbolic link is not followed', () => {
  const { file, follower } = follow();
  symlinkSync('/etc/passwd', file);
  expect(reason(follower.finish())).toBe('is a symbolic link');
});

test('neither a folder nor a pipe is read, and nothing waits for one', async () => {
  const folder = follow();
  mkdirSync(folder.file);
  expect(reason(folder.follower.finish())).toBe('is no plain file');
  const pipe = follow();
  await run(`mkfifo '${pipe.file}'`);
  expect(reason(pipe.follower.finish())).toBe('is no plain file');
});

test.each([
  ['shortened', (file: string) => writeFileSync(file, '')],
  ['rewritten in place', (file: string) => writeFileSync(file, 'val 2\nmore\n')],
  [
    'replaced',
    (file: string) => {
      writeFileSync(`${file}.new`, 'val 3\n');
      renameSync(`${file}.new`, file);
    },
  ],
])('a file that was %s after its lines were read is not believed', async (_, change) => {
  const { file, lines, follower } = follow();
  writeFileSync(file, 'val 1\n');
  await until(() => lines.length === 1);
  change(file);
  expect(reason(follower.finish())).toContain('rewritten');
});

test('what the callback throws comes out at the end', () => {
  const file = join(scratchFolder(), 'metrics.jsonl');
  writeFileSync(file, 'one\n');
  const follower = new FileFollower({
    file,
    onLine: () => {
      throw new Error('the reader is broken');
    },
  });
  expect(() => follower.finish()).toThrow('the reader is broken');
});
