import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { seedOf } from '../src/model/random.ts';
import { endOf, isRunning, ratchet, startRatchet, trialsRunning } from './command.ts';
import { createTemporaryLab, type TemporaryLab } from './temporary-lab.ts';

/** A lab whose trials end only if they are killed. */
function createEndlessLab(): TemporaryLab {
  return createTemporaryLab({
    program: ['budget: { trial: 900s, grace: 10s }'],
    files: { 'value.mjs': '', 'run.mjs': 'setInterval(() => undefined, 1000);\n' },
  });
}

async function pidsIn(lab: TemporaryLab, count: number): Promise<number[]> {
  for (;;) {
    const pids = trialsRunning('run.mjs', lab.folder);
    if (pids.length === count) return pids;
    await sleep(20);
  }
}

const stateOf = (lab: TemporaryLab) => readdirSync(join(lab.folder, '.ratchet'));

test('a check that is told to end takes its trial with it, whichever signal says so', async () => {
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
    using lab = createEndlessLab();
    const child = startRatchet(['check'], { cwd: lab.folder });
    const ended = endOf(child);
    const [trial] = await pidsIn(lab, 1);
    child.kill(signal);
    expect({ signal, code: (await ended).code }).toEqual({ signal, code: 130 });
    expect(isRunning(trial ?? 0)).toBe(false);
    expect(stateOf(lab)).toEqual(['.gitignore']);
  }
});

test('two checks of one lab do not disturb each other, and the next one clears up after one that was killed', async () => {
  using lab = createEndlessLab();
  const first = startRatchet(['check'], { cwd: lab.folder });
  const firstEnded = endOf(first);
  const [trial] = await pidsIn(lab, 1);
  const second = startRatchet(['check'], { cwd: lab.folder });
  const secondEnded = endOf(second);
  await pidsIn(lab, 2);
  second.kill('SIGTERM');
  await secondEnded;
  expect(isRunning(trial ?? 0)).toBe(true);
  expect(stateOf(lab)).toEqual(['.gitignore', `check-${first.pid}`]);
  first.kill('SIGKILL');
  await firstEnded;
  lab.write('run.mjs', "console.log('score: 1');\n");
  expect(await ratchet(['check'], { cwd: lab.folder })).toMatchObject({ code: 0 });
  expect(stateOf(lab)).toEqual(['.gitignore']);
  expect(isRunning(trial ?? 0)).toBe(false);
});

test('check says when a trial is killed: at budget and grace together', async () => {
  using lab = createTemporaryLab({ program: ['budget: { trial: 5s cpu, grace: 1m }'] });
  const { stderr } = await ratchet(['check'], { cwd: lab.folder });
  expect(stderr).toContain('running the baseline (5s cpu; a trial is killed at budget + grace, 1m5s cpu)');
});

/** A lab whose score is ten, and so much more as the seed says. */
function createNoisyLab(score: string, program: readonly string[] = []): TemporaryLab {
  return createTemporaryLab({
    program,
    files: {
      'value.mjs': 'export const value = 10;\n',
      'run.mjs': `import { value } from './value.mjs';\nconst seed = Number(process.env.RATCHET_SEED);\nconsole.log('score:', ${score});\n`,
    },
  });
}

const noiseOf = (stdout: string) => JSON.parse(stdout).noise;

test('check --noise says how far equal code scores apart, in how far that is known, and which gains can be told from luck', async () => {
  using lab = createNoisyLab('value + (seed % 1000) / 1000');
  const { code, stdout, stderr } = await ratchet(['check', '--noise', '8', '--slots', '2'], {
    cwd: lab.folder,
  });
  expect(code).toBe(0);
  expect(stderr).toContain('noise, trial 8 of 8: 10.');
  expect(stdout).toMatch(/sigma: 0\.\d{3} points; the true one lies from 0\.\d{3} points to 0\.\d{3} points/);
  expect(stdout).toContain('8 trials leave a factor 0.66 to 2.04');
  expect(stdout).toMatch(/told from luck: a gain from \d\.\d{3} points on in one pair/);
  expect(stdout).toContain('seed: it reaches the lab');
  expect(stateOf(lab)).toEqual(['.gitignore']);
});

