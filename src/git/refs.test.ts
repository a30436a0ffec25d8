import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Commit } from '../model/identity.ts';
import { GitFault } from './fault.ts';
import { git, makeRepository, open, temporaryFolder, write } from './fixtures/temporary-repository.ts';

async function prepare() {
  const root = makeRepository({ a: '1' });
  const repository = await open(root);
  const first = (await repository.resolve('HEAD'))!;
  const changes = [{ kind: 'write', path: 'a', content: '2' }] as const;
  const second = await repository.commitChanges({ parent: first, changes, message: 'm' });
  return { root, repository, first, second };
}

it('refs are made, moved, listed and deleted', async () => {
  const { repository, first, second } = await prepare();
  const one = 'refs/ratchet/s/1';
  const two = 'refs/ratchet/s/2';
  expect(
    await repository.updateRefs([
      { ref: one, to: first, expected: 'absent' },
      { ref: two, to: first },
    ]),
  ).toEqual({
    kind: 'updated',
  });
  expect(await repository.updateRefs([{ ref: one, to: second, expected: first }])).toEqual({
    kind: 'updated',
  });
  expect(await repository.listRefs('refs/ratchet/s')).toEqual([
    { ref: one, commit: second },
    { ref: two, commit: first },
  ]);
  expect(await repository.listRefs('refs/ratchet/s/')).toHaveLength(2);
  expect(await repository.updateRefs([{ ref: two, delete: true }])).toEqual({ kind: 'updated' });
  expect(await repository.listRefs('refs/ratchet')).toEqual([{ ref: one, commit: second }]);
  expect(await repository.updateRefs([])).toEqual({ kind: 'updated' });
});

it('an update that expects something else moves nothing, and the next one works', async () => {
  const { repository, first, second } = await prepare();
  await repository.updateRefs([{ ref: 'refs/ratchet/s/1', to: first }]);
  const both = await repository.updateRefs([
    { ref: 'refs/ratchet/s/2', to: second },
    { ref: 'refs/ratchet/s/1', to: first, expected: second },
  ]);
  expect(both).toMatchObject({ kind: 'moved', ref: 'refs/ratchet/s/1' });
  const absent = await repository.updateRefs([{ ref: 'refs/ratchet/s/1', to: second, expected: 'absent' }]);
  expect(absent).toMatchObject({ kind: 'moved', ref: 'refs/ratchet/s/1' });
  const missing = await repository.updateRefs([{ ref: 'refs/ratchet/s/3', to: second, expected: first }]);
  expect(missing).toMatchObject({ kind: 'moved', ref: 'refs/ratchet/s/3' });
  expect(await repository.listRefs('refs/ratchet')).toEqual([{ ref: 'refs/ratchet/s/1', commit: first }]);
  expect(await repository.updateRefs([{ ref: 'refs/ratchet/s/1', to: second }])).toEqual({ kind: 'updated' });
});

it('many updates at once all arrive, each in its turn', async () => {
  const { repository, first } = await prepare();
  const refs = Array.from({ length: 50 }, (_, i) => `refs/ratchet/s/${i}`);
  const outcomes = await Promise.all(refs.map((ref) => repository.updateRefs([{ ref, to: first }])));
  expect(outcomes.every(({ kind }) => kind === 'updated')).toBe(true);
  expect(await repository.listRefs('refs/ratchet/s')).toHaveLength(50);
});

it("a user's ref is never moved", async () => {
  const { root, repository, second } = await prepare();
  const before = git(root, 'for-each-ref');
  for (const ref of [
    'refs/heads/main',
    'HEAD',
    'refs/tags/v1',
    'refs/ratchet',
    'refs/heads/ratchet',
    'refs/ratchet/a b',
  ]) {
    await expect(repository.updateRefs([{ ref, to: second }])).rejects.toThrow(ref);
  }
  expect(git(root, 'for-each-ref')).toBe(before);
});

it('a branch of another name is made where there is none, and where there is one it is neither moved nor deleted', async () => {
  const { root, repository, first, second } = await prepare();
  const ref = 'refs/heads/faster/sum';
  expect(await repository.updateRefs([{ ref, to: first, expected: 'absent' }])).toEqual({ kind: 'updated' });
  expect(await repository.updateRefs([{ ref, to: second, expected: 'absent' }])).toMatchObject({
    kind: 'moved',
    ref,
  });
  await expect(repository.updateRefs([{ ref, to: second, expected: first }])).rejects.toThrow(ref);
  await expect(repository.updateRefs([{ ref, delete: true, expected: first }])).rejects.toThrow(ref);
  await expect(
    repository.updateRefs([{ ref: 'refs/tags/x', to: first, expected: 'absent' }]),
  ).rejects.toThrow();
  expect(git(root, 'rev-parse', ref).trim()).toBe(first);
});

