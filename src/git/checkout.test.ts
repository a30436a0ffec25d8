import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Commit } from '../model/identity.ts';
import { git, makeRepository, open, temporaryFolder, write } from './fixtures/temporary-repository.ts';
import type { Repository } from './repository.ts';

// So that what is expected below can be written down.
process.umask(0o022);

const FILES = {
  'a b/ü.txt': 'one\n',
  'src/deep/x': 'x\n',
  'src/y': 'y\n',
  '-dash': 'd\n',
  'new\nline': 'n\n',
};

async function prepare(files: Record<string, string> = FILES) {
  const root = makeRepository(files);
  symlinkSync('src/y', join(root, 'link'));
  write(root, { 'run.sh': '#!/bin/sh\n' });
  chmodSync(join(root, 'run.sh'), 0o755);
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '-m', 'all kinds');
  const repository = await open(root);
  const commit = (await repository.resolve('HEAD'))!;
  const place = temporaryFolder();
  const folder = join(place, 'slot 1');
  const check = (of: Commit = commit, keep: string[] = []) =>
    repository.checkout({ commit: of, folder, indexFile: join(place, 'index'), keep });
  return { root, repository, commit, place, folder, check };
}

/** What lies in a folder: each path with its kind, executable bit and content; folders too. */
function contentOf(folder: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const name = join(below, entry.name);
    const path = join(folder, name);
    const permissions = (lstatSync(path).mode & 0o7777).toString(8);
    if (entry.isSymbolicLink()) found[name] = `-> ${readlinkSync(path)}`;
    else if (entry.isDirectory())
      Object.assign(found, { [name]: `folder ${permissions}` }, contentOf(folder, name));
    else if (entry.isFile()) found[name] = `${permissions} ${readFileSync(path)}`;
    else found[name] = 'neither file nor folder';
  }
  return found;
}

const CLEAN = {
  'a b': 'folder 755',
  'a b/ü.txt': '644 one\n',
  src: 'folder 755',
  'src/deep': 'folder 755',
  'src/deep/x': '644 x\n',
  'src/y': '644 y\n',
  '-dash': '644 d\n',
  'new\nline': '644 n\n',
  link: '-> src/y',
  'run.sh': '755 #!/bin/sh\n',
};

