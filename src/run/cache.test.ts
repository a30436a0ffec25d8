import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scratchSlot } from '../lab/folder.ts';
import { keepCache, layOutCache } from './cache.ts';
import { stagePaths } from './environment.ts';

const ENOUGH = { disk: 1_000_000, files: 100 };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet cache-'));
  mkdirSync(join(root, 'scratch'));
});
afterEach(() => rmSync(root, { recursive: true }));

const paths = () => stagePaths(scratchSlot(root), 'run');
const nextStage = async (limits = ENOUGH) => {
  rmSync(paths().cache, { recursive: true, force: true });
  await layOutCache(paths(), limits);
  return readdirSync(paths().cache).toSorted();
};

test('the first stage finds an empty cache', async () => {
  expect(await nextStage()).toEqual([]);
});

test('a stage finds a copy of what was kept, and changes the copy alone', async () => {
  await nextStage();
  writeFileSync(join(paths().cache, 'compiled'), 'as it was');
  await keepCache(paths());
  await nextStage();
  writeFileSync(join(paths().cache, 'compiled'), 'spoilt');
  writeFileSync(join(paths().cache, 'more'), '');
  expect(await nextStage()).toEqual(['compiled']);
  expect(readFileSync(join(paths().cache, 'compiled'), 'utf8')).toBe('as it was');
});

test('links are copied as links, and pipes not at all', async () => {
  await nextStage();
  symlinkSync('/nowhere', join(paths().cache, 'link'));
  execFileSync('mkfifo', [join(paths().cache, 'pipe')]);
  await keepCache(paths());
  expect(await nextStage()).toEqual(['link']);
});

test('a cache is replaced by what the baseline left last, also by nothing', async () => {
  await nextStage();
  writeFileSync(join(paths().cache, 'first'), '');
  await keepCache(paths());
  rmSync(paths().cache, { recursive: true, force: true });
  symlinkSync('/nowhere', paths().cache);
  await keepCache(paths());
  expect(await nextStage()).toEqual([]);
});

test('a cache of more than half of what a trial may hold is not given to it', async () => {
  await nextStage();
  writeFileSync(join(paths().cache, 'large'), Buffer.alloc(100_000));
  await keepCache(paths());
  expect(await nextStage({ disk: 150_000, files: 100 })).toEqual([]);
  expect(await nextStage({ disk: 300_000, files: 100 })).toEqual(['large']);
  expect(await nextStage({ disk: 300_000, files: 1 })).toEqual([]);
});
