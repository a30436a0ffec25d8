import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasStack, ratchet } from '../command.ts';
import { researchLab, scriptedResearcher, verdictsOf } from '../session.ts';
import { createTemporaryLab, type TemporaryLab } from '../temporary-lab.ts';

const value = (number: number) => `export const value = ${number};\n`;

/** All of a user's repository that a study must leave as it was. */
function ownState(lab: TemporaryLab): Record<string, string> {
  const git = (...args: string[]) => {
    try {
      return lab.git(...args);
    } catch {
      return 'none';
    }
  };
  return {
    head: readFileSync(join(lab.root, '.git', 'HEAD'), 'utf8'),
    commit: git('rev-parse', 'HEAD'),
    index: git('ls-files', '--stage'),
    status: git('status', '--porcelain', '--untracked-files=all'),
    stash: git('stash', 'list'),
    branches: git('for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads', 'refs/tags')
      .split('\n')
      .filter((line) => !line.startsWith('refs/heads/ratchet/'))
      .join('\n'),
    configuration: readFileSync(join(lab.root, '.git', 'config'), 'utf8'),
  };
}

/** A study with one keep and one discard, which leaves the user's own state alone. */
async function studyIn(lab: TemporaryLab, baseline = 10) {
  const before = ownState(lab);
  const { state, ending } = await researchLab(lab, {
    researcher: scriptedResearcher([value(baseline + 1), value(baseline - 1)]),
  });
  expect(ending).toEqual({ kind: 'exhausted' });
  expect(verdictsOf(state).map(({ verdict }) => verdict)).toEqual(['discard', 'keep']);
  expect(ownState(lab)).toEqual(before);
  return state;
}

test('a lab in no repository is a mistake that names the mend', async () => {
  using lab = createTemporaryLab({ git: 'none' });
  for (const args of [['run'], ['check']]) {
    const { code, stdout, stderr } = await ratchet(args, { cwd: lab.folder });
    expect({ code, stdout, stack: hasStack(stderr) }).toEqual({ code: 2, stdout: '', stack: false });
    expect(stderr).toContain('git init');
  }
});

test('a dirty repository: the baseline is what lies on the disk, and files, index and stash stay as they are', async () => {
  using lab = createTemporaryLab();
  lab.write('stashed.txt', 'stashed\n');
  lab.git('add', 'stashed.txt');
  lab.git('stash', 'push', '--quiet');
  lab.write('value.mjs', value(20));
  lab.write('staged.txt', 'staged\n');
  lab.git('add', 'staged.txt');
  lab.write('staged.txt', 'staged, then changed\n');
  lab.write('untracked.txt', 'untracked\n');
  const state = await studyIn(lab, 20);
  const baseline = state.study.baseline;
  expect(lab.git('show', `${baseline}:value.mjs`)).toBe('export const value = 20;');
  expect(lab.git('show', `${baseline}:staged.txt`)).toBe('staged, then changed');
  expect(lab.git('show', `${baseline}:untracked.txt`)).toBe('untracked');
  expect(state.study.uncommitted.toSorted()).toEqual(['staged.txt', 'untracked.txt', 'value.mjs']);
  expect(readFileSync(join(lab.folder, 'value.mjs'), 'utf8')).toBe(value(20));
});

test('a repository in the middle of a merge is as good as any', async () => {
  using lab = createTemporaryLab();
  const other =
    "import { value } from './value.mjs';\nconsole.log('other:', 1);\nconsole.log('score:', value);\n";
  lab.git('checkout', '--quiet', '-b', 'other');
  lab.write('run.mjs', other);
  lab.git('commit', '--quiet', '--all', '--message=other');
  lab.git('checkout', '--quiet', 'main');
  lab.write('run.mjs', other.replace('other', 'main'));
  lab.git('commit', '--quiet', '--all', '--message=main');
  expect(() => lab.git('merge', 'other')).toThrow('merge other');
  lab.write('run.mjs', other);
  await studyIn(lab);
});

test('a detached head stays detached', async () => {
  using lab = createTemporaryLab();
  lab.git('checkout', '--quiet', '--detach');
  await studyIn(lab);
});

test('a repository without a commit gets none from a study', async () => {
  using lab = createTemporaryLab({ git: 'uncommitted' });
  await studyIn(lab);
  expect(() => lab.git('rev-parse', '--verify', '--quiet', 'HEAD')).toThrow();
});