it('a branch of ours that somebody has checked out stays, in a linked worktree too', async () => {
  const { root, repository, first, second } = await prepare();
  const branch = 'refs/heads/ratchet/s';
  await repository.updateRefs([{ ref: branch, to: first }]);
  git(root, 'checkout', '-q', 'ratchet/s');
  expect(await repository.updateRefs([{ ref: branch, to: second }])).toMatchObject({
    kind: 'checked-out',
    worktree: root,
  });
  git(root, 'checkout', '-q', 'main');
  const linked = join(temporaryFolder(), 'linked');
  git(root, 'worktree', 'add', '-q', linked, 'ratchet/s');
  expect(await repository.updateRefs([{ ref: branch, to: second }])).toMatchObject({
    kind: 'checked-out',
    worktree: linked,
  });
  git(root, 'worktree', 'remove', linked);
  expect(await repository.updateRefs([{ ref: branch, to: second }])).toEqual({ kind: 'updated' });
});

it("a user's branch in the way is named", async () => {
  const { root, repository, first } = await prepare();
  git(root, 'branch', 'ratchet');
  expect(await repository.updateRefs([{ ref: 'refs/heads/ratchet/s', to: first }])).toMatchObject({
    kind: 'name-taken',
    by: 'refs/heads/ratchet',
    ref: 'refs/heads/ratchet/s',
  });
});

it('a lock that a killed git left on one of our refs does not end the study', async () => {
  const { root, repository, first } = await prepare();
  const locks = ['ratchet/s/1', 'ratchet/s/2'].map((ref) => join(root, '.git/refs', `${ref}.lock`));
  for (const lock of locks) {
    write(lock.slice(0, lock.lastIndexOf('/')), {});
    await repository.updateRefs([{ ref: 'refs/ratchet/s/0', to: first }]);
    writeFileSync(lock, '');
    const old = new Date(Date.now() - 60_000);
    utimesSync(lock, old, old);
  }
  const updates = ['refs/ratchet/s/1', 'refs/ratchet/s/2'].map((ref) => ({ ref, to: first }));
  expect(await repository.updateRefs(updates)).toEqual({ kind: 'updated' });
  expect(locks.some((lock) => existsSync(lock))).toBe(false);
});

it('a lock that seems to come from the future, since the clock was set back, is waited for no longer', async () => {
  const { root, repository, first } = await prepare();
  await repository.updateRefs([{ ref: 'refs/ratchet/s/0', to: first }]);
  const lock = join(root, '.git/refs/ratchet/s/1.lock');
  writeFileSync(lock, '');
  const tomorrow = new Date(Date.now() + 86_400_000);
  utimesSync(lock, tomorrow, tomorrow);
  expect(await repository.updateRefs([{ ref: 'refs/ratchet/s/1', to: first }])).toEqual({ kind: 'updated' });
  expect(existsSync(lock)).toBe(false);
});

it('a lock on what is not ours alone is left, and named in the fault', async () => {
  const { root, repository, first } = await prepare();
  await repository.updateRefs([{ ref: 'refs/ratchet/s/1', to: first }]);
  git(root, 'pack-refs', '--all');
  const lock = join(root, '.git/packed-refs.lock');
  writeFileSync(lock, '');
  const deleting = repository.updateRefs([{ ref: 'refs/ratchet/s/1', delete: true }]);
  await expect(deleting).rejects.toThrow(GitFault);
  await expect(deleting).rejects.toThrow(/packed-refs\.lock'.*remove the \.lock file it names/s);
  expect(existsSync(lock)).toBe(true);
});

it('a commit that is not there cannot be pointed at', async () => {
  const { root, repository } = await prepare();
  const to = '1'.repeat(40) as Commit;
  await expect(repository.updateRefs([{ ref: 'refs/ratchet/s/1', to }])).rejects.toThrow(GitFault);
  expect(existsSync(join(root, '.git/refs/ratchet/s/1'))).toBe(false);
  expect(readFileSync(join(root, '.git/HEAD'), 'utf8')).toBe('ref: refs/heads/main\n');
});
