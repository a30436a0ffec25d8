import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { studiesOnDisk } from '../src/engine/studies.ts';
import { studyFolder } from '../src/lab/folder.ts';
import type { ExperimentId } from '../src/model/identity.ts';
import type { FileChange } from '../src/model/proposal.ts';
import type { Researcher } from '../src/model/researcher.ts';
import type { StudyState } from '../src/model/study.ts';
import { readLedger } from '../src/record/reader.ts';
import { type Ended, ratchet } from './command.ts';
import { draftingResearcher, researchLab } from './session.ts';
import { createTemporaryLab, SUM_OF_TWO, type TemporaryLab } from './temporary-lab.ts';

const write = (path: string, value: number): readonly FileChange[] => [
  { kind: 'write', path, content: `export const value = ${value};\n` },
];

/** A lab deep in its repository, of a user that git knows. */
function createLab(program: readonly string[] = ['deterministic: true']): TemporaryLab {
  const lab = createTemporaryLab({
    ...SUM_OF_TWO,
    below: 'deep/labs/sum',
    program: [...(SUM_OF_TWO.program ?? []), ...program],
  });
  lab.git('config', 'user.name', 'Úna <User>');
  lab.git('config', 'user.email', 'una@example.org');
  return lab;
}

/** Three keeps, by their numbers: the first and the second stand alone, the third is made on the first. */
async function keepThree(lab: TemporaryLab, researcher?: Researcher): Promise<ExperimentId[]> {
  const { state } = await researchLab(lab, {
    researcher: researcher ?? draftingResearcher([write('a.mjs', 5), write('b.mjs', 5), write('a.mjs', 3)]),
  });
  return [...[...state.champions.values()][0]!.stack];
}

function finalize(lab: TemporaryLab, ...args: string[]): Promise<Ended> {
  return ratchet(['finalize', 'deep/labs/sum', ...args], { cwd: lab.root });
}

interface Branch {
  readonly name: string;
  readonly commit: string;
  readonly changes: readonly number[];
  readonly on: readonly number[];
  readonly again?: { readonly value: number };
}

async function finalized(lab: TemporaryLab, ...args: string[]) {
  const ended = await finalize(lab, '--json', ...args);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(ended.stdout) as {
    readonly branches: readonly Branch[];
    readonly leftOut: readonly { readonly experiment: number; readonly reason: string }[];
  };
}

/** All that a user sees of their repository, but for the branches. */
function userState(lab: TemporaryLab): string {
  return [
    lab.git('status', '--porcelain=v2', '--branch', '--ignored'),
    lab.git('rev-parse', 'HEAD'),
    lab.git('stash', 'list'),
    lab.git('diff'),
    lab.git('diff', '--cached'),
    readFileSync(join(lab.root, '.git', 'HEAD'), 'utf8'),
    readFileSync(join(lab.root, '.git', 'index'), 'latin1'),
  ].join('\n');
}

function stateOf(lab: TemporaryLab): StudyState {
  const opening = readLedger(studyFolder(lab.folder, studiesOnDisk(lab.folder)[0]!).ledger);
  if (opening.kind !== 'open') throw new Error(opening.kind);
  using reader = { ...opening, [Symbol.dispose]: () => opening.reader.close() };
  return reader.reader.state;
}

const branchesOf = (lab: TemporaryLab): string[] =>
  lab.git('for-each-ref', '--format=%(refname:short)', 'refs/heads').split('\n');

