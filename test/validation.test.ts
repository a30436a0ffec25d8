import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../src/process/testing.ts';
import { ratchet } from './command.ts';
import { researchLab, scriptedResearcher } from './session.ts';
import { createTemporaryLab } from './temporary-lab.ts';

/** A run that writes down which of these paths it can read, and an evaluation that counts what it can read itself. */
const LOOK = `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
const paths = ['answers.txt', 'evaluate.mjs', 'given/public.txt', 'given/private/answers.txt', '../answers.txt'];
const seen = paths.filter((path) => { try { readFileSync(path); return true; } catch { return false; } });
`;
const RUN = `${LOOK}writeFileSync('seen.txt', seen.join(' '));\n`;
const EVALUATE = `${LOOK}
const told = readFileSync('seen.txt', 'utf8');
console.log('run saw', told === '' ? 'nothing' : told);
console.log('score:', seen.length);
`;

test('what is for the evaluation is absent from a run and from its checks: tracked, provided, and the evaluator itself', async () => {
  using lab = createTemporaryLab({
    program: [
      'provide: [given]',
      'validation: [answers.txt, given/private]',
      'artifacts: [seen.txt]',
      'evaluate: node evaluate.mjs',
      'checks: sh check.sh',
    ],
    files: {
      'value.mjs': '',
      'run.mjs': RUN,
      'evaluate.mjs': EVALUATE,
      'answers.txt': 'answers',
      'check.sh':
        'for file in answers.txt given/private/answers.txt evaluate.mjs; do ! test -e $file || exit 1; done\n',
      '.gitignore': 'given\n',
    },
  });
  mkdirSync(join(lab.folder, 'given', 'private'), { recursive: true });
  writeFileSync(join(lab.folder, 'given', 'public.txt'), 'public');
  writeFileSync(join(lab.folder, 'given', 'private', 'answers.txt'), 'answers');
  const { state } = await researchLab(lab, { researcher: scriptedResearcher(['// new']) });
  const outcomes = [...state.ended.values()].map(({ outcome }) => outcome);
  // The evaluation reads answers.txt, itself, and both given files.
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ kind: 'completed', measurement: { value: 4, source: 'evaluated' } });
  const log = join(lab.folder, '.ratchet', state.study.study, 'trials', '1', 'evaluate.log');
  expect(readFileSync(log, 'utf8')).toContain('run saw given/public.txt\n');
});

test('prepare runs once a study, sees what the evaluation sees, and its work is read-only to every trial', async () => {
  const counted = scratchFolder();
  using lab = createTemporaryLab({
    program: [
      'prepare: node prepare.mjs',
      'validation: [all.txt]',
      'artifacts: [out.txt]',
      'evaluate: node evaluate.mjs',
      `sandbox: { write: ["${counted}"] }`,
    ],
    files: {
      'value.mjs': '',
      'all.txt': 'training validation',
      'prepare.mjs': `
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
appendFileSync('${counted}/count', 'x');
writeFileSync(process.env.RATCHET_PREPARED + '/training.txt', readFileSync('all.txt', 'utf8').split(' ')[0]);
`,
      'run.mjs': `
import { readFileSync, writeFileSync } from 'node:fs';
const file = process.env.RATCHET_PREPARED + '/training.txt';
let locked = 0;
try { writeFileSync(file, 'mine'); } catch { locked = 1; }
writeFileSync('out.txt', readFileSync(file, 'utf8') + locked);
`,
      'evaluate.mjs':
        "console.log('score:', (await import('node:fs')).readFileSync('out.txt', 'utf8') === 'training1' ? 1 : 2);\n",
    },
  });
  await researchLab(lab, { researcher: scriptedResearcher(['// one', '// two']), slots: 2 });
  const { state } = await researchLab(lab, {
    researcher: scriptedResearcher(['// one', '// two', '// three']),
  });
  const values = [...state.ended.values()].map(
    ({ outcome }) => outcome.kind === 'completed' && outcome.measurement.value,
  );
  expect(values).toEqual([1, 1, 1, 1]);
  expect(readFileSync(join(counted, 'count'), 'utf8')).toBe('x');
});

test('a lab whose prepare fails is told so, with its own words', async () => {
  using lab = createTemporaryLab({ program: ['prepare: "echo no such corpus; exit 3"'] });
  const { code, stderr } = await ratchet(['check'], { cwd: lab.folder });
  expect(code).toBe(2);
  expect(stderr).toContain('`prepare` failed: exit code 3');
  expect(stderr).toContain('no such corpus');
});
