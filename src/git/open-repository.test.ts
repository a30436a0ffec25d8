import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  git,
  gitProcesses,
  makeRepository,
  open,
  temporaryFolder,
  write,
} from './fixtures/temporary-repository.ts';
import { openRepository, refusalOf } from './open-repository.ts';

afterEach(() => vi.unstubAllEnvs());

describe('opening a repository', () => {
  it('tells its root, its git folder and where in it one stands', async () => {
    const root = makeRepository({ 'labs/größe 1/program.md': 'x' });
    const repository = await open(join(root, 'labs/größe 1'));
    expect(repository.root).toBe(root);
    expect(repository.gitDir).toBe(join(root, '.git'));
    expect(repository.prefix).toBe('labs/größe 1/');
    expect((await open(root)).prefix).toBe('');
  });

  it('follows a link into the repository', async () => {
    const root = makeRepository({ 'lab/a': 'x' });
    const link = join(temporaryFolder(), 'link');
    symlinkSync(join(root, 'lab'), link);
    const repository = await open(link);
    expect([repository.root, repository.prefix]).toEqual([root, 'lab/']);
  });

  it('reads a folder whose name holds a newline', async () => {
    const root = makeRepository({ 'a\nb/c': 'x' });
    const repository = await open(join(root, 'a\nb'));
    expect([repository.root, repository.prefix]).toEqual([root, 'a\nb/']);
  });

  it('finds the shared git folder from a linked worktree, and the HEAD of that worktree', async () => {
    const root = makeRepository({ a: '1' });
    const linked = join(temporaryFolder(), 'linked');
    git(root, 'worktree', 'add', '-q', '-b', 'side', linked);
    write(linked, { a: '2' });
    git(linked, 'commit', '-q', '-a', '-m', 'side');
    const repository = await open(linked);
    expect(repository.root).toBe(linked);
    expect(repository.gitDir).toBe(join(root, '.git'));
    expect(await repository.resolve('HEAD')).toBe(git(linked, 'rev-parse', 'HEAD').trim());
    expect(await repository.resolve('HEAD')).not.toBe(git(root, 'rev-parse', 'HEAD').trim());
  });

  it('opens a submodule as a repository of its own', async () => {
    const inner = makeRepository({ a: '1' });
    const outer = makeRepository({ b: '2' });
    git(outer, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
    const repository = await open(join(outer, 'sub'));
    expect(repository.root).toBe(join(outer, 'sub'));
    expect(repository.gitDir).toBe(join(outer, '.git/modules/sub'));
    write(join(outer, 'sub'), { a: 'changed' });
    const taken = await repository.snapshot({ indexFile: join(temporaryFolder(), 'index'), folder: '' });
    expect(taken).toMatchObject({ kind: 'taken', uncommitted: ['a'] });
  });

  it('does not look at GIT_DIR and its like in the surroundings', async () => {
    const root = makeRepository({ a: '1' });
    const other = makeRepository({ b: '2' });
    vi.stubEnv('GIT_DIR', join(other, '.git'));
    vi.stubEnv('GIT_WORK_TREE', other);
    vi.stubEnv('GIT_INDEX_FILE', join(other, '.git/index'));
    vi.stubEnv('GIT_OBJECT_DIRECTORY', join(other, '.git/objects'));
    const repository = await open(root);
    expect(repository.root).toBe(root);
    const files = await repository.list((await repository.resolve('HEAD'))!);
    expect(files.map(({ path }) => path)).toEqual(['a']);
  });

  it('says what a folder without a repository lacks', async () => {
    const folder = temporaryFolder();
    const outcome = await openRepository(folder);
    expect(outcome).toMatchObject({ kind: 'not-a-repository', message: expect.stringContaining('git init') });
    expect(outcome).toMatchObject({ message: expect.stringContaining(folder) });
  });

  it('says so when the folder is missing', async () => {
    const outcome = await openRepository(join(temporaryFolder(), 'gone'));
    expect(outcome).toMatchObject({
      kind: 'not-a-repository',
      message: expect.stringContaining('No such file'),
    });
  });

  it('refuses a bare repository and the inside of a git folder', async () => {
    const bare = temporaryFolder();
    git(bare, 'init', '-q', '--bare');
    expect(await openRepository(bare)).toMatchObject({ kind: 'bare' });
    const inside = join(makeRepository(), '.git');
    expect(await openRepository(inside)).toMatchObject({ kind: 'not-a-repository' });
  });

  it('says that git is missing, and how to get it', async () => {
    vi.stubEnv('PATH', temporaryFolder());
    expect(await openRepository('/')).toMatchObject({
      kind: 'git-missing',
      message: expect.stringContaining('Install git'),
    });
  });

  it.each([
    ['git version 2.29.3', 'git-too-old'],
    ['git version 1.99.0', 'git-too-old'],
    ['git version 2.30.0 (Apple Git-130)', 'not-a-repository'],
    ['git version 3.0.1', 'not-a-repository'],
  ])('judges "%s" by its numbers', async (said, kind) => {
    const programs = temporaryFolder('ratchet-programs-');
    write(programs, { git: `#!/bin/sh\necho '${said}'\necho 'fatal: not a git repository' >&2\n` });
    chmodSync(join(programs, 'git'), 0o755);
    vi.stubEnv('PATH', `${programs}:${process.env.PATH}`);
    expect(await openRepository('/')).toMatchObject({ kind });
  });

  it('names the command that trusts a repository of another user', () => {
    const newer = refusalOf('/x', {
      stderr: "fatal: detected dubious ownership in repository at '/home/a b/r'\n",
    });
    const older = refusalOf('/x', {
      stderr: "fatal: unsafe repository ('/home/a b/r' is owned by someone else)\n",
    });
    for (const outcome of [newer, older]) {
      expect(outcome.kind).toBe('unsafe-owner');
      expect(outcome.message).toContain("safe.directory '/home/a b/r'");
    }
  });

  it.runIf(process.getuid?.() === 0)(
    'recognises a repository of another user (only root can make one)',
    async () => {
      const root = makeRepository({ a: '1' });
      execFileSync('chown', ['-R', '12345', root]);
      expect(await openRepository(root)).toMatchObject({ kind: 'unsafe-owner' });
    },
  );

  it('leaves no file behind, and no git process after close', async () => {
    const scratch = temporaryFolder();
    const root = makeRepository({ a: '1' });
    const outcome = await openRepository(root, { scratch });
    if (outcome.kind !== 'open') throw new Error(outcome.message);
    const { repository } = outcome;
    const parent = (await repository.resolve('HEAD'))!;
    const changes = [{ kind: 'write', path: 'a', content: '2' }] as const;
    const to = await repository.commitChanges({ parent, changes, message: 'm' });
    await repository.updateRefs([{ ref: 'refs/ratchet/s/1', to }]);
    expect(gitProcesses(root)).not.toEqual([]);
    await repository.close();
    expect(gitProcesses(root)).toEqual([]);
    expect(readdirSync(scratch)).toEqual([]);
    await expect(repository.resolve('HEAD')).rejects.toThrow('closed');
  });

  it('ends its processes and whatever waits when its signal aborts', async () => {
    const root = makeRepository({ a: '1' });
    const controller = new AbortController();
    const repository = await open(root, controller.signal);
    await repository.resolve('HEAD');
    controller.abort(new Error('enough'));
    await expect(repository.diff('HEAD' as never, 'HEAD' as never, { maxBytes: 10 })).rejects.toThrow(
      'enough',
    );
    await expect(repository.resolve('HEAD')).rejects.toThrow();
    await repository.close();
    expect(gitProcesses(root)).toEqual([]);
  });
});

describe('the surroundings of git', () => {
  it('runs no hook, signs nothing and writes no reflog', async () => {
    const root = makeRepository({ a: '1' });
    const hooks = join(root, '.git/hooks');
    mkdirSync(hooks, { recursive: true });
    for (const hook of ['reference-transaction', 'post-index-change', 'post-checkout', 'pre-commit']) {
      write(hooks, { [hook]: '#!/bin/sh\nexit 1\n' });
      chmodSync(join(hooks, hook), 0o755);
    }
    git(root, 'config', 'commit.gpgSign', 'true');
    git(root, 'config', 'core.logAllRefUpdates', 'always');
    git(root, 'config', 'core.fsmonitor', join(hooks, 'pre-commit'));
    const repository = await open(root);
    const parent = (await repository.resolve('HEAD'))!;
    const changes = [{ kind: 'write', path: 'a', content: '2' }] as const;
    const to = await repository.commitChanges({ parent, changes, message: 'm' });
    const ref = 'refs/heads/ratchet/s';
    expect(await repository.updateRefs([{ ref, to }])).toEqual({ kind: 'updated' });
    const folder = join(temporaryFolder(), 'slot');
    await repository.checkout({ commit: to, folder, indexFile: `${folder}.index` });
    expect(git(root, 'cat-file', '-p', to)).not.toContain('gpgsig');
    expect(readdirSync(join(root, '.git/logs/refs/heads'))).toEqual(['main']);
  });
});
