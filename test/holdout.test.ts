import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { studiesOnDisk } from '../src/engine/studies.ts';
import { studyFolder } from '../src/lab/folder.ts';
import type { StudyId } from '../src/model/identity.ts';
import type { StudyState } from '../src/model/study.ts';
import { readLedger } from '../src/record/reader.ts';
import { ratchet } from './command.ts';
import { researchLab, scriptedResearcher } from './session.ts';
import { createTemporaryLab, type TemporaryLab } from './temporary-lab.ts';

const value = (number: number) => `export const value = ${number};\n`;

/** What the sealed evaluation prints and leaves lying about, and nobody else may ever show. */
const NUMBER = '77.125';
const SEALED = `
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
const value = Number(readFileSync('value.txt', 'utf8'));
const secret = Number(readFileSync('secret/offset.txt', 'utf8'));
writeFileSync('left.txt', '${NUMBER}');
console.error('${NUMBER}');
`;
const SCORE = `${SEALED}console.log('score:', value + secret);\n`;

function createSealedLab(holdout: string, program: readonly string[] = []): TemporaryLab {
  const lab = createTemporaryLab({
    program: [
      'artifacts: [value.txt]',
      'evaluate: node evaluate.mjs',
      'holdout: node sealed.mjs',
      'sealed: [secret]',
      ...program,
    ],
    files: {
      'value.mjs': value(10),
      'run.mjs': `import { existsSync, writeFileSync } from 'node:fs';
import { value } from './value.mjs';
if (existsSync('secret')) throw new Error('a trial sees what is sealed');
writeFileSync('value.txt', String(value));\n`,
      'evaluate.mjs': `import { existsSync, readFileSync } from 'node:fs';
if (existsSync('secret')) throw new Error('evaluate sees what is sealed');
console.log('score:', readFileSync('value.txt', 'utf8'));\n`,
      'sealed.mjs': holdout,
      '.gitignore': '',
    },
  });
  lab.write('secret/offset.txt', NUMBER);
  return lab;
}

/** Keeps each of these values, and is asked for no more. */
async function keep(lab: TemporaryLab, ...values: number[]): Promise<StudyState> {
  const { state } = await researchLab(lab, { researcher: scriptedResearcher(values.map(value)) });
  return state;
}

const holdout = (lab: TemporaryLab, ...args: string[]) => ratchet(['holdout', ...args], { cwd: lab.folder });

function stateOf(lab: TemporaryLab): StudyState {
  const [study] = studiesOnDisk(lab.folder);
  const opening = readLedger(studyFolder(lab.folder, study as StudyId).ledger);
  if (opening.kind !== 'open') throw new Error(opening.kind);
  const { state } = opening.reader;
  opening.reader.close();
  return state;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

test('a champion that is better on sealed data passes, and no number of it is told to anybody', async () => {
  using lab = createSealedLab(SCORE);
  const before = await keep(lab, 9);
  const { code, stdout, stderr } = await holdout(lab);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^pass: champion [0-9a-f]{12} /),
  });
  expect(stdout).toContain('1 of 1 question');
  expect(stderr).toContain("1 of the champion's changes is not certified");
  const { holdout: answers, ended } = stateOf(lab);
  expect(answers).toMatchObject([{ answer: 'pass', against: before.study.baseline }]);
  const asked = [...ended.values()].slice(before.ended.size);
  expect(asked.map(({ purpose }) => purpose)).toEqual(['certify', 'certify']);
  expect(new Set(asked.map(({ seed }) => seed)).size).toBe(1);
  expect([...before.ended.values()].map(({ seed }) => seed)).not.toContain(asked[0]?.seed);
  const told = filesBelow(join(lab.folder, '.ratchet')).filter((path) => readFileSync(path).includes(NUMBER));
  expect(told).toEqual([]);
  expect(stdout + stderr).not.toContain(NUMBER);
  expect(lab.git('ls-tree', '-r', '--name-only', answers[0]?.against ?? '')).not.toContain('secret');
});

