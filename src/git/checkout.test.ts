import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLEAN, contentOf, prepareSlot } from './fixtures/slot.ts';
import { git, write } from './fixtures/temporary-repository.ts';

describe('a slot becomes the tree of its commit', () => {
  it('from nothing', async () => {
    const { folder, check } = await prepareSlot();
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
    const { folder, place, check } = await prepareSlot();
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
    const { folder, check } = await prepareSlot();
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
    const { folder, check } = await prepareSlot();
    await check();
    const name = 'd'.repeat(200);
    const dig = `for i in $(seq 60); do mkdir ${name} && cd -P ${name} || exit 1; done; echo x > bottom`;
    execFileSync('sh', ['-c', dig], { cwd: join(folder, 'src') });
    await check();
    expect(contentOf(folder)).toEqual(CLEAN);
  });

  it('leaving files alone that nobody changed', async () => {
    const { folder, check } = await prepareSlot();
    await check();
    const before = lstatSync(join(folder, 'src/y'), { bigint: true });
    writeFileSync(join(folder, 'src/deep/x'), 'changed');
    await check();
    const after = lstatSync(join(folder, 'src/y'), { bigint: true });
    expect([after.ino, after.ctimeNs]).toEqual([before.ino, before.ctimeNs]);
  });

  it('of any other commit, and back', async () => {
    const { repository, commit, folder, check } = await prepareSlot();
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
    const { root, repository, folder, check, commit } = await prepareSlot();
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
    const { root, folder, check } = await prepareSlot();
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
    const { root, folder, check } = await prepareSlot();
    git(root, 'config', 'core.autocrlf', 'true');
    await check();
    await check();
    expect(readFileSync(join(folder, 'src/y'), 'utf8')).toBe('y\r\n');
  });
});

describe('what was done in a slot', () => {
  const changesIn = async (work: (folder: string) => void) => {
    const { folder, check, repository, place } = await prepareSlot({
      'src/y': 'y\n',
      'src/deep/x': 'x\n',
      '.gitignore': '*.log\n',
    });
    await check();
    work(folder);
    const found = await repository.folderChanges({ folder, indexFile: join(place, 'index') });
    return found?.map(({ path, kind }) => `${kind} ${path}`).sort();
  };

  it('is nothing at first', async () => {
    expect(await changesIn(() => undefined)).toEqual([]);
  });

  it('is what was written, deleted and added, but for what is ignored', async () => {
    const changes = await changesIn((folder) => {
      writeFileSync(join(folder, 'src/y'), 'Y\n');
      rmSync(join(folder, 'run.sh'));
      write(folder, { 'new/é\n': 'x', 'new/b': 'x', 'out.log': 'x' });
    });
    expect(changes).toEqual(['deleted run.sh', 'written new/b', 'written new/é\n', 'written src/y']);
  });

  it('ends at links, and at git folders', async () => {
    const changes = await changesIn((folder) => {
      rmSync(join(folder, 'src/deep'), { recursive: true });
      symlinkSync('/etc', join(folder, 'src/deep'));
      git(folder, 'init', '-q', 'own');
      write(folder, { 'own/x': 'x' });
    });
    expect(changes).toEqual(['deleted src/deep/x', 'written own/', 'written src/deep']);
  });

  it('cannot be told of more files than are looked at', async () => {
    const deep = `${'x'.repeat(200)}/`.repeat(8);
    const many = Object.fromEntries(Array.from({ length: 700 }, (_, index) => [`new/${deep}${index}`, '']));
    expect(await changesIn((folder) => write(folder, many))).toBeUndefined();
  });
});
