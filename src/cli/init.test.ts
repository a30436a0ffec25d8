import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inspectLab } from '../lab/inspect.ts';
import { readProgramFile } from '../lab/program.ts';
import { describeInit, type InitOptions, type InitSurroundings, runInit } from './init.ts';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'ratchet init é-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const run = (command: string, folder: string, environment: Record<string, string> = {}) =>
  spawnSync('/bin/sh', ['-c', command], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, RATCHET_SEED: '1', RATCHET_CACHE: join(root, 'cache 1'), ...environment },
  });
const git = (folder: string, ...args: string[]) => {
  const person = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
  const answer = spawnSync('git', [...person, ...args], { cwd: folder, encoding: 'utf8' });
  if (answer.status !== 0) throw new Error(answer.stderr);
  return answer.stdout;
};
const files = (folder: string, contents: Record<string, string>) => {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
};
const init = (options: Partial<InitOptions> = {}, surroundings: Partial<InitSurroundings> = {}) =>
  runInit(
    { yes: false, ...options },
    {
      workingFolder: root,
      input: new PassThrough(),
      output: new PassThrough(),
      interactive: false,
      signal: AbortSignal.timeout(30_000),
      ...surroundings,
    },
  );
const programIn = async (folder: string) => {
  const reading = await readProgramFile(folder);
  if (reading.kind === 'mistakes') throw new Error(JSON.stringify(reading.mistakes));
  return { ...reading, mistakes: await inspectLab(folder, reading) };
};

describe('a lab from nothing', () => {
  test.each([
    [undefined, 'length'],
    ['minimal', 'length'],
    ['packing', 'sum_of_radii'],
  ])('from the template %s works at once, in a repository of its own', async (template, metric) => {
    const lab = join(root, 'my lab');
    const outcome = await init({ directory: 'my lab', ...(template === undefined ? {} : { template }) });
    expect(outcome).toMatchObject({ kind: 'created', folder: lab, repository: 'created' });
    const { program, mistakes } = await programIn(lab);
    expect(mistakes).toEqual([]);
    if (program.scoring.kind !== 'evaluated') throw new Error('the template is candidate-reported');
    expect(run(program.run, lab)).toMatchObject({ status: 0 });
    const { stdout } = run(program.scoring.command, lab);
    expect(stdout).toMatch(new RegExp(`^${metric}: [\\d.]+\n$`));
    expect(git(lab, 'log', '--format=%s')).toBe('A lab from ratchet init\n');
    expect(git(lab, 'status', '--porcelain', '--', ...program.edit, 'program.md')).toBe('');
    expect(readdirSync(lab).filter((name) => name.includes('.test.'))).toEqual([]);
  });

  test('in an empty folder deep inside a repository, commits nothing there', async () => {
    git(root, 'init', '--quiet');
    files(root, { 'a.txt': 'a' });
    git(root, 'add', 'a.txt');
    git(root, 'commit', '--quiet', '-m', 'theirs');
    const outcome = await init({ directory: 'labs/one' });
    expect(outcome).toMatchObject({ kind: 'created', repository: 'found' });
    expect(git(root, 'log', '--format=%s')).toBe('theirs\n');
    expect(git(root, 'diff', '--cached', '--name-only')).toBe('');
    expect(readdirSync(join(root, 'labs', 'one'))).not.toContain('.git');
  });

  test('says what it wrote and what comes next', async () => {
    const outcome = await init({ directory: 'my lab' });
    if (outcome.kind !== 'created') throw new Error(outcome.kind);
    expect(describeInit(outcome, root)).toBe(
      [
        'Wrote cities.mjs, score.mjs, tour.mjs, program.md in my lab, in a git repository of its own.',
        'Next:',
        "  cd 'my lab'",
        '  ratchet check',
        '  ratchet run',
        '',
      ].join('\n'),
    );
  });

  test('in the folder one stands in, says so in words and needs no cd', async () => {
    const outcome = await init();
    if (outcome.kind !== 'created') throw new Error(outcome.kind);
    expect(describeInit(outcome, root)).toMatch(
      /program\.md in this folder, in a git .*\nNext:\n {2}ratchet check\n/,
    );
  });

  test.skipIf(!existsSync('/proc/self'))(
    'is refused where the system lets nobody make a folder, and does not wait for one (needs /proc)',
    async () => {
      for (const directory of ['/proc/x', '/proc/x/deeper']) {
        const outcome = await init({ directory, yes: true });
        expect(outcome).toEqual({
          kind: 'refused',
          problem: `${directory} cannot become a lab, since nothing can be made in /proc: name a folder of your own`,
        });
      }
    },
  );

  test('equal seeds give equal tours, other seeds other ones', async () => {
    await init({ directory: 'lab' });
    const lab = join(root, 'lab');
    const tour = (seed: string) => {
      run('node tour.mjs', lab, { RATCHET_SEED: seed });
      return readFileSync(join(lab, 'tour.json'), 'utf8');
    };
    expect(tour('3')).toBe(tour('3'));
    expect(tour('3')).not.toBe(tour('4'));
  });

  test.each([
    '[0,1,2]',
    '{}',
    JSON.stringify(Array.from({ length: 80 }, () => 0)),
    'null',
  ])('the tour %.20s is refused without a score', async (tour) => {
    await init({ directory: 'lab' });
    files(join(root, 'lab'), { 'tour.json': tour });
    expect(run('node score.mjs', join(root, 'lab'))).toMatchObject({ status: 1, stdout: '' });
  });
});

