import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { scratchFolder } from '../src/process/testing.ts';
import { endOf, isRunning, ratchet, startRatchet, trialsRunning } from './command.ts';
import { researchLab, scriptedResearcher } from './session.ts';
import { createTemporaryLab, type TemporaryLab } from './temporary-lab.ts';

/** Two studies of one lab, whose ids differ in their last four digits at least: the older one first. */
async function twoStudies(lab: TemporaryLab): Promise<[string, string]> {
  const ids: string[] = [];
  for (const number of [9, 8]) {
    const researcher = scriptedResearcher([`export const value = ${number};\n`]);
    const { state } = await researchLab(lab, { researcher, fresh: true });
    ids.push(state.study.study);
  }
  return [ids[0] ?? '', ids[1] ?? ''];
}

async function startedOf(lab: TemporaryLab, study: string): Promise<number> {
  const { stdout } = await ratchet(['log', '--study', study, '--all', '--json'], { cwd: lab.folder });
  return stdout.trim().split('\n').length;
}

test('run --study resumes an older study, by its id or from its copy in git', async () => {
  using lab = createTemporaryLab({ files: { 'value.mjs': 'export const value = 10;\n', 'run.mjs': RUN } });
  const [older, newer] = await twoStudies(lab);
  const before = await startedOf(lab, newer);
  const run = (...args: string[]) => ratchet(['run', ...args], { cwd: lab.folder });
  expect(await run('--study', older, '--experiments', '1')).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(new RegExp(`^study +${older} `, 'm')),
  });
  rmSync(join(lab.folder, '.ratchet', older), { recursive: true });
  const restored = await run('--study', older, '--experiments', '1');
  expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('was restored from its copy') });
  expect(await startedOf(lab, newer)).toBe(before);
  expect((await run('--study', '1999')).stderr).toContain(`no study 1999 in ${lab.folder}: it has `);
  expect((await run('--study', '2')).stderr).toContain(
    `study 2 could be ${[older, newer].toSorted().join(', ')}`,
  );
  expect((await run('--study', older, '--new')).code).toBe(2);
});

test('replay takes the trials of the study that is named, and adds to no other', async () => {
  using lab = createTemporaryLab();
  const [older, newer] = await twoStudies(lab);
  const { code, stdout } = await ratchet(['replay', '1', '--study', older], { cwd: lab.folder });
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('equal, 9') });
  const status = await ratchet(['status', '--study', newer, '--json'], { cwd: lab.folder });
  expect(JSON.parse(status.stdout).champion.score).toMatchObject({ value: 8, trials: 1 });
});

test('each recorded trial is replayed under the budget that it had', async () => {
  using lab = createTemporaryLab({
    files: { 'value.mjs': '', 'run.mjs': "console.log('score:', process.env.RATCHET_BUDGET);\n" },
  });
  await researchLab(lab, { researcher: scriptedResearcher([]) });
  await ratchet(['run', '--trial', '20s', '--experiments', '1', '--judge', 'greedy'], { cwd: lab.folder });
  const { code, stdout } = await ratchet(['replay', 'baseline'], { cwd: lab.folder });
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout:
      'trial 1, replayed as 3: equal, 10\ntrial 2, replayed as 4: equal, 20\n' +
      'the baseline reproduces: 2 of 2 trials measured the same number again\n',
  });
});

test('a replay that is interrupted ends at once, calls nothing a failure, and leaves nothing running', async () => {
  using lab = createTemporaryLab();
  const given = scratchFolder();
  const waiting = `
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
if (existsSync(${JSON.stringify(join(given, 'wait'))})) await setTimeout(600_000);
console.log('score: 1');
`;
  lab.write('run.mjs', waiting);
  const program = readFileSync(join(lab.folder, 'program.md'), 'utf8');
  lab.write('program.md', program.replace('run:', `sandbox: { read: ["${given}"] }\nrun:`));
  await researchLab(lab, { researcher: scriptedResearcher([]) });
  writeFileSync(join(given, 'wait'), '');
  const child = startRatchet(['replay', 'baseline'], { cwd: lab.folder });
  const ended = endOf(child);
  let pids: number[] = [];
  for (; pids.length === 0; await sleep(20)) pids = trialsRunning('run.mjs', lab.folder);
  child.kill('SIGINT');
  expect(await ended).toEqual({ code: 130, stdout: '', stderr: 'ratchet: interrupted\n' });
  expect(pids.filter(isRunning)).toEqual([]);
});

test('a seed that a resumed study does not take is told', async () => {
  using lab = createTemporaryLab({ files: { 'value.mjs': 'export const value = 10;\n', 'run.mjs': RUN } });
  const run = (...args: string[]) => ratchet(['run', '--experiments', '1', ...args], { cwd: lab.folder });
  expect((await run('--seed', '5')).stdout).not.toContain('--seed');
  expect((await run('--seed', '5')).stdout).not.toContain('--seed');
  expect((await run('--seed', '6')).stdout).toMatch(
    /^note: --seed 6 has no effect: study \S+ goes on with its own seed, 5; --new opens another study$/m,
  );
});

const RUN = "import { value } from './value.mjs';\nconsole.log('score:', value);\n";