test('each change becomes a branch of one commit on HEAD, measured again there, and nothing that the user works on moves', async () => {
  using lab = createLab();
  const [a, b, c] = await keepThree(lab);
  // The user has gone on meanwhile, and is in the middle of something.
  lab.write('../../other.txt', 'committed\n');
  lab.git('add', '--all');
  lab.git('commit', '--quiet', '--message=something else');
  lab.write('../../other.txt', 'stashed\n');
  lab.git('stash', '--quiet');
  lab.write('a.mjs', 'export const value = 99;\n');
  lab.write('b.mjs', 'export const value = 98;\n');
  lab.git('add', 'deep/labs/sum/b.mjs');
  lab.write('untracked.txt', 'mine\n');
  const before = userState(lab);

  const { branches, leftOut } = await finalized(lab);
  expect(leftOut).toEqual([]);
  const study = stateOf(lab).study.study;
  expect(branches.map(({ name, changes, on, again }) => ({ name, changes, on, again }))).toEqual([
    { name: `ratchet/final/${study}/${a}`, changes: [a], on: [], again: { value: 5 } },
    { name: `ratchet/final/${study}/${b}`, changes: [b], on: [], again: { value: 5 } },
    { name: `ratchet/final/${study}/${c}`, changes: [c], on: [a], again: { value: 2 } },
  ]);
  expect(userState(lab)).toBe(before);

  const [one, two, three] = branches as readonly [Branch, Branch, Branch];
  const head = lab.git('rev-parse', 'HEAD');
  expect(lab.git('rev-parse', `${one.name}^`, `${two.name}^`)).toBe(`${head}\n${head}`);
  expect(lab.git('rev-parse', `${three.name}^`)).toBe(one.commit);
  expect(lab.git('diff', '--name-only', head, two.name)).toBe('deep/labs/sum/b.mjs');
  expect(lab.git('show', `${two.name}:deep/labs/sum/b.mjs`)).toBe('export const value = 5;');
  expect(lab.git('log', '-1', '--format=%an <%ae> %cn <%ce>', two.name)).toBe(
    'Úna User <una@example.org> Úna User <una@example.org>',
  );
  const message = lab.git('log', '-1', '--format=%B', two.name);
  expect(message).toMatch(/^write script 2\n\nEffect on score, positive is better: \+5\.\d+ points/);
  expect(message).toContain(`ratchet show ${b} --lab deep/labs/sum --study ${study}`);
  expect(lab.git('log', '-1', '--format=%(trailers:key=Ratchet-Experiment,valueonly)', two.name)).toBe(
    String(b),
  );

  // The study is as it was, but for trials that no judge looks at.
  const { ended, champions } = stateOf(lab);
  const replays = [...ended.values()]
    .filter(({ purpose }) => purpose === 'replay')
    .sort((one, other) => one.trial - other.trial);
  expect(replays.map(({ commit }) => commit)).toEqual([head, one.commit, two.commit, three.commit]);
  expect([...champions.values()][0]!.stack).toEqual([a, b, c]);
  expect(await ratchet(['verify', 'deep/labs/sum'], { cwd: lab.root })).toMatchObject({ code: 0 });

  // Once more it is the same: nothing moves, and nothing is made twice.
  const again = await finalized(lab, '--no-measure');
  expect(again.branches.map(({ commit }) => commit)).toEqual(branches.map(({ commit }) => commit));
});

test('with --squash all of them are one commit on the branch that --branch names', async () => {
  using lab = createLab();
  const changes = await keepThree(lab);
  const { branches } = await finalized(lab, '--squash', '--branch', 'faster/sum');
  expect(branches).toMatchObject([{ name: 'faster/sum', changes, again: { value: 12 } }]);
  expect(lab.git('rev-list', '--count', 'HEAD..faster/sum')).toBe('1');
  expect(lab.git('diff', '--name-only', 'HEAD', 'faster/sum')).toBe(
    'deep/labs/sum/a.mjs\ndeep/labs/sum/b.mjs',
  );
  expect(lab.git('log', '-1', '--format=%s', 'faster/sum')).toBe('Improve score by 3 changes');
});

describe('what does not fit', () => {
  test('is left out with the paths in conflict, and what stands on it too; the others are made', async () => {
    using lab = createLab();
    const [a, b, c] = await keepThree(lab);
    lab.write('a.mjs', 'export const value = 9; // somebody else was here\n');
    lab.git('commit', '--quiet', '--all', '--message=another idea');
    const { branches, leftOut } = await finalized(lab, '--no-measure');
    expect(branches.map(({ changes }) => changes)).toEqual([[b]]);
    expect(leftOut).toEqual([
      {
        experiment: a,
        reason: expect.stringMatching(/conflicts with HEAD in deep\/labs\/sum\/a\.mjs: .*ratchet diff \d+/),
      },
      { experiment: c, reason: expect.stringMatching(/conflicts with HEAD in deep\/labs\/sum\/a\.mjs/) },
    ]);
  });

  test('since the user has it already is said', async () => {
    using lab = createLab();
    const [a, b, c] = await keepThree(lab);
    lab.write('b.mjs', 'export const value = 5;\n');
    lab.git('commit', '--quiet', '--all', '--message=the same');
    const { branches, leftOut } = await finalized(lab, '--no-measure');
    expect(branches.map(({ changes }) => changes)).toEqual([[a], [c]]);
    expect(leftOut).toEqual([{ experiment: b, reason: 'HEAD has what it changes already' }]);
  });

  test('where it is to go, as it fails there or is worse, gets no branch, and neither does what stands on it', async () => {
    using lab = createLab();
    const [a, b, c] = await keepThree(lab);
    // On this commit a small `a` is an error, and a small `b` is worse.
    lab.write(
      'run.mjs',
      "import { value as a } from './a.mjs';\nimport { value as b } from './b.mjs';\nif (a < 10) throw new Error('too small');\nconsole.log('score:', a - b);\n",
    );
    lab.git('commit', '--quiet', '--all', '--message=another measure');
    const { branches, leftOut } = await finalized(lab);
    expect(branches).toEqual([]);
    expect(leftOut).toEqual([
      { experiment: a, reason: expect.stringContaining('it fails on this commit, in trial ') },
      { experiment: b, reason: 'measured again on this commit it is worse, by 5' },
      { experiment: c, reason: expect.stringContaining('what it would stand on yields no measurement') },
    ]);
    expect(branchesOf(lab).filter((name) => name.includes('final'))).toEqual([]);
  });
});

