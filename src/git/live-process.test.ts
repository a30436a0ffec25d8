import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ByteReader } from './byte-reader.ts';
import { DiskFullError, faultOf, GitFault } from './fault.ts';
import {
  git,
  gitProcesses,
  makeRepository,
  open,
  temporaryFolder,
  write,
} from './fixtures/temporary-repository.ts';

afterEach(() => vi.unstubAllEnvs());

/** Puts `script` before the real git, which it reaches as `$GIT`. */
function wrapGit(script: string): void {
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const programs = temporaryFolder('ratchet-programs-');
  write(programs, { git: `#!/bin/sh\nGIT='${real}'\n${script}\nexec "$GIT" "$@"\n` });
  chmodSync(join(programs, 'git'), 0o755);
  vi.stubEnv('PATH', `${programs}:${process.env.PATH}`);
}

function canMount(): boolean {
  const { status } = spawnSync('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'none', '/tmp'], {
    stdio: 'ignore',
  });
  return status === 0;
}

const change = (content: string) => [{ kind: 'write', path: 'a', content } as const];

describe('a git process that stays open', () => {
  it('is started again when it was killed, and nobody notices', async () => {
    const root = makeRepository({ a: '1' });
    const repository = await open(root);
    const parent = (await repository.resolve('HEAD'))!;
    for (let round = 0; round < 3; round++) {
      const commit = await repository.commitChanges({ parent, changes: change(`${round}`), message: 'm' });
      expect(await repository.updateRefs([{ ref: 'refs/ratchet/s/1', to: commit }])).toEqual({
        kind: 'updated',
      });
      expect((await repository.readFile(commit, 'a'))?.toString()).toBe(`${round}`);
      for (const pid of gitProcesses(root)) process.kill(pid, 'SIGKILL');
    }
    git(root, 'fsck', '--strict', '--no-dangling');
  });

  it('is killed while it answers, and all requests are still answered, in order', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`f${i}`, `${i}\n`.repeat(2_000)]),
    );
    const root = makeRepository(files);
    const repository = await open(root);
    const commit = (await repository.resolve('HEAD'))!;
    const reading = Promise.all(Object.keys(files).map((path) => repository.readFile(commit, path)));
    for (const pid of gitProcesses(root)) process.kill(pid, 'SIGKILL');
    const read = await reading;
    expect(read.map((content) => content?.toString())).toEqual(Object.values(files));
  });

  it('that dies twice over a request is a fault with its words, the repository and the mend', async () => {
    wrapGit('case "$*" in *cat-file*) echo "fatal: the moon is full" >&2; exit 3;; esac');
    const root = makeRepository({ a: '1' });
    const repository = await open(root);
    await expect(repository.resolve('HEAD')).rejects.toThrow(GitFault);
    await expect(repository.resolve('HEAD')).rejects.toThrow(/read an object.*the moon is full.*git fsck/);
    await expect(repository.resolve('HEAD')).rejects.toThrow(root);
  });

  it('that dies once is enough', async () => {
    const mark = join(temporaryFolder(), 'died');
    wrapGit(`case "$*" in *cat-file*) if [ ! -e '${mark}' ]; then touch '${mark}'; exit 3; fi;; esac`);
    const root = makeRepository({ a: '1' });
    expect(await (await open(root)).resolve('HEAD')).toBe(git(root, 'rev-parse', 'HEAD').trim());
  });

  it('that answers nonsense is not believed, and is replaced for the next request', async () => {
    const repository = await open(makeRepository({ a: '1' }));
    const parent = (await repository.resolve('HEAD'))!;
    wrapGit('case "$*" in *"-t tree"*) echo yes; cat > /dev/null; exit;; esac');
    const commit = () => repository.commitChanges({ parent, changes: change('2'), message: 'm' });
    await expect(commit()).rejects.toThrow('git answered "yes"');
    vi.unstubAllEnvs();
    expect((await repository.readFile(await commit(), 'a'))?.toString()).toBe('2');
  });
});

describe('a full disk', () => {
  it.each([
    ['hash-object', 'error: unable to write file: No space left on device'],
    ['-t tree', 'fatal: write error: Disk quota exceeded'],
    [
      'update-ref',
      "fatal: commit: cannot lock ref 'refs/ratchet/s/1': Unable to create 'x.lock': No space left on device",
    ],
    ['read-tree', 'error: unable to write file a: No space left on device'],
    ['write-tree', 'fatal: unable to write new index file: No space left on device'],
  ])('is told apart from other faults when %s meets it', async (command, words) => {
    wrapGit(`case "$*" in *"${command}"*) echo "${words}" >&2; exit 128;; esac`);
    const root = makeRepository({ a: '1' });
    const repository = await open(root);
    const place = temporaryFolder();
    const parent = (await repository.resolve('HEAD'))!;
    const all = async () => {
      await repository.snapshot({ folder: '', indexFile: join(place, 'index') });
      const to = await repository.commitChanges({ parent, changes: change('2'), message: 'm' });
      await repository.updateRefs([{ ref: 'refs/ratchet/s/1', to }]);
      await repository.checkout({
        commit: to,
        folder: join(place, 'slot'),
        indexFile: join(place, 'slot.index'),
      });
    };
    await expect(all()).rejects.toThrow(DiskFullError);
    await expect(all()).rejects.toThrow(/Free some space/);
  });

  it.runIf(canMount() || process.env.RATCHET_REQUIRE_ALL === '1')(
    'is told apart when it really is full (needs a namespace in which to mount a small one)',
    () => {
      const disk = temporaryFolder();
      const script = `mount -t tmpfs -o size=1m none "$1" && mkdir "$1/repository" && cd "$1/repository" &&
        git init -q && head -c 100000 /dev/urandom > a && git add a &&
        git -c user.name=U -c user.email=u@example.org commit -q -m start && "$2" "$3" "$1"`;
      const fill = join(import.meta.dirname, 'fixtures/fill-disk.ts');
      const inside = ['-Urm', 'sh', '-c', script, 'sh', disk, process.execPath, fill];
      const printed = execFileSync('unshare', inside, { encoding: 'utf8' });
      expect(printed).toBe('commit: DiskFullError\ncheckout: DiskFullError\n');
    },
  );

  it("is told apart when it is the system's own error", () => {
    const cause = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const fault = faultOf({ task: 'write an object', place: '/p', stderr: '', cause });
    expect(fault).toBeInstanceOf(DiskFullError);
    expect(fault.cause).toBe(cause);
    expect(faultOf({ task: 'x', place: '/p', stderr: 'Permission denied' })).not.toBeInstanceOf(
      DiskFullError,
    );
  });
});

describe('a byte reader', () => {
  it('finds lines and counted bytes however they arrive', async () => {
    const text = Buffer.from('first\nsecond line\n12345end\n');
    for (let cut = 1; cut <= text.length; cut++) {
      const reader = new ByteReader();
      const reading = (async () => [
        await reader.line(),
        await reader.line(),
        await reader.skip(2),
        (await reader.take(3)).toString(),
        await reader.line(),
      ])();
      for (let at = 0; at < text.length; at += cut) {
        reader.push(text.subarray(at, at + cut));
        await new Promise(setImmediate);
      }
      expect(await reading).toEqual(['first', 'second line', undefined, '345', 'end']);
    }
  });

  it('gives what has arrived before it tells of the end', async () => {
    const reader = new ByteReader();
    reader.push(Buffer.from('whole\npart'));
    reader.end(new Error('over'));
    expect(await reader.line()).toBe('whole');
    await expect(reader.line()).rejects.toThrow('over');
  });
});
