import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { endOf, isRunning, ratchet, startRatchet } from '../command.ts';
import { createTemporaryLab, type TemporaryLab } from '../temporary-lab.ts';

/** Trials that go on for as long as the test looks. */
const SLOW = {
  program: ["run: 'sleep 0.3; echo score: 1'"],
  files: { 'value.mjs': 'export const a = 3.7;\nexport const b = 1.2;\n' },
};

/** Starts a run with a page, and answers once it has told the address. */
async function runWithPage(lab: TemporaryLab, args: readonly string[]) {
  const child = startRatchet(['run', '--slots', '1', '--seed', '1', ...args], { cwd: lab.folder });
  let said = '';
  const address = await new Promise<URL>((resolve, reject) => {
    const hear = (text: string) => {
      said += text;
      const found = /^page: (http:\S+)$/m.exec(said)?.[1];
      if (found !== undefined) resolve(new URL(found));
    };
    child.stdout?.setEncoding('utf8').on('data', hear);
    child.once('exit', () => reject(new Error(`it ended, and said: ${said}`)));
  });
  return { child, address };
}

test('a run serves its page, and takes it along when it ends', async () => {
  using lab = createTemporaryLab(SLOW);
  const { child, address } = await runWithPage(lab, ['--port', '0']);
  const overview = await (await fetch(new URL('/api/overview', address))).json();
  expect(overview).toMatchObject({ phase: expect.stringMatching(/running/), objective: { name: 'score' } });
  const ended = endOf(child);
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
  await expect(fetch(new URL('/api/overview', address))).rejects.toThrow();
});

test('a run whose port is taken has its page on another one', async () => {
  using lab = createTemporaryLab(SLOW);
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const taken = other.address();
  const port = typeof taken === 'object' ? String(taken!.port) : '';
  const { child, address } = await runWithPage(lab, ['--port', port]);
  expect(address.port).not.toBe(port);
  expect((await fetch(address)).status).toBe(200);
  const ended = endOf(child);
  child.kill('SIGINT');
  await ended;
  other.close();
});

test('an engine that is killed takes its page along', async () => {
  using lab = createTemporaryLab(SLOW);
  const { child, address } = await runWithPage(lab, ['--port', '0']);
  child.kill('SIGKILL');
  await expect
    .poll(
      () =>
        fetch(address).then(
          () => 'served',
          () => 'gone',
        ),
      { timeout: 30_000 },
    )
    .toBe('gone');
});

test('a page that cannot be served is a notice, and the run does its work', async () => {
  using lab = createTemporaryLab();
  const { code, stdout } = await ratchet(
    ['run', '--experiments', '1', '--seed', '1', '--port', '0', '--host', '203.0.113.7'],
    { cwd: lab.folder },
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^study {8}/m);
});

test('a study that has ended is served by itself, its address the first line', async () => {
  using lab = createTemporaryLab();
  await ratchet(['run', '--experiments', '2', '--seed', '1'], { cwd: lab.folder });
  const child = startRatchet(['serve', '--port', '0'], { cwd: lab.folder });
  const ended = endOf(child);
  const line = await new Promise<string>((resolve) =>
    child.stdout!.once('data', (text: string) => resolve(text)),
  );
  expect(line).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{32}\n$/);
  const overview = await (await fetch(new URL('/api/overview', line.trim()))).json();
  expect(overview).toMatchObject({ phase: 'stopped', judged: 2 });
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
  expect(isRunning(child.pid!)).toBe(false);
});

test('a port that is none is a mistake that names its mend', async () => {
  using lab = createTemporaryLab();
  const { code, stderr } = await ratchet(['serve', '--port', '70000'], { cwd: lab.folder });
  expect([code, stderr]).toEqual([2, expect.stringContaining('Write a number from 0 to 65535')]);
});
