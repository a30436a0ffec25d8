import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GitFault } from './fault.ts';
import { git, makeRepository, open, temporaryFolder, write } from './fixtures/temporary-repository.ts';
import type { SnapshotOptions, SnapshotOutcome } from './snapshot.ts';

/** Everything of the user's that could change, as bytes and times. */
function standing(root: string, directory = root) {
  const index = git(directory, 'rev-parse', '--path-format=absolute', '--git-path', 'index').trim();
  // Asked first, since the user's own `git status` may refresh the index.
  const stat = statSync(index, { throwIfNoEntry: false, bigint: true });
  return {
    index: stat && [readFileSync(index).toString('hex'), stat.mtimeNs],
    head: readFileSync(join(root, '.git/HEAD'), 'utf8'),
    status: git(directory, '--no-optional-locks', 'status', '--porcelain', '-uall'),
    stash: git(directory, 'stash', 'list'),
    refs: git(directory, 'for-each-ref'),
    config: readFileSync(join(root, '.git/config'), 'utf8'),
  };
}

async function snapshot(directory: string, options: Partial<SnapshotOptions> = {}): Promise<SnapshotOutcome> {
  const repository = await open(directory);
  return repository.snapshot({ indexFile: join(temporaryFolder(), 'index'), folder: '', ...options });
}

async function taken(directory: string, options: Partial<SnapshotOptions> = {}) {
  const outcome = await snapshot(directory, options);
  if (outcome.kind !== 'taken') throw new Error(outcome.message);
  const show = (path: string) => git(directory, 'cat-file', 'blob', `${outcome.commit}:${path}`);
  return { ...outcome, show };
}

const START = { 'labs/gpt 1/träin.ts': 'one\n', 'lib/a': 'a\n', 'lib/b': 'b\n', '.gitignore': 'ignored\n' };

