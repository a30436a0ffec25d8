import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { posterior } from '../src/decide/posterior.ts';
import { scratchFolder } from '../src/process/testing.ts';
import { ratchet } from './command.ts';
import { researchLab, scriptedResearcher } from './session.ts';
import { createTemporaryLab, type TemporaryLab } from './temporary-lab.ts';

const value = (number: number) => `export const value = ${number};\n`;

function patchFile(from: number, to: number, path = 'value.mjs'): string {
  const file = join(scratchFolder(), 'idea.patch');
  const lines = [
    `--- a/${path}`,
    `+++ b/${path}`,
    '@@ -1 +1 @@',
    `-${value(from).trim()}`,
    `+${value(to).trim()}`,
    '',
  ];
  writeFileSync(file, lines.join('\n'));
  return file;
}

const suggest = (lab: TemporaryLab, idea: string, patch: string) =>
  ratchet(['suggest', idea, '--patch', patch], { cwd: lab.folder });

const waiting = (lab: TemporaryLab) => readdirSync(join(lab.folder, '.ratchet', 'suggestions'));

test.each([
  ['greedy', undefined],
  ['the default judge', posterior],
])('a suggestion runs before what the researcher proposes, with %s, and is judged like it', async (_, judge) => {
  using lab = createTemporaryLab();
  const told = await suggest(lab, 'a  value of\n8', patchFile(10, 8));
  expect(told).toEqual({
    code: 0,
    stdout: 'it runs next: at once where an engine is at work, else with the next "ratchet run"\n',
    stderr: '',
  });
  const { state } = await researchLab(lab, {
    researcher: scriptedResearcher([value(9), value(11)]),
    ...(judge === undefined ? {} : { judge }),
    limits: [{ kind: 'experiments', count: 2 }],
  });
  const [first] = [...state.experiments.values()].filter(
    ({ proposal }) => proposal.origin.kind === 'suggestion',
  );
  expect(first?.proposal).toMatchObject({ hypothesis: 'a value of 8', origin: { kind: 'suggestion' } });
  const candidates = [...state.ended.values()].filter(({ purpose }) => purpose === 'candidate');
  expect(candidates[0]?.commit).toBe(first?.proposal.commit);
  expect(waiting(lab)).toEqual([]);
});

test('what does not fit the champion is told at once, and leaves nothing behind', async () => {
  using lab = createTemporaryLab();
  const { code, stderr } = await suggest(lab, 'a value of 8', patchFile(7, 8));
  expect(code).toBe(2);
  expect(stderr).toMatch(/^ratchet: the patch does not fit the champion, [0-9a-f]{10}: .*value\.mjs/);
  expect((await suggest(lab, 'nothing', '/nowhere/idea.patch')).stderr).toContain(
    'cannot read /nowhere/idea.patch',
  );
  expect((await suggest(lab, 'x'.repeat(5000), patchFile(10, 8))).stderr).toContain(
    'the idea has 5000 characters',
  );
});

test('a patch that fitted once, and no more, is set aside and said; the study goes on', async () => {
  using lab = createTemporaryLab();
  await suggest(lab, 'first', patchFile(10, 8));
  await suggest(lab, 'second', patchFile(10, 7));
  const run = await ratchet(['run', '--experiments', '1', '--judge', 'greedy', '--seed', '1'], {
    cwd: lab.folder,
  });
  expect(run.code).toBe(0);
  const again = await ratchet(['run', '--experiments', '1', '--judge', 'greedy'], { cwd: lab.folder });
  expect(run.stdout + run.stderr + again.stdout + again.stderr).not.toContain('    at ');
  const left = waiting(lab);
  expect(left.every((name) => name.endsWith('.refused'))).toBe(true);
});

test('a suggestion outside of what may be edited is invalid like any other proposal, wherever its paths begin', async () => {
  using lab = createTemporaryLab({ below: 'labs/one' });
  mkdirSync(join(lab.root, 'other'));
  await suggest(lab, 'a relative path', patchFile(10, 8));
  await suggest(lab, 'a path from the top', patchFile(10, 7, 'labs/one/value.mjs'));
  const locked = join(scratchFolder(), 'locked.patch');
  writeFileSync(locked, '--- /dev/null\n+++ b/labs/one/new.mjs\n@@ -0,0 +1 @@\n+x\n');
  await suggest(lab, 'a new file', locked);
  const { state } = await researchLab(lab, { researcher: scriptedResearcher([]), slots: 1 });
  const told = [...state.experiments.values()].map(({ proposal, status }) => [proposal.hypothesis, status]);
  expect(told).toContainEqual(['a relative path', 'judged']);
  const invalid = [...state.experiments.values()].find(
    ({ proposal }) => proposal.hypothesis === 'a new file',
  );
  expect(invalid?.status === 'judged' && invalid.verdict.reason).toContain('changes new.mjs');
});

test('an engine that died between taking a suggestion and forgetting it tries it once', async () => {
  using lab = createTemporaryLab();
  await suggest(lab, 'a value of 8', patchFile(10, 8));
  const folder = join(lab.folder, '.ratchet', 'suggestions');
  const [name] = waiting(lab);
  const { readFileSync } = await import('node:fs');
  const text = readFileSync(join(folder, name!), 'utf8');
  await researchLab(lab, { researcher: scriptedResearcher([]) });
  writeFileSync(join(folder, name!), text);
  const { state } = await researchLab(lab, { researcher: scriptedResearcher([]) });
  expect(state.experiments.size).toBe(1);
  expect(waiting(lab)).toEqual([]);
});

test('an idea in words is in the brief, as a quotation, and no proposal', async () => {
  using lab = createTemporaryLab();
  await ratchet(['run', '--experiments', '1', '--seed', '1'], { cwd: lab.folder });
  const told = await ratchet(['suggest', 'try a\nvalue\u001b[31m below 3'], { cwd: lab.folder });
  expect(told).toMatchObject({ code: 0, stderr: '' });
  expect(told.stdout).toMatch(/^the briefs of the next 20 proposals of a language model carry it/);
  const { stdout } = await ratchet(['brief'], { cwd: lab.folder });
  expect(stdout).toContain('try a value');
  expect(stdout).toContain(' below 3');
  expect(stdout).not.toContain('\u001b');
  const { stdout: log } = await ratchet(['log', '--json'], { cwd: lab.folder });
  expect(log).not.toContain('below 3');
});