describe('a slot becomes the tree of its commit', () => {
  it('from nothing', async () => {
    const { folder, check } = await prepare();
    await check();
    expect(contentOf(folder)).toEqual(CLEAN);
  });

  it.each<[string, (folder: string, place: string) => void]>([
    ['a file was edited', (folder) => writeFileSync(join(folder, 'src/y'), 'Y\n')],
    ['a file was emptied', (folder) => writeFileSync(join(folder, 'src/y'), '')],
    ['a file was deleted', (folder) => rmSync(join(folder, 'src/y'))],
    ['everything was deleted', (folder) => rmSync(folder, { recursive: true })],
    ['a mode was changed', (folder) => chmodSync(join(folder, 'run.sh'), 0o644)],
    [
      'files and folders were made unreadable',
      (folder) => {
        chmodSync(join(folder, 'src/y'), 0);
        chmodSync(join(folder, 'src/deep'), 0);
        chmodSync(join(folder, 'src'), 0o500);
        write(folder, { 'junk/deep/x': 'x' });
        chmodSync(join(folder, 'junk/deep'), 0);
        chmodSync(join(folder, 'junk'), 0);
        chmodSync(folder, 0);
      },
    ],
    [
      'files were added, ignored or not',
      (folder) => write(folder, { '.gitignore': '*', 'src/new/é\n': 'x', '-rf': 'x' }),
    ],
    [
      'git folders were made',
      (folder) => {
        git(folder, 'init', '-q');
        mkdirSync(join(folder, 'src/deep/.git/hooks'), { recursive: true });
        write(folder, { 'junk/.git/HEAD': 'ref: refs/heads/x\n', 'src/.git': 'gitdir: /etc' });
      },
    ],
    [
      'a file became a folder',
      (folder) => {
        rmSync(join(folder, 'src/y'));
        write(folder, { 'src/y/z': 'x' });
      },
    ],
    [
      'a folder became a file',
      (folder) => {
        rmSync(join(folder, 'src'), { recursive: true });
        write(folder, { src: 'x' });
      },
    ],
    [
      'a link became a folder',
      (folder) => {
        rmSync(join(folder, 'link'));
        write(folder, { 'link/x': 'x' });
      },
    ],
    [
      'a link leads elsewhere',
      (folder) => {
        rmSync(join(folder, 'link'));
        symlinkSync('/etc', join(folder, 'link'));
      },
    ],
    [
      'a folder became a link out of the slot',
      (folder, place) => {
        write(place, { 'outside/deep/x': 'mine', 'outside/y': 'mine' });
        rmSync(join(folder, 'src'), { recursive: true });
        symlinkSync(join(place, 'outside'), join(folder, 'src'));
      },
    ],
    [
      'a folder was moved, with a link in its place',
      (folder) => {
        renameSync(join(folder, 'src'), join(folder, 'moved'));
        symlinkSync('moved', join(folder, 'src'));
      },
    ],
    [
      'a file became a link to the same content',
      (folder) => {
        renameSync(join(folder, 'src/y'), join(folder, 'elsewhere'));
        symlinkSync('../elsewhere', join(folder, 'src/y'));
      },
    ],
    [
      'a file became a link out of the slot',
      (folder, place) => {
        write(place, { outside: 'mine' });
        rmSync(join(folder, 'src/y'));
        symlinkSync(join(place, 'outside'), join(folder, 'src/y'));
      },
    ],
    [
      'a file has a second name out of the slot',
      (folder, place) => {
        write(place, { outside: 'mine' });
        rmSync(join(folder, 'src/y'));
        linkSync(join(place, 'outside'), join(folder, 'src/y'));
      },
    ],
    [
      'the slot itself became a link',
      (folder, place) => {
        write(place, { 'outside/x': 'mine' });
        rmSync(folder, { recursive: true });
        symlinkSync(join(place, 'outside'), folder);
      },
    ],
    [
      'pipes were made',
      (folder) => {
        rmSync(join(folder, 'src/y'));
        execFileSync('mkfifo', [join(folder, 'src/y'), join(folder, 'pipe')]);
      },
    ],
    [
      'names that are no text were made',
      (folder) => {
        const bytes = (name: string) =>
          Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);
        mkdirSync(bytes('caf\xe9'));
        writeFileSync(bytes('caf\xe9/\xff\xfe'), 'x');
      },
    ],
    ['its index was cut off', (_, place) => writeFileSync(join(place, 'index'), 'DIRC')],
    [
      'its index is missing',
      (folder, place) => {
        rmSync(join(place, 'index'));
        writeFileSync(join(folder, 'src/y'), 'Y\n');
      },
    ],
    ['a killed git left a lock', (_, place) => writeFileSync(join(place, 'index.lock'), '')],
  ])('though %s', async (_, damage) => {
    const { folder, place, check } = await prepare();
    await check();
    damage(folder, place);
    await check();
    expect(contentOf(folder)).toEqual(CLEAN);
    for (const outside of ['outside', 'outside/x', 'outside/y', 'outside/deep/x']) {
      const path = join(place, outside);
      if (existsSync(path) && lstatSync(path).isFile()) expect(readFileSync(path, 'utf8')).toBe('mine');
    }
  });

  it('though a file of the same size was written in place and given its old times', async () => {
    const { folder, check } = await prepare();
    await check();
    const path = join(folder, 'src/y');
    // Later than the second in which git wrote it, or git would read it anyway and nothing be shown.
    utimesSync(path, 1_000_000_000, 1_000_000_000);
    await check();
    const { atime, mtime, ino } = lstatSync(path);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await check();
    writeFileSync(path, 'Y\n');
    utimesSync(path, atime, mtime);
    expect(lstatSync(path).ino).toBe(ino);
    await check();
    expect(readFileSync(path, 'utf8')).toBe('y\n');
  });

  it('though a run dug deeper than any path can tell', async () => {
    const { folder, check } = await prepare();
    await check();
    const name = 'd'.repeat(200);
    const dig = `for i in $(seq 60); do mkdir ${name} && cd -P ${name} || exit 1; done; echo x > bottom`;
    execFileSync('sh', ['-c', dig], { cwd: join(folder, 'src') });
    await check();
    expect(contentOf(folder)).toEqual(CLEAN);
  });

  it('leaving files alone that nobody changed', async () => {
    const { folder, check } = await prepare();
    await check();
    const before = lstatSync(join(folder, 'src/y'), { bigint: true });
    writeFileSync(join(folder, 'src/deep/x'), 'changed');
    await check();
    const after = lstatSync(join(folder, 'src/y'), { bigint: true });
    expect([after.ino, after.ctimeNs]).toEqual([before.ino, before.ctimeNs]);
  });

  it('of any other commit, and back', async () => {
    const { repository, commit, folder, check } = await prepare();
    const other = await repository.commitChanges({
      parent: commit,
      changes: [
        { kind: 'delete', path: 'src/deep/x' },
        { kind: 'write', path: 'src/deep', content: 'now a file\n' },
        { kind: 'delete', path: '-dash' },
        { kind: 'write', path: '-dash/inside', content: 'now a folder\n' },
        { kind: 'write', path: 'run.sh', content: '#!/bin/sh\n', executable: false },
      ],
      message: 'm',
    });
    await check();
    await check(other);
    const { 'src/deep/x': _, ...rest } = CLEAN;
    const expected = {
      ...rest,
      'src/deep': '644 now a file\n',
      '-dash': 'folder 755',
      '-dash/inside': '644 now a folder\n',
    };
    expect(contentOf(folder)).toEqual({ ...expected, 'run.sh': '644 #!/bin/sh\n' });
    await check();
    expect(contentOf(folder)).toEqual(CLEAN);
    const empty = await repository.commitChanges({ changes: [], message: 'empty' });
    await check(empty);
    expect(contentOf(folder)).toEqual({});
  });

  it('with a submodule as an empty folder', async () => {
    const { root, repository, folder, check, commit } = await prepare();
    git(root, 'update-index', '--add', '--cacheinfo', `160000,${commit},module`);
    git(root, 'config', 'submodule.recurse', 'true');
    git(root, 'commit', '-q', '-m', 'module');
    const withModule = (await repository.resolve('HEAD'))!;
    await check(withModule);
    write(folder, { 'module/.git': 'gitdir: /', 'module/x': 'x' });
    await check(withModule);
    expect(contentOf(folder)).toEqual({ ...CLEAN, module: 'folder 755' });
  });

  it("whatever the user's configuration overlooks or leaves out", async () => {
    const { root, folder, check } = await prepare();
    const settings = [
      'core.ignoreStat=true',
      'core.trustctime=false',
      'core.checkStat=minimal',
      'core.sparseCheckout=true',
    ];
    for (const setting of settings) git(root, 'config', ...(setting.split('=') as [string, string]));
    write(root, { '.git/info/sparse-checkout': '/src\n' });
    await check();
    expect(contentOf(folder)).toEqual(CLEAN);
    writeFileSync(join(folder, 'src/y'), 'Y\n');
    chmodSync(join(folder, 'a b/ü.txt'), 0o755);
    await check();
    expect(contentOf(folder)).toEqual(CLEAN);
  });

  it('with the line ends and filters that the repository asks for', async () => {
    const { root, folder, check } = await prepare();
    git(root, 'config', 'core.autocrlf', 'true');
    await check();
    await check();
    expect(readFileSync(join(folder, 'src/y'), 'utf8')).toBe('y\r\n');
  });
});

