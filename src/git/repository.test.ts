import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Commit } from '../model/identity.ts';
import { GitFault } from './fault.ts';
import { git, makeRepository, open, temporaryFolder, write } from './fixtures/temporary-repository.ts';

describe('a revision', () => {
  it('is undefined on a branch without commits, and where there is none', async () => {
    const repository = await open(makeRepository());
    expect(await repository.resolve('HEAD')).toBeUndefined();
    expect(await repository.resolve('nowhere')).toBeUndefined();
    expect(await repository.resolve('a\nb')).toBeUndefined();
    expect(await repository.resolve('--all')).toBeUndefined();
    expect(await repository.resolve('')).toBeUndefined();
  });

  it('is found with a detached HEAD, by tag, and by abbreviation', async () => {
    const root = makeRepository({ a: '1' });
    git(root, 'checkout', '-q', '--detach');
    git(root, 'tag', '-a', 'v1', '-m', 'tag');
    const repository = await open(root);
    const head = git(root, 'rev-parse', 'HEAD').trim();
    for (const revision of ['HEAD', 'v1', head.slice(0, 10)])
      expect(await repository.resolve(revision)).toBe(head);
  });

  it('follows what the user does meanwhile', async () => {
    const root = makeRepository({ a: '1' });
    const repository = await open(root);
    const before = await repository.resolve('HEAD');
    write(root, { a: '2' });
    git(root, 'commit', '-q', '-a', '-m', 'two');
    git(root, 'pack-refs', '--all');
    git(root, 'gc', '-q', '--prune=now');
    const after = await repository.resolve('HEAD');
    expect(after).toBe(git(root, 'rev-parse', 'HEAD').trim());
    expect(after).not.toBe(before);
    expect((await repository.readFile(before!, 'a'))?.toString()).toBe('1');
  });

  it('is found in a shallow clone, whose commits can be built upon', async () => {
    const origin = makeRepository({ a: '1' });
    write(origin, { a: '2' });
    git(origin, 'commit', '-q', '-a', '-m', 'two');
    const root = join(temporaryFolder(), 'clone');
    git(origin, 'clone', '-q', '--depth', '1', `file://${origin}`, root);
    const repository = await open(root);
    const parent = (await repository.resolve('HEAD'))!;
    const changes = [{ kind: 'write', path: 'a', content: '3' }] as const;
    const commit = await repository.commitChanges({ parent, changes, message: 'm' });
    expect(await repository.isAncestor(parent, commit)).toBe(true);
    expect(await repository.isAncestor(commit, parent)).toBe(false);
    expect(await repository.changes(parent, commit)).toHaveLength(1);
  });
});

describe('files of a commit', () => {
  it('are read at their paths, plain files only', async () => {
    const root = makeRepository({ 'a b/ü\n': Buffer.from([0, 255, 10]), empty: '' });
    symlinkSync('empty', join(root, 'link'));
    git(root, 'add', 'link');
    git(root, 'commit', '-q', '-m', 'link');
    const repository = await open(root);
    const commit = (await repository.resolve('HEAD'))!;
    expect(await repository.readFile(commit, 'a b/ü\n')).toEqual(Buffer.from([0, 255, 10]));
    expect(await repository.readFile(commit, 'empty')).toEqual(Buffer.alloc(0));
    for (const path of ['link', 'a b', 'a b/ü\n/x', 'nothing', '', '../x', '/empty']) {
      expect(await repository.readFile(commit, path)).toBeUndefined();
    }
  });

  it('are listed as git lists them, below a prefix too', async () => {
    const root = makeRepository({ 'b/c/d': '1', 'b/-x': '2', 'b.txt': '3', 'ü/a': '4', 'bc/x': '5' });
    const repository = await open(root);
    const commit = (await repository.resolve('HEAD'))!;
    const asGit = (...prefix: string[]) =>
      git(root, 'ls-tree', '-r', '-z', 'HEAD', '--', ...prefix)
        .split('\0')
        .slice(0, -1)
        .map((line) => line.replace(' blob ', ' ').replace('\t', ' '));
    const asOurs = async (prefix?: string) =>
      (await repository.list(commit, prefix)).map(({ mode, oid, path }) => `${mode} ${oid} ${path}`);
    expect(await asOurs()).toEqual(asGit());
    expect(await asOurs('b')).toEqual(asGit('b'));
    expect(await asOurs('b/')).toEqual(asGit('b/'));
    expect(await asOurs('b/-x')).toEqual(asGit('b/-x'));
    expect(await asOurs('nothing')).toEqual([]);
  });

  it('are all there in a repository of 10,000', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, i) => [`d${i % 97}/e${i % 7}/f${i}`, `${i % 50}`]),
    );
    const root = makeRepository(files);
    const repository = await open(root);
    const parent = (await repository.resolve('HEAD'))!;
    const paths = (await repository.list(parent)).map(({ path }) => path);
    expect(paths.sort()).toEqual(Object.keys(files).sort());
    const changes = [{ kind: 'write', path: 'd5/e5/f5', content: 'new' }] as const;
    const commit = await repository.commitChanges({ parent, changes, message: 'm' });
    expect(await repository.changes(parent, commit)).toEqual([
      { path: 'd5/e5/f5', status: 'modified', oldMode: '100644', newMode: '100644' },
    ]);
    const folder = join(temporaryFolder(), 'slot');
    const indexFile = `${folder}.index`;
    await repository.checkout({ commit: parent, folder, indexFile });
    write(folder, { 'd6/e6/f6': 'edited', junk: 'x' });
    await repository.checkout({ commit, folder, indexFile });
    const environment = ['--git-dir', join(root, '.git'), '--work-tree', folder];
    expect(git(folder, ...environment, 'diff', '--name-only', commit)).toBe('');
    expect(git(folder, ...environment, 'ls-files', '-o')).toBe('');
  });

  it('that the repository has lost are a fault that names repository and mend', async () => {
    const root = makeRepository({ a: '1' });
    const oid = git(root, 'rev-parse', 'HEAD:a').trim();
    const { rmSync } = await import('node:fs');
    rmSync(join(root, '.git/objects', oid.slice(0, 2), oid.slice(2)));
    const repository = await open(root);
    const reading = repository.readFile((await repository.resolve('HEAD'))!, 'a');
    await expect(reading).rejects.toThrow(GitFault);
    await expect(reading).rejects.toThrow(/git fsck/);
    await expect(reading).rejects.toThrow(root);
  });
});

