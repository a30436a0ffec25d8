import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { endOf, isRunning, ratchet, startRatchet } from './command.ts';
import { createTemporaryLab, type TemporaryLab } from './temporary-lab.ts';

/** A baseline that says who it is, and then never ends. */
const ENDLESS =
  "import { writeFileSync } from 'node:fs';\nwriteFileSync(process.env.PIDS + process.pid, '');\n";

/** Each trial leaves its pid in the lab, where no slot ever is, and ends only if it is killed. */
function createEndlessLab(): TemporaryLab {
  const lab = createTemporaryLab({ program: ['budget: { trial: 900s, grace: 10s }'] });
  const pids = JSON.stringify(join(lab.root, '..', 'pid-'));
  lab.write('run.mjs', `${ENDLESS.replace('process.env.PIDS', pids)}setInterval(() => undefined, 1000);\n`);
  return lab;
}

async function pidsIn(lab: TemporaryLab, count: number): Promise<number[]> {
  for (;;) {
    const names = readdirSync(join(lab.root, '..')).filter((name) => name.startsWith('pid-'));
    if (names.length === count) return names.map((name) => Number(name.slice('pid-'.length)));
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
