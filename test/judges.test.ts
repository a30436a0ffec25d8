import { expect, test } from 'vitest';
import { JUDGE_NAMES } from '../src/engine/judges.ts';
import { studiesOnDisk } from '../src/engine/studies.ts';
import { studyFolder } from '../src/lab/folder.ts';
import { readLedger } from '../src/record/reader.ts';
import { hasStack, ratchet } from './command.ts';
import { createStreamingLab, impatient } from './scripted-judge.ts';
import { researchLab, scriptedResearcher } from './session.ts';
import { createTemporaryLab } from './temporary-lab.ts';

const value = (number: number) => `export const value = ${number};\n`;

test.for(JUDGE_NAMES)('run --judge %s is told in its first line, and stands in the ledger', async (judge) => {
  using lab = createTemporaryLab();
  const { code, stdout } = await ratchet(['run', '--judge', judge, '--experiments', '1', '--slots', '1'], {
    cwd: lab.folder,
  });
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^\\S+ engine +at work .*, judge ${judge}, pid \\d+$`, 'm'));
  const [study] = studiesOnDisk(lab.folder);
  const opened = readLedger(studyFolder(lab.folder, study!).ledger);
  if (opened.kind !== 'open') throw new Error(opened.kind);
  using reader = opened.reader;
  expect(reader.state.engine?.judge).toBe(judge);
});

test('the baseline is told once, however often a judge runs it', async () => {
  using lab = createTemporaryLab();
  const { stdout } = await ratchet(['run', '--experiments', '2', '--slots', '1'], { cwd: lab.folder });
  expect(stdout.match(/^\S+ baseline .*$/gm)).toHaveLength(1);
});

test('an unknown judge is a mistake that names those there are', async () => {
  using lab = createTemporaryLab();
  const { code, stderr } = await ratchet(['run', '--judge', 'solomon'], { cwd: lab.folder });
  expect({ code, stack: hasStack(stderr) }).toEqual({ code: 2, stack: false });
  for (const name of JUDGE_NAMES) expect(stderr).toContain(name);
});

test('a judge of somebody else has no name in the ledger; what it stopped is shown as stopped', async () => {
  using lab = createStreamingLab();
  const { state } = await researchLab(lab, {
    researcher: scriptedResearcher([value(12)]),
    judge: impatient(),
    limits: [{ kind: 'experiments', count: 1 }],
  });
  expect(state.engine).not.toHaveProperty('judge');
  const show = await ratchet(['show', '1'], { cwd: lab.folder });
  expect(show).toMatchObject({ code: 0, stderr: '' });
  expect(show.stdout).toMatch(/^forecast +by 20% of the budget: forecast worse by 2$/m);
  expect(show.stdout).toMatch(/candidate .* stopped at 20%: forecast worse by 2$/m);
  expect(show.stdout).not.toMatch(/error|cancelled|crash/i);
  const log = await ratchet(['log', '--json'], { cwd: lab.folder });
  expect(JSON.parse(log.stdout)).toMatchObject({ verdict: 'discard', metric: null, delta: null });
});
