import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ratchet } from './command.ts';
import { createTemporaryLab } from './temporary-lab.ts';

const RUN = ['run', '--experiments', '3', '--slots', '1', '--seed', '1', '--researcher', 'search'];

/** Runs a lab for somebody whose settings name a webhook on this machine. */
async function runTelling(listener: RequestListener, body: (text: string) => void, notify = {}) {
  using lab = createTemporaryLab({ program: ['deterministic: true'] });
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      body(text);
      listener(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const home = mkdtempSync(join(tmpdir(), 'ratchet-notify-'));
  try {
    mkdirSync(join(home, 'ratchet'));
    const webhook = `http://127.0.0.1:${port}/secret-path`;
    writeFileSync(
      join(home, 'ratchet', 'ratchet.json'),
      JSON.stringify({ notify: { webhook, format: 'slack', ...notify } }),
    );
    const ended = await ratchet(RUN, { cwd: lab.folder, env: { XDG_CONFIG_HOME: home } });
    const state = join(lab.folder, '.ratchet');
    const files = existsSync(state) ? readdirSync(state, { recursive: true, withFileTypes: true }) : [];
    const left = files
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    return { ...ended, left };
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(home, { recursive: true });
  }
}

test('a run tells a webhook what it kept and how it ended, and its address stands nowhere', async () => {
  const bodies: string[] = [];
  const { code, stdout, stderr, left } = await runTelling(
    (_, response) => response.end('ok'),
    (text) => bodies.push(JSON.parse(text).text),
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const all = bodies.join('\n');
  expect(all).toMatch(/^\*ratchet repository \([\w-]+\)\*$/m);
  expect(all).toMatch(/#1 was kept: lower value/);
  expect(bodies.at(-1)).toMatch(/Better: score went from 10\.0+ to \S+ points/);
  expect(bodies.at(-1)).toContain('the budget of the run is used: 3 experiments');
  for (const text of [stdout, ...left]) expect(text).not.toContain('secret-path');
});

test('who asks for the end alone is told that alone', async () => {
  const bodies: string[] = [];
  await runTelling(
    (_, response) => response.end('ok'),
    (text) => bodies.push(JSON.parse(text).text),
    { on: ['done'] },
  );
  expect(bodies).toHaveLength(1);
  expect(bodies[0]).not.toContain('was kept');
});

test('a webhook that hangs costs a run nothing but the wait for its last message, and is named by its host', async () => {
  const { code, stdout, stderr } = await runTelling(
    () => undefined,
    () => undefined,
    { on: ['done'] },
  );
  expect(code).toBe(0);
  expect(stdout).toContain('the budget of the run is used: 3 experiments');
  expect(stderr).toMatch(
    /^note: no message was sent: 127\.0\.0\.1 (?:did not answer in time|cannot be reached)$/m,
  );
  expect(stderr).not.toContain('secret-path');
});

test('settings that name no safe place are refused before the run begins, without repeating the address', async () => {
  const { code, stdout, stderr, left } = await runTelling(
    () => undefined,
    () => undefined,
    { webhook: 'http://elsewhere.example/secret-path' },
  );
  expect({ code, stdout, left }).toEqual({ code: 2, stdout: '', left: [] });
  expect(stderr).toContain('notify.webhook: must begin with https://');
  expect(stderr).not.toContain('secret-path');
});
