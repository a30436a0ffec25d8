import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RepositoryChange } from './commit.ts';
import { InvalidChangeError } from './fault.ts';
import { git, makeRepository, open } from './fixtures/temporary-repository.ts';
import { pathProblem } from './paths.ts';
import type { Repository } from './repository.ts';

const STRANGE = { 'a b/ü.txt': '1', '-dash': '2', 'new\nline/"q"\t': '3', 'tab\there': '4', '*?[x]': '5' };
const time = new Date('2026-11-21T03:04:05Z');

async function head(repository: Repository) {
  return (await repository.resolve('HEAD'))!;
}

function filesOf(root: string, commit: string): Record<string, string> {
  const names = git(root, 'ls-tree', '-r', '-z', '--name-only', commit).split('\0').slice(0, -1);
  return Object.fromEntries(names.map((name) => [name, git(root, 'cat-file', 'blob', `${commit}:${name}`)]));
}

describe.each([['sha1'], ['sha256']])('in a %s repository', (format) => {
  it('a commit holds its changes and everything of its parent, names of every kind included', async () => {
    const root = makeRepository({ ...STRANGE, 'keep/deep/x': 'x', gone: 'g' }, `--object-format=${format}`);
    const repository = await open(root);
    const parent = await head(repository);
    const commit = await repository.commitChanges({
      parent,
      changes: [
        { kind: 'write', path: 'a b/ü.txt', content: 'changed\n' },
        { kind: 'write', path: '-dash', content: Buffer.from('bytes') },
        { kind: 'write', path: 'neu/日本/-x\ny', content: 'new' },
        { kind: 'delete', path: 'gone' },
        { kind: 'delete', path: 'new\nline/"q"\t' },
      ],
      message: 'A hypothesis: größer\n\nbody',
      time,
    });
    expect(filesOf(root, commit)).toEqual({
      'a b/ü.txt': 'changed\n',
      '-dash': 'bytes',
      'tab\there': '4',
      '*?[x]': '5',
      'keep/deep/x': 'x',
      'neu/日本/-x\ny': 'new',
    });
    expect(git(root, 'log', '-1', '--format=%P|%an <%ae>|%at|%cn <%ce>|%ct|%B', commit)).toBe(
      `${parent}|Ratchet <ratchet@localhost>|1795230245|Ratchet <ratchet@localhost>|1795230245|A hypothesis: größer\n\nbody\n\n`,
    );
    expect((await repository.readFile(commit, 'neu/日本/-x\ny'))?.toString()).toBe('new');
    git(root, 'fsck', '--strict', '--no-dangling');
  });
});

it('equal input gives the equal commit', async () => {
  const repository = await open(makeRepository({ a: '1' }));
  const init = { parent: await head(repository), changes: [], message: 'same', time };
  expect(await repository.commitChanges(init)).toBe(await repository.commitChanges(init));
});

it('a commit can be the first, and can be empty', async () => {
  const root = makeRepository();
  const repository = await open(root);
  const first = await repository.commitChanges({ changes: [], message: 'empty', time });
  expect(filesOf(root, first)).toEqual({});
  const changes = [{ kind: 'write', path: 'a', content: '1' }] as const;
  const second = await repository.commitChanges({ parent: first, changes, message: 'one', time });
  const third = await repository.commitChanges({
    parent: second,
    changes: [{ kind: 'delete', path: 'a' }],
    message: 'none',
    time,
  });
  expect(await repository.changes(first, third)).toEqual([]);
});

