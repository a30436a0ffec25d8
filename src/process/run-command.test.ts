import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limitsOf } from './limits.ts';
import { isAlive, run, scratchFolder } from './testing.ts';

test('a command that ends by itself is reported with its exit code', async () => {
  expect((await run('true')).ending).toMatchObject({ kind: 'exited', code: 0 });
  expect((await run('exit 3')).ending).toMatchObject({ kind: 'exited', code: 3 });
  expect((await run('no-such-program-here')).ending).toMatchObject({ kind: 'exited', code: 127 });
});

test('a command that a signal ends is reported with that signal', async () => {
  expect((await run('kill -SEGV $$')).ending).toMatchObject({ kind: 'signalled', signal: 'SIGSEGV' });
});

test('a command that kills its own root shell is reported with that signal', async () => {
  expect((await run('kill -KILL $PPID; sleep 60')).ending).toMatchObject({
    kind: 'signalled',
    signal: 'SIGKILL',
  });
});

test('a trial killed by its budget is over its limit, whatever it printed and exited with after', async () => {
  const { ending, lines } = await run(`trap 'echo val_bpb: 0.1; exit 0' TERM; while :; do :; done`, {
    limits: { wallSeconds: 60, cpuSeconds: 0.2 },
  });
  expect(ending).toMatchObject({ kind: 'limit', exceeded: { type: 'cpu', limit: 0.2 } });
  expect(lines).toContain('stdout: val_bpb: 0.1');
});

test('a trial that ignores TERM is killed', async () => {
  const { ending } = await run(`trap '' TERM; while :; do :; done`, {
    limits: { wallSeconds: 60, cpuSeconds: 0.1 },
    termSeconds: 0.2,
  });
  expect(ending).toMatchObject({ kind: 'limit', exceeded: { type: 'cpu' } });
});

test('a trial that sleeps is ended by the wall, not by its CPU budget', async () => {
  const { ending } = await run('sleep 60', { limits: { wallSeconds: 0.2, cpuSeconds: 30 } });
  expect(ending).toMatchObject({ kind: 'limit', exceeded: { type: 'wall', limit: 0.2 } });
  expect(ending.kind === 'limit' && ending.exceeded.value).toBeGreaterThanOrEqual(0.2);
});

test('a CPU budget counts the whole tree, and what its ended children used', async () => {
  const burn = (seconds: number) => `node -e "while (process.cpuUsage().user < ${seconds * 1e6}) {}"`;
  const { ending } = await run(`${burn(0.1)} & ${burn(0.1)}; ${burn(0.1)}; wait`);
  expect(ending).toMatchObject({ kind: 'exited', code: 0 });
  expect('usage' in ending && ending.usage.cpuSeconds).toBeGreaterThanOrEqual(0.28);
});

test('a CPU budget that was passed between two looks is passed all the same', async () => {
  const { ending } = await run(`node -e "while (process.cpuUsage().user < 50e3) {}"`, {
    limits: { wallSeconds: 60, cpuSeconds: 0.01 },
  });
  expect(ending).toMatchObject({ kind: 'limit', exceeded: { type: 'cpu' } });
});

test('memory is that of the whole tree', async () => {
  const { ending } = await run(`node -e "const kept = Buffer.alloc(100e6, 1); setTimeout(() => kept, 1000)"`);
  expect('usage' in ending && ending.usage.peakMemoryBytes).toBeGreaterThan(100e6);
});

test('a cancelled trial is cancelled, whatever it did after', async () => {
  const cancel = new AbortController();
  const { ending, lines } = await run(
    `trap 'echo late; exit 0' TERM; echo ready; while :; do sleep 0.01; done`,
    {
      signal: cancel.signal,
      onLine: (_, line) => line === 'ready' && cancel.abort(),
    },
  );
  expect(ending.kind).toBe('cancelled');
  expect('output' in ending && ending.output.tail).toContain('late');
  expect(lines).toEqual([]);
});

