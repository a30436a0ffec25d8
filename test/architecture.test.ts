import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { violation } from './architecture/arrows.ts';
import { cycles, isOfTests, ROOT, sourceFiles } from './architecture/imports.ts';

const LONGEST = 400;

const files = sourceFiles();
const imports = files.flatMap((file) => file.imports);

test('imports point down: model, then git, process, statistics and lab, the stages, the engine, the loop, the command line', () => {
  const broken = imports.filter(({ from }) => !isOfTests(from)).flatMap((one) => violation(one) ?? []);
  expect(broken).toEqual([]);
});

test('an arrow that points up or across is found', () => {
  const broken = [
    { from: 'src/model/a.ts', to: 'node:fs' },
    { from: 'src/git/a.ts', to: 'src/process/b.ts' },
    { from: 'src/record/a.ts', to: 'src/decide/b.ts' },
    { from: 'src/decide/a.ts', to: 'src/git/b.ts' },
    { from: 'src/engine/a.ts', to: 'src/session.ts' },
    { from: 'src/session.ts', to: 'src/cli/run.ts' },
    { from: 'src/serve/a.ts', to: 'src/engine/b.ts' },
    { from: 'src/engine/a.ts', to: 'src/serve/b.ts' },
    { from: 'src/novel/a.ts', to: 'node:fs' },
    { from: 'src/run/a.ts', to: 'labs/gpt/text.ts' },
    { from: 'web/src/a.tsx', to: 'src/model/b.ts' },
    { from: 'web/src/a.tsx', to: 'node:fs' },
    { from: 'labs/gpt/a.ts', to: 'src/loop.ts' },
    { from: 'labs/gpt/a.ts', to: 'labs/packing/packing.ts' },
    { from: 'labs/gpt/tensor/a.ts', to: 'labs/gpt/text.ts' },
  ];
  expect(broken.filter((one) => violation(one) === undefined)).toEqual([]);
  expect(violation({ from: 'src/run/a.ts', to: 'src/lab/folder.ts' })).toBeUndefined();
});

test('no file imports itself through others', () => {
  // An operation and the one in its gradient call each other, in whichever order the files are loaded.
  const others = imports.filter(({ from }) => !from.startsWith('labs/gpt/tensor/'));
  expect(cycles(others).map((cycle) => cycle.join(' -> '))).toEqual([]);
  const circle = ['a', 'b', 'c'].map((from, index) => ({ from, to: ['b', 'c', 'b'][index] ?? '' }));
  expect(cycles(circle)).toEqual([['b', 'c', 'b']]);
});

test('what runs needs no file of the tests, and no package that an installation leaves out', () => {
  const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const { dependencies } = manifest as { dependencies: Record<string, string> };
  const broken = imports
    .filter(({ from }) => from.startsWith('src/') && !isOfTests(from))
    .filter(({ from }) => !isOnlyForTests(from))
    .filter(
      ({ to }) => isOfTests(to) || !(to.startsWith('src/') || to.startsWith('node:') || to in dependencies),
    )
    .map(({ from, to }) => `${from} imports ${to}`);
  expect(broken).toEqual([]);
});

/** A file that nothing but tests import is a fixture, wherever it lies. */
function isOnlyForTests(path: string): boolean {
  const users = imports.filter(({ to }) => to === path);
  return users.length > 0 && users.every(({ from }) => isOfTests(from));
}

test(`no file is over ${LONGEST} lines`, () => {
  const long = files.filter(({ lines }) => lines > LONGEST);
  expect(long.map(({ path, lines }) => `${path} has ${lines} lines: it is two files`)).toEqual([]);
});

test('docs/architecture.md names every folder of src', () => {
  const page = join(ROOT, 'docs', 'architecture.md');
  expect(existsSync(page), `${page} is missing`).toBe(true);
  const text = readFileSync(page, 'utf8');
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const missing = folders.filter(({ name }) => !text.includes(`${name}/`));
  expect(missing.map(({ name }) => `docs/architecture.md says nothing of src/${name}/`)).toEqual([]);
});