describe('the baseline of a study', () => {
  it('is HEAD itself where nothing differs, though files were touched', async () => {
    const root = makeRepository(START);
    write(root, { 'lib/a': 'a\n', ignored: 'x', 'outside the lab': 'x' });
    const outcome = await taken(root, { folder: 'labs/gpt 1' });
    expect(outcome).toMatchObject({ commit: git(root, 'rev-parse', 'HEAD').trim(), uncommitted: [] });
  });

  it('holds what is edited, deleted, staged and new, and touches nothing', async () => {
    const root = makeRepository({ ...START, 'lib/moved': 'm' });
    git(root, 'config', 'status.showUntrackedFiles', 'no');
    git(root, 'config', 'commit.gpgSign', 'true');
    write(root, { 'lib/stashed': 's' });
    git(root, 'add', 'lib/stashed');
    git(root, '-c', 'commit.gpgSign=false', 'stash', 'push', '-q');
    write(root, { 'labs/gpt 1/träin.ts': 'two\n', 'labs/gpt 1/neu\n é': 'n', 'labs/gpt 1/ignored': 'x' });
    write(root, { 'lib/staged': 's', 'lib/untracked outside': 'x', 'labs/gpt 1/.ratchet/state': 'x' });
    write(root, { 'labs/gpt 1/-dash': '-' });
    git(root, 'add', 'lib/staged');
    rmSync(join(root, 'lib/b'));
    git(root, 'rm', '-q', '--cached', 'lib/a');
    const before = standing(root);
    const time = new Date('2026-01-02T03:04:05Z');
    const outcome = await taken(root, { folder: 'labs/gpt 1', exclude: ['labs/gpt 1/.ratchet'], time });
    expect(standing(root)).toEqual(before);
    const paths = [
      'labs/gpt 1/-dash',
      'labs/gpt 1/neu\n é',
      'labs/gpt 1/träin.ts',
      'lib/a',
      'lib/b',
      'lib/staged',
    ];
    expect(outcome.uncommitted).toEqual(paths);
    expect(outcome.show('labs/gpt 1/träin.ts')).toBe('two\n');
    expect(outcome.show('labs/gpt 1/neu\n é')).toBe('n');
    expect(git(root, 'ls-tree', '-r', '--name-only', '-z', outcome.commit, '--', 'lib').split('\0')).toEqual([
      'lib/moved',
      'lib/staged',
      '',
    ]);
    expect(git(root, 'log', '-1', '--format=%P %at', outcome.commit).trim()).toBe(
      `${git(root, 'rev-parse', 'HEAD').trim()} 1767323045`,
    );
  });

  it('is a commit without history where there is none yet', async () => {
    const root = makeRepository();
    write(root, { 'lab/a': '1', other: 'x' });
    const before = standing(root);
    const outcome = await taken(root, { folder: 'lab' });
    expect(standing(root)).toEqual(before);
    expect(outcome.uncommitted).toEqual(['lab/a']);
    expect(git(root, 'log', '-1', '--format=%P', outcome.commit).trim()).toBe('');
  });

  it('is an empty commit in a repository where there is nothing at all', async () => {
    const root = makeRepository();
    const outcome = await taken(root);
    expect(outcome.uncommitted).toEqual([]);
    expect(git(root, 'ls-tree', outcome.commit)).toBe('');
  });

  it('is taken with a detached HEAD, and in a linked worktree from its own files', async () => {
    const root = makeRepository(START);
    const linked = join(temporaryFolder(), 'linked é');
    git(root, 'worktree', 'add', '-q', '--detach', linked);
    write(root, { 'lib/a': 'in the main one\n' });
    write(linked, { 'lib/b': 'in the linked one\n' });
    const before = [standing(root), standing(root, linked)];
    const outcome = await taken(linked);
    expect(outcome.uncommitted).toEqual(['lib/b']);
    expect([standing(root), standing(root, linked)]).toEqual(before);
  });

  it('has the content that git would store, line ends of the user included', async () => {
    const root = makeRepository(START);
    git(root, 'config', 'core.autocrlf', 'true');
    write(root, { 'lib/a': 'a\r\n', 'lib/b': 'changed\r\n' });
    const outcome = await taken(root);
    expect(outcome.uncommitted).toEqual(['lib/b']);
    expect(outcome.show('lib/b')).toBe('changed\n');
  });

  it('holds the files of a merge that is not finished, as they lie there', async () => {
    const root = makeRepository(START);
    git(root, 'checkout', '-q', '-b', 'side');
    write(root, { 'lib/a': 'side\n' });
    git(root, 'commit', '-q', '-a', '-m', 'side');
    git(root, 'checkout', '-q', 'main');
    write(root, { 'lib/a': 'main\n' });
    git(root, 'commit', '-q', '-a', '-m', 'main');
    expect(() => git(root, 'merge', '-q', 'side')).toThrow();
    const before = standing(root);
    const outcome = await taken(root);
    expect(outcome.uncommitted).toEqual(['lib/a']);
    expect(outcome.show('lib/a')).toContain('<<<<<<<');
    expect(standing(root)).toEqual(before);
  });

  it('keeps what a sparse checkout leaves out', async () => {
    const root = makeRepository(START);
    git(root, 'sparse-checkout', 'set', 'lib');
    const outcome = await taken(root);
    expect(outcome).toMatchObject({ commit: git(root, 'rev-parse', 'HEAD').trim(), uncommitted: [] });
  });

  it('works from HEAD where the index is missing', async () => {
    const root = makeRepository(START);
    rmSync(join(root, '.git/index'));
    write(root, { 'lib/a': 'x\n' });
    expect((await taken(root)).uncommitted).toEqual(['lib/a']);
    expect(statSync(join(root, '.git/index'), { throwIfNoEntry: false })).toBeUndefined();
  });

  it('reads a split index and leaves no part of another in the git folder', async () => {
    const root = makeRepository(START);
    git(root, 'config', 'core.splitIndex', 'true');
    git(root, 'update-index', '--split-index');
    write(root, { 'lib/a': 'x\n' });
    const list = () =>
      git(root, 'status', '--porcelain') + readFileSync(join(root, '.git/index')).toString('hex');
    const { readdirSync } = await import('node:fs');
    const before = [list(), readdirSync(join(root, '.git')).sort()];
    expect((await taken(root)).uncommitted).toEqual(['lib/a']);
    expect([list(), readdirSync(join(root, '.git')).sort()]).toEqual(before);
  });

  it('shows links as links, and leaves nested repositories out by name', async () => {
    const root = makeRepository(START);
    symlinkSync('/etc/passwd', join(root, 'lib/link'));
    mkdirSync(join(root, 'lib/nested'));
    git(join(root, 'lib/nested'), 'init', '-q');
    write(root, { 'lib/nested/file': 'x' });
    const outcome = await taken(root);
    expect(outcome.uncommitted).toEqual(['lib/link']);
    expect(outcome.nestedRepositories).toEqual(['lib/nested/']);
    expect(git(root, 'ls-tree', outcome.commit, 'lib/link')).toMatch(/^120000/);
  });

  it('runs over what an ended run left at its index', async () => {
    const root = makeRepository(START);
    const indexFile = join(temporaryFolder(), 'index');
    write(root, { 'lib/a': 'x\n' });
    write(indexFile.slice(0, indexFile.lastIndexOf('/')), { index: 'garbage', 'index.lock': '' });
    expect((await taken(root, { indexFile })).uncommitted).toEqual(['lib/a']);
  });

  it('is refused where untracked files are too large, by the name of the largest', async () => {
    const root = makeRepository(START);
    write(root, {
      'labs/gpt 1/big': Buffer.alloc(700),
      'labs/gpt 1/bigger é': Buffer.alloc(800),
      other: Buffer.alloc(9999),
    });
    const folder = 'labs/gpt 1';
    const before = standing(root);
    expect(await snapshot(root, { folder, maxBytes: 1_499 })).toMatchObject({
      kind: 'too-large',
      bytes: 1_500,
      largest: { path: 'labs/gpt 1/bigger é', bytes: 800 },
      message: expect.stringMatching(/bigger é.*\.gitignore/),
    });
    expect(standing(root)).toEqual(before);
    expect(await snapshot(root, { folder, maxBytes: 1_500 })).toMatchObject({ kind: 'taken' });
    expect(await snapshot(root, { folder, maxBytes: 700, exclude: ['labs/gpt 1/bigger é'] })).toMatchObject({
      kind: 'taken',
      uncommitted: ['labs/gpt 1/big'],
    });
  });

  it.runIf(process.getuid?.() !== 0)('names a file that cannot be read (root can read all)', async () => {
    const root = makeRepository(START);
    write(root, { secret: 'x' });
    chmodSync(join(root, 'secret'), 0);
    await expect(snapshot(root)).rejects.toThrow(GitFault);
    await expect(snapshot(root)).rejects.toThrow('secret');
  });
});
