import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RepositoryChange } from './commit.ts';
import { git, makeRepository, open } from './fixtures/temporary-repository.ts';

const LINES = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', ''].join('\n');
const write = (path: string, content: string | Buffer, executable?: boolean): RepositoryChange =>
  executable === undefined ? { kind: 'write', path, content } : { kind: 'write', path, content, executable };
const remove = (path: string): RepositoryChange => ({ kind: 'delete', path });

async function mergeOf(ours: RepositoryChange[], theirs: RepositoryChange[]) {
  const root = makeRepository({
    'a b/ü.ts': LINES,
    other: 'x\n',
    binary: Buffer.from([0, 1, 2]),
    'dir/x': 'x\n',
  });
  symlinkSync('other', join(root, 'link'));
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '-m', 'link');
  const repository = await open(root);
  const base = (await repository.resolve('HEAD'))!;
  const commit = (changes: RepositoryChange[]) =>
    repository.commitChanges({ parent: base, changes, message: 'm' });
  const sides = { base, ours: await commit(ours), theirs: await commit(theirs) };
  const outcome = await repository.merge({ ...sides, message: 'merged' });
  return { root, repository, outcome, ...sides };
}

it('changes to different lines and different files come together on top of ours', async () => {
  const { root, repository, outcome, ours } = await mergeOf(
    [write('a b/ü.ts', LINES.replace('two', 'TWO')), write('mine', 'm')],
    [write('a b/ü.ts', LINES.replace('seven', 'SEVEN')), write('theirs', 't'), remove('other')],
  );
  if (outcome.kind !== 'clean') throw new Error('conflict');
  const merged = await repository.readFile(outcome.commit, 'a b/ü.ts');
  expect(merged?.toString()).toBe(LINES.replace('two', 'TWO').replace('seven', 'SEVEN'));
  const paths = (await repository.list(outcome.commit)).map(({ path }) => path);
  expect(paths).toEqual(['a b/ü.ts', 'binary', 'dir/x', 'link', 'mine', 'theirs']);
  expect(git(root, 'log', '-1', '--format=%P %s', outcome.commit).trim()).toBe(`${ours} merged`);
});

it('the same change on both sides is no conflict', async () => {
  const change = [write('a b/ü.ts', 'same\n'), remove('other'), write('new', 'n')];
  const { repository, outcome, ours } = await mergeOf(change, change);
  if (outcome.kind !== 'clean') throw new Error('conflict');
  expect(await repository.changes(ours, outcome.commit)).toEqual([]);
});

it('content from one side and the executable bit from the other come together', async () => {
  const { repository, outcome } = await mergeOf([write('other', 'x\n', true)], [write('other', 'y\n')]);
  if (outcome.kind !== 'clean') throw new Error('conflict');
  expect((await repository.list(outcome.commit, 'other'))[0]?.mode).toBe('100755');
  expect((await repository.readFile(outcome.commit, 'other'))?.toString()).toBe('y\n');
});

it.each<[string, RepositoryChange[], RepositoryChange[], string[]]>([
  [
    'the same line',
    [write('a b/ü.ts', LINES.replace('two', '2'))],
    [write('a b/ü.ts', LINES.replace('two', 'II'))],
    ['a b/ü.ts'],
  ],
  ['an edit and a removal', [remove('other')], [write('other', 'y')], ['other']],
  ['a removal and an edit', [write('other', 'y')], [remove('other')], ['other']],
  ['two additions', [write('new', '1')], [write('new', '2')], ['new']],
  [
    'a binary file',
    [write('binary', Buffer.from([0, 9]))],
    [write('binary', Buffer.from([0, 8]))],
    ['binary'],
  ],
  ['a link', [remove('link')], [write('link', 'a file')], ['link']],
  ['a file and a folder', [remove('other'), write('other/x', '1')], [write('other', '2')], ['other']],
  ['a folder and a file', [write('dir/y', '1')], [remove('dir/x'), write('dir', '2')], ['dir']],
  [
    'two files',
    [remove('other'), write('new', '1')],
    [write('other', 'y'), write('new', '2')],
    ['new', 'other'],
  ],
])('%s conflicts, by name', async (_, ours, theirs, paths) => {
  const { outcome } = await mergeOf(ours, theirs);
  expect(outcome).toEqual({ kind: 'conflict', paths });
});