describe('a lab around a repository', () => {
  const PACKAGE = { scripts: { test: 'node "test it.js"', build: 'exit 0' } };
  const project = (script: string) => {
    const folder = join(root, "a project's folder");
    files(folder, { 'package.json': JSON.stringify(PACKAGE), 'test it.js': script, 'index.js': '' });
    mkdirSync(join(folder, 'node_modules'));
    git(folder, 'init', '--quiet');
    return folder;
  };

  test('--yes asks nothing: how long its tests take, and only program.md is written', async () => {
    const folder = project('console.log("seconds: 0")');
    const before = readdirSync(folder);
    const outcome = await init({ yes: true }, { workingFolder: folder });
    expect(outcome).toMatchObject({ kind: 'created', files: ['program.md'], repository: 'found' });
    expect(readdirSync(folder).filter((name) => !before.includes(name))).toEqual(['program.md']);
    const { program, mistakes } = await programIn(folder);
    expect(mistakes).toEqual([]);
    expect(program).toMatchObject({
      objective: { name: 'seconds', unit: 's', direction: 'minimize' },
      edit: ['index.js'],
      provide: ['node_modules'],
    });
    // The script's own `seconds: 0` must not pass for the measurement.
    expect(run(program.run, folder)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^seconds: \d+\.\d{3}\n$/),
    });
  });

  test('a timed command that fails has no seconds', async () => {
    const folder = project('process.exit(3)');
    await init({ yes: true }, { workingFolder: folder });
    const { program } = await programIn(folder);
    const { status, stdout } = run(program.run, folder);
    expect(status).not.toBe(0);
    expect(stdout).toBe('');
  });

  test('its own prose stays below the front matter, byte for byte', async () => {
    const folder = project('');
    const prose = Buffer.from('# Notes\r\n\r\n---\r\n\xff\n', 'latin1');
    writeFileSync(join(folder, 'program.md'), prose);
    await init({ yes: true }, { workingFolder: folder });
    const written = readFileSync(join(folder, 'program.md'));
    expect(written.subarray(-prose.length).equals(prose)).toBe(true);
    expect(written.subarray(0, 4).toString()).toBe('---\n');
  });

  test('a program with front matter is never overwritten', async () => {
    const folder = project('');
    writeFileSync(join(folder, 'program.md'), '---\r\nrun: x\r\n---\r\n');
    for (const options of [{ yes: true }, { template: 'minimal' }, { template: 'karpathy' }, {}]) {
      expect(await init(options, { workingFolder: folder })).toMatchObject({ kind: 'refused' });
    }
    expect(readFileSync(join(folder, 'program.md'), 'utf8')).toBe('---\r\nrun: x\r\n---\r\n');
  });

  test('a template overwrites no file', async () => {
    const folder = join(root, 'taken');
    files(folder, { 'verify.ts': 'mine' });
    expect(await init({ template: 'packing', directory: 'taken' })).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('verify.ts is there already'),
    });
    expect(readdirSync(folder)).toEqual(['verify.ts']);
    expect(readFileSync(join(folder, 'verify.ts'), 'utf8')).toBe('mine');
  });

  test.each<[name: string, options: Partial<InitOptions>, problem: RegExp]>([
    ['an unknown template', { template: 'minimum' }, /no template is called minimum: did you mean minimal\?/],
    ['a template far from all', { template: 'xyz' }, /the templates are minimal, packing, karpathy/],
    ['a karpathy lab elsewhere', { template: 'karpathy', directory: 'new' }, /no checkout of karpathy/],
    ['a file for a folder', { directory: 'notes.txt' }, /is a file/],
    ['questions without a terminal', {}, /add --yes/],
    ['--yes where nothing can be guessed', { yes: true }, /nothing in .* tells what to run/],
  ])('%s is refused, and nothing is written', async (_, options, problem) => {
    files(root, { 'notes.txt': '' });
    expect(await init(options)).toMatchObject({ kind: 'refused', problem: expect.stringMatching(problem) });
    expect(readdirSync(root)).toEqual(['notes.txt']);
  });

  test('files that are in no repository are left so, and the next steps say how to change that', async () => {
    files(root, { 'bench.py': 'print(1)\n', 'sort.py': '' });
    const outcome = await init({ yes: true });
    expect(outcome).toMatchObject({ kind: 'created', repository: 'missing' });
    if (outcome.kind === 'created') expect(outcome.next[0]).toMatch(/^git init && /);
    expect(readdirSync(root).sort()).toEqual(['bench.py', 'program.md', 'sort.py']);
    expect((await programIn(root)).program).toMatchObject({
      edit: ['sort.py'],
      run: expect.stringContaining('python3 bench.py'),
    });
  });
});