it('a file keeps its executable bit unless told otherwise', async () => {
  const root = makeRepository({ 'run.sh': '#!/bin/sh\n', plain: 'x' });
  git(root, 'update-index', '--chmod=+x', 'run.sh');
  git(root, 'commit', '-q', '-m', 'executable');
  const repository = await open(root);
  const commit = await repository.commitChanges({
    parent: await head(repository),
    changes: [
      { kind: 'write', path: 'run.sh', content: '#!/bin/sh\nexit\n' },
      { kind: 'write', path: 'plain', content: 'y', executable: true },
    ],
    message: 'm',
  });
  const modes = (await repository.list(commit)).map(({ path, mode }) => `${mode} ${path}`);
  expect(modes).toEqual(['100755 plain', '100755 run.sh']);
  const back = [{ kind: 'write', path: 'run.sh', content: '', executable: false }] as const;
  const plain = await repository.commitChanges({ parent: commit, changes: back, message: 'm' });
  expect((await repository.list(plain, 'run.sh'))[0]?.mode).toBe('100644');
});

it('a file becomes a folder, and a folder a file, when both are said', async () => {
  const root = makeRepository({ file: '1', 'folder/a': '2', 'folder/b/c': '3' });
  const repository = await open(root);
  const commit = await repository.commitChanges({
    parent: await head(repository),
    changes: [
      { kind: 'write', path: 'file/inside', content: 'i' },
      { kind: 'delete', path: 'file' },
      { kind: 'write', path: 'folder', content: 'f' },
      { kind: 'delete', path: 'folder/a' },
      { kind: 'delete', path: 'folder/b/c' },
    ],
    message: 'm',
  });
  expect(filesOf(root, commit)).toEqual({ 'file/inside': 'i', folder: 'f' });
});

it.each<[string, RepositoryChange[]]>([
  ['a path through a file', [{ kind: 'write', path: 'file/x', content: '' }]],
  ['a file where a folder is', [{ kind: 'write', path: 'folder', content: '' }]],
  ['the removal of a folder', [{ kind: 'delete', path: 'folder' }]],
  ['the removal of nothing', [{ kind: 'delete', path: 'nothing' }]],
  ['the removal of nothing in no folder', [{ kind: 'delete', path: 'no/thing' }]],
  [
    'one path twice',
    [
      { kind: 'write', path: 'x', content: '' },
      { kind: 'delete', path: 'x' },
    ],
  ],
  ['a way out', [{ kind: 'write', path: 'folder/../../x', content: '' }]],
  ['an absolute path', [{ kind: 'write', path: '/etc/passwd', content: '' }]],
  ["git's folder", [{ kind: 'write', path: 'folder/.GIT/config', content: '' }]],
  ['no path', [{ kind: 'write', path: '', content: '' }]],
  ['a NUL', [{ kind: 'write', path: 'a\0b', content: '' }]],
])('%s is refused by name', async (_, changes) => {
  const repository = await open(makeRepository({ file: '1', 'folder/a': '2' }));
  const promise = repository.commitChanges({ parent: await head(repository), changes, message: 'm' });
  await expect(promise).rejects.toThrow(InvalidChangeError);
  await expect(promise).rejects.toMatchObject({ path: changes[0]!.path });
});

it.each([
  '.git',
  'a/.Git',
  '.git.',
  '.git ',
  'git~1',
  '.g\u200cit',
  '.git::$INDEX_ALLOCATION',
  'a//b',
  'a/./b',
  'a/',
])('the path %j has a problem', (path) => {
  expect(pathProblem(path)).toBeTypeOf('string');
});

it.each([
  '.gitignore',
  'git',
  'a.git',
  '..a',
  '...',
  ' ',
  '-',
  'ü\n',
  'a/.github/x',
])('the path %j is fine', (path) => {
  expect(pathProblem(path)).toBeUndefined();
});

it('a NUL in a message neither ends it nor the commit', async () => {
  const root = makeRepository({ a: '1' });
  const repository = await open(root);
  const commit = await repository.commitChanges({
    parent: await head(repository),
    changes: [],
    message: 'before\0after \ud800',
  });
  expect(git(root, 'log', '-1', '--format=%s', commit).trim()).toBe('before\ufffdafter \ufffd');
});