test('check --noise runs under seeds that a study would take, and tells a program all of it', async () => {
  using lab = createNoisyLab('value + (seed % 1000) / 1000');
  const { stdout } = await ratchet(['check', '--noise', '4', '--json'], { cwd: lab.folder });
  const { trials, contract, repeated } = noiseOf(stdout);
  const seeds = [0, 1, 2, 3].map((index) => seedOf(0, index));
  expect(trials).toEqual(seeds.map((seed) => ({ seed, value: 10 + (seed % 1000) / 1000 })));
  expect(contract).toMatchObject({ kind: 'measured', mean: expect.closeTo(meanOf(trials), 10) });
  expect(repeated).toEqual({ seed: seeds[0], before: trials[0].value, value: trials[0].value });
});

const meanOf = (trials: readonly { value: number }[]) =>
  trials.reduce((sum, { value }) => sum + value, 0) / trials.length;

test('a lab in which the seed reaches nothing is told so, with what mends it, unless it is declared deterministic', async () => {
  using careless = createNoisyLab('value');
  const told = await ratchet(['check', '--noise', '3'], { cwd: careless.folder });
  expect(told.code).toBe(0);
  expect(told.stdout).toContain('seed not controlled: nothing will be certified');
  expect(told.stdout).toContain('RATCHET_SEED');
  expect(told.stdout).toContain('`deterministic: true`');
  using declared = createNoisyLab('value', ['deterministic: true']);
  const fine = await ratchet(['check', '--noise', '3'], { cwd: declared.folder });
  expect(fine).toMatchObject({ code: 0, stdout: expect.stringContaining('deterministic, as declared') });
  using untrue = createNoisyLab('value + (seed % 7)', ['deterministic: true']);
  const caught = await ratchet(['check', '--noise', '3'], { cwd: untrue.folder });
  expect(caught).toMatchObject({ code: 2, stderr: expect.stringContaining('do not score equally') });
});

test('noise that does not come from the seed is told apart', async () => {
  using lab = createNoisyLab('value + process.pid + process.hrtime()[1] / 1e9');
  const { stdout } = await ratchet(['check', '--noise', '2'], { cwd: lab.folder });
  expect(stdout).toMatch(
    /scored [\d.]+ points apart when run twice, so not all of the noise comes from the seed/,
  );
});

test('a baseline that fails under one seed ends the check with that seed, and one trial is no noise', async () => {
  using lab = createNoisyLab(`seed === ${seedOf(0, 1)} ? 'none' : value`);
  const { code, stderr } = await ratchet(['check', '--noise', '8', '--slots', '1'], { cwd: lab.folder });
  expect(code).toBe(2);
  expect(stderr).toContain(`under seed ${seedOf(0, 1)} the baseline yields no measurement`);
  expect(stderr).not.toContain('trial 2 of 8');
  expect(await ratchet(['check', '--noise', '1'], { cwd: lab.folder })).toMatchObject({ code: 2 });
});

test('check names a comment that is meant to narrow a value and does not, with its line and its mend', async () => {
  using lab = createTemporaryLab({
    files: {
      'value.mjs': 'export const value = 10; // ratchet: 5..\nexport const other = 2; // ratchet: 1..4\n',
      'run.mjs': "import { value } from './value.mjs';\nconsole.log('score:', value);\n",
    },
  });
  const { code, stderr } = await ratchet(['check'], { cwd: lab.folder });
  expect(code).toBe(0);
  expect(stderr).toMatch(/^warning: value\.mjs:1: `.*ratchet: 5\.\.` narrows nothing: .+$/m);
  expect(stderr).not.toContain('value.mjs:2');
});