test('a shallow clone is as good as a deep one', async () => {
  using lab = createTemporaryLab();
  lab.git('commit', '--quiet', '--allow-empty', '--message=second');
  const clone = join(lab.root, '..', 'clone');
  execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${lab.root}`, clone]);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: clone, encoding: 'utf8' }).trim();
  expect(git('rev-parse', '--is-shallow-repository')).toBe('true');
  await studyIn({ ...lab, folder: clone, root: clone, git });
});

test('spaces, umlauts and quotes in every name on the way', async () => {
  using lab = createTemporaryLab({
    name: 'Über "uns" und $HOME',
    below: "lab's träume/ein lab",
    program: ["edit: ['wert ä.mjs']", "run: node 'lauf ß.mjs'"],
    files: {
      'wert ä.mjs': value(10),
      'lauf ß.mjs': "import { value } from './wert ä.mjs';\nconsole.log('score:', value);\n",
    },
  });
  const before = ownState(lab);
  const { state } = await researchLab(lab, { researcher: scriptedResearcher([value(9)], 'wert ä.mjs') });
  expect(verdictsOf(state).map(({ verdict }) => verdict)).toEqual(['keep']);
  expect(ownState(lab)).toEqual(before);
  const { code, stdout } = await ratchet(['check'], { cwd: lab.folder });
  expect({ code, score: stdout.split('\n')[0] }).toEqual({
    code: 0,
    score: 'score: 10 points (minimize, candidate-reported)',
  });
});

test('a lab deep inside a repository sees all of it, and moves its own files only', async () => {
  using lab = createTemporaryLab({
    below: 'a/b/c',
    files: {
      'value.mjs': value(10),
      'run.mjs':
        "import { value } from './value.mjs';\nimport { add } from '../../shared.mjs';\nconsole.log('score:', add(value));\n",
    },
  });
  writeFileSync(join(lab.root, 'a', 'shared.mjs'), 'export const add = (value) => value + 1;\n');
  lab.git('add', '--all');
  lab.git('commit', '--quiet', '--message=shared');
  const state = await studyIn(lab);
  const changed = lab.git('diff', '--name-only', state.study.baseline, `ratchet/${state.study.study}`);
  expect(changed).toBe('a/b/c/value.mjs');
  expect(state.ended.size).toBe(3);
});

test('two working trees of one repository hold a study each, and neither takes the other for lost', async () => {
  using lab = createTemporaryLab();
  const first = await studyIn(lab);
  const tree = join(lab.root, '..', 'second tree');
  lab.git('worktree', 'add', '--quiet', '--detach', tree);
  const { state } = await researchLab(
    { ...lab, folder: tree },
    { researcher: scriptedResearcher([value(9)]) },
  );
  expect(state.study.study).not.toBe(first.study.study);
  const again = await researchLab(lab, { researcher: scriptedResearcher([]) });
  expect(again.state.study.study).toBe(first.study.study);
});

test("a folder inside git's own is no lab", async () => {
  using lab = createTemporaryLab();
  const inside = join(lab.root, '.git', 'lab');
  mkdirSync(inside);
  writeFileSync(join(inside, 'program.md'), readFileSync(join(lab.folder, 'program.md')));
  writeFileSync(join(inside, 'value.mjs'), value(10));
  const { code, stderr } = await ratchet(['check'], { cwd: inside });
  expect({ code, stack: hasStack(stderr) }).toEqual({ code: 2, stack: false });
  expect(stderr).toContain("is inside git's own folder");
});

test('the state of a study ignores itself, and a study outlives a git clean of all that is ignored', async () => {
  using lab = createTemporaryLab();
  const first = await studyIn(lab);
  expect(existsSync(join(lab.folder, '.ratchet', '.gitignore'))).toBe(true);
  lab.git('clean', '-fdxq');
  rmSync(join(lab.folder, '.ratchet'), { recursive: true, force: true });
  const { state } = await researchLab(lab, {
    researcher: scriptedResearcher([value(11), value(9), value(8)]),
  });
  expect(state.study.study).toBe(first.study.study);
  expect(verdictsOf(state).map(({ verdict }) => verdict)).toEqual(['discard', 'keep', 'keep']);
});