test('one that is not better by a margin fails, and the same question again is answered without a run', async () => {
  using lab = createSealedLab(`${SEALED}console.log('score:', value < 10 ? secret - 0.4 : secret);\n`, [
    'minimumEffect: 0.5',
  ]);
  await keep(lab, 9);
  const first = await holdout(lab, '--json');
  expect(first).toMatchObject({ code: 1 });
  expect(JSON.parse(first.stdout)).toMatchObject({
    answer: 'fail',
    origin: 'new',
    questions: { asked: 1, allowed: 1 },
  });
  const after = stateOf(lab);
  const again = await holdout(lab, '--json');
  expect(again).toMatchObject({ code: 1 });
  expect(JSON.parse(again.stdout)).toMatchObject({ answer: 'fail', origin: 'known' });
  expect(stateOf(lab).nextTrial).toBe(after.nextTrial);
});

test('a question that is spent is refused and explained, until the documents are others', async () => {
  using lab = createSealedLab(SCORE);
  await keep(lab, 9);
  expect(await holdout(lab)).toMatchObject({ code: 0 });
  const passed = stateOf(lab).holdout[0]?.champion;
  const { judged } = await keep(lab, 9, 8);
  expect(judged).toBe(2);
  const refused = await holdout(lab);
  expect(refused).toMatchObject({ code: 3, stdout: '' });
  expect(refused.stderr).toContain('20 in 1,000 experiments');
  expect(refused.stderr).toContain('after experiment 51');
  lab.write('secret/offset.txt', '12');
  expect(await holdout(lab)).toMatchObject({ code: 0 });
  expect(stateOf(lab).holdout.map(({ against }) => against)[1]).toBe(passed);
});

test('with a score for each document their paired differences decide', async () => {
  const documents = (gain: string) => `${SEALED}
for (let index = 0; index < 12; index++) {
  const document = { document: 'book ' + index, value: 100 * index + (value < 10 ? ${gain} : 0) };
  appendFileSync(process.env.RATCHET_METRICS, JSON.stringify(document) + '\\n');
}\n`;
  using better = createSealedLab(documents('-1 - index / 100'));
  await keep(better, 9);
  expect(await holdout(better)).toMatchObject({ code: 0 });
  using mixed = createSealedLab(documents('index % 2 === 0 ? -3 : 2'));
  await keep(mixed, 9);
  expect(await holdout(mixed)).toMatchObject({ code: 1 });
});

test('a sealed evaluation that fails on the champion alone is a fail, and on both it is no question', async () => {
  using alone = createSealedLab(`${SEALED}if (value < 10) process.exit(3);\nconsole.log('score: 1');\n`);
  await keep(alone, 9);
  expect(await holdout(alone)).toMatchObject({ code: 1, stdout: expect.stringMatching(/^fail: /) });
  using both = createSealedLab(`${SEALED}process.exit(3);\n`);
  await keep(both, 9);
  const { code, stdout, stderr } = await holdout(both);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('it ended with exit code 3. No question was used');
  expect(stderr).not.toContain(NUMBER);
  expect(stateOf(both).holdout).toEqual([]);
});

test('without a keep, without a holdout, or with sealed files that every trial sees there is nothing to ask', async () => {
  using lab = createSealedLab(SCORE);
  expect(await holdout(lab)).toMatchObject({ code: 3, stdout: '' });
  await keep(lab, 11);
  const kept = await holdout(lab);
  expect(kept).toMatchObject({ code: 3, stderr: expect.stringContaining('still the baseline') });
  using bare = createTemporaryLab();
  await keep(bare, 9);
  expect(await holdout(bare)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('names no `holdout`'),
  });
  using open = createSealedLab(SCORE);
  open.git('add', '--all');
  open.git('commit', '--quiet', '--message=a mistake');
  rmSync(join(open.folder, '.ratchet'), { recursive: true, force: true });
  await keepSealedInBaseline(open);
  const refused = await holdout(open);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('every trial sees it') });
  expect(existsSync(join(open.folder, 'secret'))).toBe(true);
});

/** The lab's own scripts refuse to run beside the secret: here they must not look. */
async function keepSealedInBaseline(lab: TemporaryLab): Promise<void> {
  lab.write(
    'run.mjs',
    "import { writeFileSync } from 'node:fs';\nimport { value } from './value.mjs';\nwriteFileSync('value.txt', String(value));\n",
  );
  lab.write(
    'evaluate.mjs',
    "import { readFileSync } from 'node:fs';\nconsole.log('score:', readFileSync('value.txt', 'utf8'));\n",
  );
  await keep(lab, 9);
}