describe('what is kept in a slot', () => {
  it('stays, at any depth, while all around it goes', async () => {
    const { folder, place, check } = await prepare();
    write(place, { 'data/set': 'provided' });
    const keep = ['data', 'src/deep/data', 'lab/only/data', 'node_modules/'];
    await check(undefined, keep);
    for (const path of ['lab/only', 'node_modules/x']) mkdirSync(join(folder, path), { recursive: true });
    for (const path of ['data', 'src/deep/data', 'lab/only/data'])
      symlinkSync(join(place, 'data'), join(folder, path));
    write(folder, {
      'lab/junk': 'x',
      'lab/only/junk/x': 'x',
      'src/deep/x': 'changed',
      'node_modules/x/y': 'kept',
    });
    await check(undefined, keep);
    const link = `-> ${join(place, 'data')}`;
    expect(contentOf(folder)).toEqual({
      ...CLEAN,
      data: link,
      'src/deep/data': link,
      lab: 'folder 755',
      'lab/only': 'folder 755',
      'lab/only/data': link,
      node_modules: 'folder 755',
      'node_modules/x': 'folder 755',
      'node_modules/x/y': '644 kept',
    });
    expect(readFileSync(join(place, 'data/set'), 'utf8')).toBe('provided');
    await check();
    expect(contentOf(folder)).toEqual(CLEAN);
    expect(readFileSync(join(place, 'data/set'), 'utf8')).toBe('provided');
  });

  it('goes with a folder that a run put a file in the place of', async () => {
    const { folder, check } = await prepare();
    write(folder, { lab: 'a file' });
    await check(undefined, ['lab/data']);
    expect(contentOf(folder)).toEqual(CLEAN);
  });
});

