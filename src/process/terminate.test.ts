import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { killStrays, rootIdentity } from './terminate.ts';
import { isAlive, pidIn, run, scratchFolder } from './testing.ts';
import { processTable } from './this-machine.ts';
import { MARKER } from './tree.ts';

/** A shell command that leaves a daemon behind: forked twice, in its own session. It has written `pid` when the command ends. */
function daemonise(environment = '', output = '> /dev/null 2>&1'): string {
  const daemon = `sh -c 'echo $$ > pid.new; mv pid.new pid; cd "\${STAND:-.}"; exec sleep 1000'`;
  return `(setsid ${environment} ${daemon} ${output} &) ; until [ -e pid ]; do sleep 0.01; done`;
}

async function untilThere(file: string): Promise<void> {
  while (!existsSync(file)) await sleep(5);
}

function spawnBystander(command: string, cwd: string, environment: Record<string, string> = {}): number {
  const child = spawn('/bin/sh', ['-c', command], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...environment },
    detached: true,
    stdio: 'ignore',
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('sh did not start');
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(-pid, 'SIGKILL');
  });
  return pid;
}

const DAEMONS = [
  ['in its own session', daemonise()],
  ['that left the folder', daemonise('env STAND=/')],
  ['that cleared its environment', daemonise('env -i')],
  [
    'that cleared its environment and left the folder, but still holds the output',
    daemonise('env -i STAND=/', ''),
  ],
] as const;

test.each(DAEMONS)('a daemon %s does not outlive its trial', async (_, command) => {
  const cwd = scratchFolder();
  const { ending } = await run(command, { cwd });
  expect(ending).toMatchObject({ kind: 'exited', code: 0 });
  expect(isAlive(pidIn(join(cwd, 'pid')))).toBe(false);
});

test('a daemon does not outlive the kill of its trial', async () => {
  const cwd = scratchFolder();
  const { ending } = await run(`${daemonise()}; while :; do :; done`, {
    cwd,
    limits: { wallSeconds: 60, cpuSeconds: 0.2 },
  });
  expect(ending.kind).toBe('limit');
  expect(isAlive(pidIn(join(cwd, 'pid')))).toBe(false);
});

test('a daemon that ignores TERM is killed with its trial', async () => {
  const cwd = scratchFolder();
  const { ending } = await run(`trap '' TERM; ${daemonise()}; while :; do :; done`, {
    cwd,
    limits: { wallSeconds: 60, cpuSeconds: 0.2 },
    termSeconds: 0.1,
  });
  expect(ending.kind).toBe('limit');
  expect(isAlive(pidIn(join(cwd, 'pid')))).toBe(false);
});

test('a stopped trial is killed too', async () => {
  const { ending } = await run('kill -STOP $$', { limits: { wallSeconds: 0.3 }, termSeconds: 0.1 });
  expect(ending).toMatchObject({ kind: 'limit', exceeded: { type: 'wall' } });
});

test('a process that keeps forking into new sessions does not outlive its trial', async () => {
  const cwd = scratchFolder();
  writeFileSync(join(cwd, 'hop'), 'echo . >> hops\nsetsid sh ./hop &\n');
  const trial = `hopping-${process.pid}`;
  const { ending } = await run('sh ./hop; until [ -e hops ]; do sleep 0.01; done', { cwd, trial });
  expect(ending.kind).toBe('exited');
  expect(await killStrays({ trial, folder: cwd })).toEqual([]);
});

test('background jobs end with their trial, and what they printed before is kept', async () => {
  const { ending, lines } = await run('echo before; sleep 1000 &');
  expect(ending).toMatchObject({ kind: 'exited', code: 0 });
  expect(lines).toEqual(['stdout: before']);
});

test('a restarted engine finds what carries the mark of a dead trial, wherever it stands', async () => {
  const marked = spawnBystander('sleep 1000', '/', { [MARKER]: 'dead-trial' });
  const other = spawnBystander('sleep 1000', '/', { [MARKER]: 'dead-trial-2' });
  const killed = await killStrays({ trial: 'dead-trial', folder: join(scratchFolder(), 'slot') });
  expect(killed).toContain(marked);
  expect(isAlive(marked)).toBe(false);
  expect(isAlive(other)).toBe(true);
});

test('a restarted engine finds orphans in the folder of a slot, and spares what somebody else runs there', async () => {
  const folder = scratchFolder();
  const bystander = spawnBystander('sleep 1000', folder);
  const shell = spawnBystander(
    `(setsid sh -c 'echo $$ > pid.new; mv pid.new pid; exec sleep 1000' &)`,
    folder,
  );
  await untilThere(join(folder, 'pid'));
  const orphan = pidIn(join(folder, 'pid'));
  while (isAlive(shell)) await sleep(5);
  expect(await killStrays({ trial: 'none', folder })).toContain(orphan);
  expect(isAlive(orphan)).toBe(false);
  expect(isAlive(bystander)).toBe(true);
});

test('a restarted engine kills the root it knows and its children, and nothing that only has its pid', async () => {
  const root = spawnBystander('sleep 1000 & wait', '/');
  const row = processTable().row(root);
  if (row === undefined) throw new Error('the root is gone');
  const identity = { trial: 'none', folder: join(scratchFolder(), 'slot') };
  const earlier = { pid: root, started: `another boot/${row.started}` };
  expect(await killStrays(identity, earlier)).toEqual([]);
  expect(isAlive(root)).toBe(true);
  expect(await killStrays(identity, rootIdentity(row))).toContain(root);
  expect(isAlive(root)).toBe(false);
});
