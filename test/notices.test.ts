import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ratchet } from './command.ts';
import { researchLab, scriptedResearcher } from './session.ts';
import { createTemporaryLab, type TemporaryLab } from './temporary-lab.ts';

const value = (number: number) => `export const value = ${number};\n`;

/** What a person is told by an engine that works on the lab's study. */
async function noticesOf(lab: TemporaryLab): Promise<readonly string[]> {
  let notices: readonly string[] = [];
  await researchLab(lab, {
    researcher: scriptedResearcher([value(9)]),
    during: ({ engine }) => (notices = [...engine.notices]),
  });
  return notices;
}

test('a study that is resumed says which locked files it does not take in, until they are as it knows them', async () => {
  using lab = createTemporaryLab({ below: 'lab' });
  expect(await noticesOf(lab)).toEqual([]);
  const harness = "import { value } from './value.mjs';\nconsole.log('score:', value + 1);\n";
  const before = lab.git('show', 'HEAD:lab/run.mjs');
  lab.write('run.mjs', harness);
  lab.write('../other.txt', 'not of this lab\n');
  expect(await noticesOf(lab)).toEqual([
    expect.stringMatching(/^run\.mjs differs from the baseline of study \S+, .* --new takes it in$/),
  ]);
  lab.write('run.mjs', `${before}\n`);
  lab.write('program.md', `${lab.git('show', 'HEAD:lab/program.md')}\nMore prose.\n`);
  expect(await noticesOf(lab)).toEqual([]);
});

test('a working tree that has the champion, or the baseline, has not drifted', async () => {
  using lab = createTemporaryLab();
  await noticesOf(lab);
  lab.write('value.mjs', value(9));
  expect(await noticesOf(lab)).toEqual([]);
  lab.write('value.mjs', value(5));
  expect(await noticesOf(lab)).toEqual([expect.stringMatching(/^value\.mjs differs from /)]);
});

test('a repository inside the lab is named: no trial sees its files', async () => {
  using lab = createTemporaryLab();
  mkdirSync(join(lab.folder, 'inner'));
  lab.git('init', '--quiet', join(lab.folder, 'inner'));
  lab.write('inner/file.txt', 'inner\n');
  const checked = await ratchet(['check'], { cwd: lab.folder });
  expect(checked.stderr).toContain('trials do not see the repositories inside the lab (inner/)');
  expect(await noticesOf(lab)).toEqual([expect.stringContaining('(inner/): name under `provide`')]);
});

test('a change of what trials are provided with is told, and so is the gain that it hides', async () => {
  using lab = createTemporaryLab({ program: ['provide: [data]'] });
  lab.write('.gitignore', 'data\n');
  lab.write('data/a.txt', 'a\n');
  lab.git('add', '.gitignore');
  lab.git('commit', '--quiet', '--message=ignore data');
  expect(await noticesOf(lab)).toEqual([]);
  expect((await ratchet(['status'], { cwd: lab.folder })).stdout).toMatch(/ 10\.0+ -> 9\.0+ points /);
  lab.write('data/b.txt', 'b\n');
  expect(await noticesOf(lab)).toEqual([
    'what `provide` names changed: what was measured before is not compared with new trials, and the champion is measured again',
  ]);
  expect(await noticesOf(lab)).toEqual([]);
  const { stdout } = await ratchet(['status'], { cwd: lab.folder });
  expect(stdout).not.toContain('->');
  expect(stdout).toMatch(/^baseline {5}10\.0+, under other conditions: /m);
});