test('a branch that stands elsewhere is left as it is, no other is made, and the mend is told', async () => {
  using lab = createLab();
  const [a, b] = await keepThree(lab);
  lab.git('branch', `mine/${b}`);
  const head = lab.git('rev-parse', 'HEAD');
  const ended = await finalize(lab, '--branch', 'mine');
  expect(ended).toMatchObject({ code: 3, stdout: '' });
  expect(ended.stderr).toMatch(
    /branch mine\/\d+ exists and stands at .* it is left as it is\. Delete it \(git branch -D mine\/\d+\)/,
  );
  expect(lab.git('rev-parse', `mine/${b}`)).toBe(head);
  expect(branchesOf(lab)).not.toContain(`mine/${a}`);
  // A branch whose name stands in the way.
  const inTheWay = await finalize(lab, '--branch', 'main');
  expect(inTheWay.code).toBe(3);
  expect(inTheWay.stderr).toMatch(
    /no branch was made: branch main\/\d+ has no room while branch main exists/,
  );
  const below = await finalize(lab, '--squash', '--branch', 'mine');
  expect([below.code, below.stderr]).toEqual([
    3,
    expect.stringContaining(`branch mine has no room while branch mine/${b} exists`),
  ]);
  expect(lab.git('rev-parse', 'main')).toBe(head);
  // It is seen before anything is run.
  const replays = [...stateOf(lab).ended.values()].filter(({ purpose }) => purpose === 'replay');
  expect(replays).toEqual([]);
});

test('what nothing has shown on fresh seeds is no branch, but a sentence that says what to do', async () => {
  using lab = createLab([]);
  const nothing = await finalize(lab);
  expect(nothing).toMatchObject({ code: 3, stdout: '' });
  await keepThree(lab);
  const ended = await finalize(lab);
  expect(ended).toMatchObject({ code: 3, stdout: '' });
  expect(ended.stderr).toMatch(
    /no change of study .* is certified yet, 3 are provisional: "ratchet certify" .* --provisional/,
  );
  expect(branchesOf(lab).filter((name) => name.includes('final'))).toEqual([]);
  const asked = await finalize(lab, '--provisional', '--no-measure');
  expect(asked).toMatchObject({ code: 0, stderr: '' });
  expect(asked.stdout).toMatch(/^3 branches on HEAD \([0-9a-f]{12}\)$/m);
  expect(asked.stdout).toMatch(/^then: {2}git push origin ratchet\/final\/\S+\/1, and open a pull request$/m);
});

test('a hypothesis is text: it closes no issue, mentions nobody, and brings no control character', async () => {
  using lab = createLab();
  const evil =
    'halve it: \u001b[31mfixes #12, closes o/r#3 @team see https://evil.example [skip ci] [ci skip]\n\nSigned-off-by: x\u202e';
  const researcher: Researcher = {
    name: 'script',
    propose: async ({ state }) =>
      state.experiments.size > 0
        ? []
        : [{ hypothesis: evil, category: 'other', edit: 'x', changes: write('a.mjs', 5) }],
  };
  await keepThree(lab, researcher);
  const { branches } = await finalized(lab, '--no-measure');
  const message = lab.git('log', '-1', '--format=%B', branches[0]!.name);
  expect(message.split('\n')[0]).toBe('halve it');
  expect(message).not.toMatch(/#\d|@\w|:\/\/|\[skip|\[ci|(?!\n)\p{Cc}|\u202e/u);
  expect(lab.git('log', '-1', '--format=%(trailers:key=Signed-off-by)', branches[0]!.name)).toBe('');
});

test('mistakes name the thing and the mend', async () => {
  using lab = createLab();
  await keepThree(lab);
  expect((await finalize(lab, '--onto', 'nowhere')).stderr).toBe(
    'ratchet: --onto nowhere names no commit: write a branch or a commit that git knows\n',
  );
  for (const name of ['a..b', 'HEAD', '-D', '@{-1}'])
    expect((await finalize(lab, `--branch=${name}`)).stderr).toContain(
      `--branch ${name} is no name for a branch`,
    );
  expect(branchesOf(lab).filter((name) => name !== 'main' && !name.startsWith('ratchet/'))).toEqual([]);
  lab.git('config', '--unset', 'user.email');
  const ended = await ratchet(['finalize', 'deep/labs/sum'], {
    cwd: lab.root,
    env: { GIT_CONFIG_GLOBAL: '/dev/null', HOME: lab.folder },
  });
  expect(ended.stderr).toContain('git does not know who you are');
});