describe('a checkout of karpathy/autoresearch', () => {
  const PROSE = '# autoresearch\n\nThis is an experiment.\n\n```\n---\nval_bpb:          0.997900\n```\n';
  const TRAIN = `import os
from prepare import TIME_BUDGET
for name in ("TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR"):
    os.makedirs(os.environ[name])
print("step 00001 | loss: 9.1 | budget", TIME_BUDGET)
print("---")
print("val_bpb:          0.997900")
print("training_seconds: 300.1")
print("num_params_M:     50.3")
`;
  const checkout = () => {
    const folder = join(root, 'auto research');
    files(folder, { 'program.md': PROSE, 'train.py': TRAIN, 'prepare.py': 'TIME_BUDGET = 300\n' });
    git(folder, 'init', '--quiet');
    git(folder, 'add', '.');
    git(folder, 'commit', '--quiet', '-m', 'theirs');
    return folder;
  };

  test.each([
    { template: 'karpathy' },
    { yes: true },
  ])('gains front matter and nothing else, by %j', async (options) => {
    const folder = checkout();
    const outcome = await init({ ...options, directory: folder });
    expect(outcome).toMatchObject({ kind: 'created', files: ['program.md'], repository: 'found' });
    expect(git(folder, 'status', '--porcelain')).toBe(' M program.md\n');
    expect(git(folder, 'diff', '--numstat')).toMatch(/^\d+\t0\tprogram\.md\n$/);
    const { program } = await programIn(folder);
    expect(program).toMatchObject({
      objective: { name: 'val_bpb', unit: 'bits/byte', direction: 'minimize' },
      edit: ['train.py'],
      provide: ['.venv', '~/.cache/autoresearch'],
      trial: { clock: 'wall', seconds: 300 },
      graceSeconds: 300,
      scoring: { kind: 'candidate-reported' },
      prose: PROSE,
    });
  });

  test('runs as it is, and compiles into a cache of the slot', async () => {
    const folder = checkout();
    await init({ template: 'karpathy', directory: folder });
    mkdirSync(join(folder, '.venv', 'bin'), { recursive: true });
    const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
      encoding: 'utf8',
    }).stdout.trim();
    symlinkSync(python, join(folder, '.venv', 'bin', 'python'));
    const { program } = await programIn(folder);
    for (const cache of ['cache 1', 'cache 2']) {
      const { status, stdout } = run(program.run, folder, { RATCHET_CACHE: join(root, cache) });
      expect(status).toBe(0);
      expect(stdout).toContain('---\nval_bpb:          0.997900\n');
      expect(readdirSync(join(root, cache)).sort()).toEqual(['inductor', 'triton']);
    }
  });
});