it('whatever a run did, the slot is the tree again', async () => {
  const { folder, check } = await prepare();
  const name = fc.constantFrom(
    'src',
    'src/deep',
    'src/deep/x',
    'src/y',
    'link',
    'run.sh',
    'a b',
    'new',
    'new/x',
    '.git',
  );
  const act = fc.oneof(
    fc.record({ kind: fc.constant('write' as const), name }),
    fc.record({ kind: fc.constant('remove' as const), name }),
    fc.record({ kind: fc.constant('link' as const), name, to: name }),
    fc.record({ kind: fc.constant('move' as const), name, to: name }),
    fc.record({ kind: fc.constant('folder' as const), name }),
    fc.record({ kind: fc.constant('mode' as const), name, mode: fc.constantFrom(0, 0o500, 0o777) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 8 }), async (acts) => {
      await check();
      for (const one of acts) {
        const path = join(folder, one.name);
        try {
          if (one.kind === 'write') writeFileSync(path, 'junk');
          else if (one.kind === 'remove') rmSync(path, { recursive: true });
          else if (one.kind === 'link') symlinkSync(join(folder, one.to), path);
          else if (one.kind === 'move') renameSync(path, join(folder, one.to));
          else if (one.kind === 'folder') mkdirSync(path);
          else chmodSync(path, one.mode);
        } catch {
          // A run, too, tries what cannot be done.
        }
      }
      await check();
      expect(contentOf(folder)).toEqual(CLEAN);
    }),
    { numRuns: 60 },
  );
});

it('two slots of one repository are brought to their commits at once', async () => {
  const { repository, commit, place } = await prepare();
  const slots = ['one', 'two', 'three'].map((name) => join(place, name));
  const bring = (one: Repository) =>
    Promise.all(slots.map((folder) => one.checkout({ commit, folder, indexFile: `${folder}.index` })));
  await bring(repository);
  for (const folder of slots) expect(contentOf(folder)).toEqual(CLEAN);
});
