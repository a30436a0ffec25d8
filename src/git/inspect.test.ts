import { chmodSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Commit } from '../model/identity.ts';
import { git, makeRepository, open } from './fixtures/temporary-repository.ts';

/** Three commits: two that one can inspect on a first one, whose parent is nobody's concern. */
async function prepare() {
  const root = makeRepository({ 'a/b.txt': 'b\n', 'c.txt': 'c\n' });
  const commits = [git(root, 'rev-parse', 'HEAD').trim() as Commit];
  for (const content of ['one\n', 'two\n', 'three\n']) {
    const repository = await open(root);
    const changes = [{ kind: 'write' as const, path: 'a/é.txt', content }];
    commits.push(await repository.commitChanges({ parent: commits.at(-1)!, changes, message: 'm' }));
  }
  return { root, commits, repository: await open(root) };
}

function objectFile(root: string, revision: string): string {
  const oid = git(root, 'rev-parse', revision).trim();
  return join(root, '.git/objects', oid.slice(0, 2), oid.slice(2));
}

it('commits with all that they need lack nothing, and tell their parents', async () => {
  const { repository, commits } = await prepare();
  const [, end, middle, tip] = commits;
  const { lacking, parents, objects } = await repository.inspect([tip!], end!);
  expect(lacking).toEqual([]);
  expect(parents.get(tip!)).toEqual([middle]);
  expect([...parents.keys()]).toEqual([tip, middle, end]);
  // Three commits with two folders and one file of their own each, and two files that all of them share.
  expect(objects).toBe(3 * 4 + 2);
});

it('a lost file, folder and commit is named with the commit that needs it, and the rest is looked at all the same', async () => {
  for (const [revision, path] of [
    ['TIP:a/é.txt', 'a/é.txt'],
    ['TIP:a', 'a'],
    ['TIP^{tree}', '.'],
    ['TIP', ''],
  ] as const) {
    const { root, repository, commits } = await prepare();
    const [, end, middle, tip] = commits;
    rmSync(objectFile(root, revision.replace('TIP', middle!)));
    const { lacking } = await repository.inspect([middle!, tip!, end!], end!);
    expect(lacking, revision).toEqual([{ commit: middle, path, reason: 'is missing' }]);
  }
});

it('what leads to the end is looked at too, and what lies before the end is nobody’s concern', async () => {
  const { root, repository, commits } = await prepare();
  const [first, end, middle, tip] = commits;
  rmSync(objectFile(root, first!));
  expect((await repository.inspect([tip!], end!)).lacking).toEqual([]);
  rmSync(objectFile(root, middle!));
  expect((await repository.inspect([tip!], end!)).lacking).toEqual([
    { commit: middle, path: '', reason: 'is missing' },
  ]);
});

it('an object that is cut off is told in git’s own words', async () => {
  const { root, repository, commits } = await prepare();
  const [, end, , tip] = commits;
  const file = objectFile(root, `${tip}:a`);
  chmodSync(file, 0o644);
  truncateSync(file, 1);
  const { lacking } = await repository.inspect([tip!], end!);
  expect(lacking).toEqual([
    { commit: tip, path: 'a', reason: expect.stringMatching(/cannot be read|missing/) },
  ]);
});

it('a file that is cut off at its beginning is lacked', async () => {
  const { root, repository, commits } = await prepare();
  const [, end, , tip] = commits;
  const file = objectFile(root, `${tip}:a/é.txt`);
  chmodSync(file, 0o644);
  truncateSync(file, 1);
  const { lacking } = await repository.inspect([tip!], end!);
  expect(lacking).toEqual([{ commit: tip, path: 'a/é.txt', reason: 'is missing' }]);
});