test('a trial that was cancelled before it began never runs', async () => {
  const { ending } = await run('echo ran', { signal: AbortSignal.abort() });
  expect(ending).toMatchObject({ kind: 'cancelled', output: { bytes: 0 } });
});

test('a folder that is missing, or is none, is told by its name', async () => {
  const missing = join(scratchFolder(), 'gone');
  const { ending } = await run('true', { cwd: missing });
  expect(ending.kind === 'could-not-start' && ending.cause.message).toContain(missing);
  expect((await run('true', { cwd: '/dev/null' })).ending.kind).toBe('could-not-start');
});

test('a command that no machine can start is told apart from one that failed', async () => {
  expect((await run(`: ${'x'.repeat(200_000)}`)).ending.kind).toBe('could-not-start');
});

test('folders may have spaces and letters of any alphabet', async () => {
  const cwd = join(scratchFolder(), 'мій проєкт – 実験 1');
  mkdirSync(cwd);
  expect((await run('pwd', { cwd })).lines).toEqual([`stdout: ${cwd}`]);
});

test('a trial has no input, its own session, and only the environment it was given', async () => {
  const { lines } = await run('cat; env | cut -d= -f1 | grep -v -e "^_$" -e PWD -e SHLVL | sort', {
    environment: { PATH: process.env.PATH ?? '', RATCHET_SEED: '1' },
  });
  expect(lines).toEqual(['stdout: PATH', 'stdout: RATCHET_SEED', 'stdout: RATCHET_TRIAL']);
});

test('a trial may open its own output by name', async () => {
  const { lines } = await run('echo one > /dev/stdout; echo two > /dev/stderr');
  expect(lines.toSorted()).toEqual(['stderr: two', 'stdout: one']);
});

test('a full disk is a fault of the machine', async () => {
  const full = { file: '/dev/full', maxBytes: 1024 * 1024 };
  const { ending } = await run('echo something; sleep 60', { output: full });
  expect(ending).toMatchObject({ kind: 'fault', cause: { cause: { code: 'ENOSPC' } } });
});

test('an output file that cannot be opened is a fault, and nothing runs', async () => {
  const file = join(scratchFolder(), 'no', 'such', 'folder');
  const { ending } = await run('true', { output: { file, maxBytes: 1024 * 1024 } });
  expect(ending.kind === 'fault' && ending.cause.message).toContain(file);
});

test('a callback that throws ends the trial, and its error comes out', async () => {
  let root = 0;
  const running = run('echo $$; sleep 60', {
    onStart: ({ pid }) => {
      root = pid;
    },
    onLine: () => {
      throw new Error('the reader is broken');
    },
  });
  await expect(running).rejects.toThrow('the reader is broken');
  expect(isAlive(root)).toBe(false);
});

test('usage is told while a trial runs, at most ten times a second', async () => {
  const times: number[] = [];
  const { ending } = await run('sleep 1', { onUsage: ({ wallSeconds }) => times.push(wallSeconds) });
  expect(ending.kind).toBe('exited');
  expect(times.length).toBeGreaterThan(0);
  for (const [index, time] of times.entries()) {
    if (index > 0) expect(time - times[index - 1]!).toBeGreaterThanOrEqual(0.099);
  }
});

test('many trials side by side each get their own lines and ending', async () => {
  const all = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((code) => run(`echo ${code}; exit ${code}`)));
  expect(all.map(({ lines }) => lines)).toEqual(all.map((_, index) => [`stdout: ${index + 1}`]));
  expect(all.map(({ ending }) => ending.kind === 'exited' && ending.code)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('grace is added to a budget, and CPU time may take four times as long by the wall', () => {
  expect(limitsOf({ clock: 'wall', seconds: 20 }, 10)).toEqual({ wallSeconds: 30 });
  expect(limitsOf({ clock: 'cpu', seconds: 20 }, 10)).toEqual({ wallSeconds: 120, cpuSeconds: 30 });
});