describe('changes between two commits', () => {
  it('show links, submodules, modes and files that become folders', async () => {
    const root = makeRepository({
      edited: '1',
      removed: '1',
      linked: '1',
      script: '1',
      swap: '1',
      'dir/x': '1',
    });
    const repository = await open(root);
    const from = (await repository.resolve('HEAD'))!;
    git(root, 'rm', '-q', '-r', 'removed', 'linked', 'swap', 'dir');
    write(root, { edited: '2', 'swap/inside': '1', dir: '1', 'new é': '1' });
    symlinkSync('/etc', join(root, 'linked'));
    git(root, 'add', '-A');
    git(root, 'update-index', '--chmod=+x', 'script');
    git(root, 'update-index', '--add', '--cacheinfo', `160000,${from},module`);
    git(root, 'commit', '-q', '-m', 'all kinds');
    const to = (await repository.resolve('HEAD'))!;
    expect(await repository.changes(from, to)).toEqual([
      { path: 'dir', status: 'added', newMode: '100644' },
      { path: 'dir/x', status: 'deleted', oldMode: '100644' },
      { path: 'edited', status: 'modified', oldMode: '100644', newMode: '100644' },
      { path: 'linked', status: 'type-changed', oldMode: '100644', newMode: '120000' },
      { path: 'module', status: 'added', newMode: '160000' },
      { path: 'new é', status: 'added', newMode: '100644' },
      { path: 'removed', status: 'deleted', oldMode: '100644' },
      { path: 'script', status: 'modified', oldMode: '100644', newMode: '100755' },
      { path: 'swap', status: 'deleted', oldMode: '100644' },
      { path: 'swap/inside', status: 'added', newMode: '100644' },
    ]);
    expect(await repository.changes(to, to)).toEqual([]);
  });

  it('read as a unified diff, by path, without colour and without any program of the user', async () => {
    const root = makeRepository({
      'a b.txt': 'one\n',
      'lab/ü.ts': 'x\n',
      '*': 'star\n',
      '.gitattributes': '*.ts diff=x\n',
    });
    git(root, 'config', 'color.ui', 'always');
    git(root, 'config', 'diff.external', 'false');
    git(root, 'config', 'diff.x.textconv', 'false');
    git(root, 'config', 'diff.noprefix', 'true');
    const repository = await open(root);
    const from = (await repository.resolve('HEAD'))!;
    const to = await repository.commitChanges({
      parent: from,
      changes: [
        { kind: 'write', path: 'a b.txt', content: 'two\n' },
        { kind: 'write', path: 'lab/ü.ts', content: 'y\n' },
        { kind: 'write', path: '*', content: 'moon\n' },
      ],
      message: 'm',
    });
    const all = await repository.diff(from, to, { maxBytes: 10_000 });
    expect(all.truncated).toBe(false);
    expect(all.text).toContain('--- a/a b.txt\t\n+++ b/a b.txt\t\n@@ -1 +1 @@\n-one\n+two\n');
    expect(all.text).toContain('+++ b/lab/ü.ts\n@@ -1 +1 @@\n-x\n+y\n');
    const star = await repository.diff(from, to, { paths: ['*'], maxBytes: 10_000 });
    expect(star.text.match(/^diff /gm)).toHaveLength(1);
    expect(star.text).toContain('+moon');
  });

  it('end at a whole line where they are longer than asked for', async () => {
    const repository = await open(makeRepository({ a: '' }));
    const from = (await repository.resolve('HEAD'))!;
    const content = 'größe und länge\n'.repeat(200_000);
    const to = await repository.commitChanges({
      parent: from,
      changes: [{ kind: 'write', path: 'a', content }],
      message: 'm',
    });
    const { text, truncated } = await repository.diff(from, to, { maxBytes: 1_000 });
    expect(truncated).toBe(true);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_000);
    expect(Buffer.byteLength(text)).toBeGreaterThan(950);
    expect(text.endsWith('+größe und länge\n')).toBe(true);
  });

  it('cannot be told for a commit that is not there', async () => {
    const repository = await open(makeRepository({ a: '' }));
    const nowhere = '1'.repeat(40) as Commit;
    await expect(repository.changes(nowhere, nowhere.replace('1', '2') as Commit)).rejects.toThrow(GitFault);
    await expect(repository.diff(nowhere, nowhere, { maxBytes: 10 })).rejects.toThrow(GitFault);
  });
});