it("nothing of the user's moves when a commit is made", async () => {
  const root = makeRepository({ a: '1' });
  const index = join(root, '.git/index');
  const state = () => [
    readFileSync(index).toString('hex'),
    statSync(index).mtimeMs,
    git(root, 'log', '--all'),
  ];
  const before = state();
  const repository = await open(root);
  const changes = [{ kind: 'write', path: 'a', content: '2' }] as const;
  await repository.commitChanges({ parent: await head(repository), changes, message: 'm' });
  expect(state()).toEqual(before);
  expect(readFileSync(join(root, 'a'), 'utf8')).toBe('1');
});

it('names that are no UTF-8 and modes of old writers survive a commit beside them', async () => {
  const root = makeRepository({ a: '1' });
  const repository = await open(root);
  const blob = git(root, 'rev-parse', 'HEAD:a').trim();
  const entry = Buffer.from(blob, 'hex');
  const tree = Buffer.concat([
    Buffer.from('100644 a\0'),
    entry,
    Buffer.from('100644 caf\xe9\0', 'latin1'),
    entry,
  ]);
  const { execFileSync } = await import('node:child_process');
  const hash = (type: string, input: Buffer | string) =>
    execFileSync('git', ['hash-object', '-w', '-t', type, '--stdin'], { cwd: root, input }).toString().trim();
  const person = 'A <a@b> 1 +0000';
  const parent = hash(
    'commit',
    `tree ${hash('tree', tree)}\nauthor ${person}\ncommitter ${person}\n\nm\n`,
  ) as never;
  const changes = [{ kind: 'write', path: 'b', content: '2' }] as const;
  const commit = await repository.commitChanges({ parent, changes, message: 'm' });
  const listed = execFileSync('git', ['ls-tree', '-z', '--name-only', commit], { cwd: root }).toString(
    'latin1',
  );
  expect(listed).toBe('a\0b\0caf\xe9\0');
});

it('any sequence of changes leaves what a plain map of files would hold', async () => {
  const root = makeRepository({ start: '' });
  const repository = await open(root);
  const name = fc.constantFrom('a', 'b', 'ä', 'a.b', 'a-b', 'A', ' ');
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
  const step = fc.record({ path, content: fc.option(fc.string({ unit: 'binary' })) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const model = new Map<string, string>();
      let commit = await repository.commitChanges({ changes: [], message: 'm', time });
      for (const { path, content } of steps) {
        const blocked = [...model.keys()].some(
          (at) => at.startsWith(`${path}/`) || path.startsWith(`${at}/`),
        );
        const change: RepositoryChange =
          content === null
            ? { kind: 'delete', path }
            : { kind: 'write', path, content: Buffer.from(content) };
        const next = repository.commitChanges({ parent: commit, changes: [change], message: 'm', time });
        if (content === null ? !model.has(path) : blocked) {
          await expect(next).rejects.toThrow(InvalidChangeError);
          continue;
        }
        commit = await next;
        if (content === null) model.delete(path);
        else model.set(path, Buffer.from(content).toString());
      }
      const listed = await repository.list(commit);
      expect(listed.map((file) => file.path).sort()).toEqual([...model.keys()].sort());
      for (const [at, content] of model) {
        expect((await repository.readFile(commit, at))?.toString()).toBe(content);
      }
    }),
    { numRuns: 40 },
  );
  expect(existsSync(join(root, 'a'))).toBe(false);
});

it('is by whoever it says, whatever their name holds', async () => {
  const root = makeRepository({ a: '1' });
  const repository = await open(root);
  const parent = (await repository.resolve('HEAD'))!;
  const change = { kind: 'write', path: 'a', content: '2' } as const;
  const commit = await repository.commitChanges({
    parent,
    changes: [change],
    message: 'm',
    person: { name: 'Úna <x>\nauthor evil', email: 'una@example.org>' },
  });
  expect(git(root, 'log', '-1', '--format=%an|%ae|%cn|%ce', commit).trim()).toBe(
    'Úna xauthor evil|una@example.org|Úna xauthor evil|una@example.org',
  );
});
