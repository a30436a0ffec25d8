import { chmodSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTemporaryLab, type TemporaryLab } from '../../src/cli/fixtures/temporary-lab.ts';
import { tokenOf } from '../../src/cli/page/token.ts';
import { openGuidance } from '../../src/engine/guidance.ts';
import { lockStudy } from '../../src/engine/lock.ts';
import { takeWish } from '../../src/engine/request.ts';
import { waitingSuggestions } from '../../src/engine/suggestions.ts';
import { readLedger } from '../../src/record/reader.ts';
import { type Served, served } from './served.ts';

const HOSTILE = [
  '\u001b]0;owned\u0007\u001b[2Jclear \u009b31m',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  'two \u202egnp.exe\u2066 \0 end',
];

let lab: TemporaryLab;
let page: Served;

beforeAll(async () => {
  lab = createTemporaryLab();
  await lab.writeStudy({ experiments: 24, hypothesis: (id) => `${HOSTILE[id % HOSTILE.length]} ${id}` });
  page = await served(lab.folder);
});
afterAll(async () => {
  await page[Symbol.asyncDispose]();
  lab[Symbol.dispose]();
});

const READS = ['/', '/experiments/3', '/api/overview', '/api/experiments', '/api/experiments/3', '/api/feed'];
const post = (path: string, headers: Record<string, string>, body: object) =>
  page.ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

test.each(READS)('a name that was rebound to this machine opens nothing: %s', async (path) => {
  for (const host of [
    'attacker.example',
    `attacker.example:${page.port}`,
    'localhost.attacker.example',
    '127.0.0.1.nip.io',
  ]) {
    const { status, text } = await page.ask(path, { headers: { host } });
    expect([status, text], host).toEqual([
      expect.toBeOneOf([400, 421]),
      expect.not.stringContaining('hypothesis'),
    ]);
  }
});

test('the machine is reached under each of its own names, through any forwarded port', async () => {
  for (const host of [`127.0.0.1:${page.port}`, 'localhost:9000', '[::1]:7282', 'LOCALHOST'])
    expect((await page.ask('/api/overview', { headers: { host } })).status, host).toBe(200);
});

test.each(READS)('a request of another site is refused: %s', async (path) => {
  const host = `127.0.0.1:${page.port}`;
  for (const origin of ['https://attacker.example', 'null', `http://127.0.0.1:${page.port + 1}`])
    expect((await page.ask(path, { headers: { host, origin } })).status, origin).toBe(403);
  expect((await page.ask(path, { headers: { host, 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
  expect((await page.ask(path, { headers: { host, origin: `http://${host}` } })).status).toBe(200);
});

test('a link on another site opens the page, and can do nothing', async () => {
  const navigate = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  expect((await page.ask('/', { headers: navigate })).status).toBe(200);
  const form = { ...navigate, authorization: `Bearer ${page.token}` };
  expect((await post('/api/wishes', form, { wish: 'stop' })).status).toBe(403);
});

test('without the token nothing can be asked for, and with it the engine hears', async () => {
  const locking = lockStudy(page.folder);
  if (locking.kind !== 'held') throw new Error('the study is locked');
  using _ = locking.lock;
  for (const authorization of ['', 'Bearer ', `Bearer ${page.token}x`, `Basic ${page.token}`]) {
    for (const path of ['/api/wishes', '/api/suggestions', '/api/token']) {
      const { status } = await post(path, authorization === '' ? {} : { authorization }, { wish: 'stop' });
      expect([path, authorization, status]).toEqual([path, authorization, 401]);
    }
  }
  expect(takeWish(page.folder)).toBeUndefined();
  const authorization = `Bearer ${page.token}`;
  for (const wish of ['pause', 'resume', 'stop'] as const) {
    expect((await post('/api/wishes', { authorization }, { wish })).status).toBe(200);
    expect(takeWish(page.folder)).toBe(wish);
  }
  for (const body of [{ wish: 'stop-now' }, { wish: 'pause', more: 1 }, {}])
    expect((await post('/api/wishes', { authorization }, body)).status).toBe(409);
  expect(takeWish(page.folder)).toBeUndefined();
});

test('where no engine is at work a wish is refused, and not left for the next one', async () => {
  const { status, text } = await post(
    '/api/wishes',
    { authorization: `Bearer ${page.token}` },
    { wish: 'stop' },
  );
  expect([status, text]).toEqual([409, expect.stringContaining('No engine is at work')]);
  expect(takeWish(page.folder)).toBeUndefined();
});

test('a suggestion in words waits for models, one with a patch is tried on the champion first', async () => {
  const authorization = { authorization: `Bearer ${page.token}` };
  expect((await post('/api/suggestions', authorization, { idea: ' fewer\nheads ' })).status).toBe(200);
  const opening = readLedger(page.folder.ledger);
  if (opening.kind !== 'open') throw new Error('the ledger cannot be read');
  using reader = opening.reader;
  expect(openGuidance(lab.folder, reader.state)).toEqual(['fewer heads']);
  const misfit = '--- a/labs/gpt/train.ts\n+++ b/labs/gpt/train.ts\n@@ -1 +1 @@\n-no such line\n+another\n';
  const refused = await post('/api/suggestions', authorization, { idea: 'a patch', patch: misfit });
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('does not fit the champion')]);
  expect((await post('/api/suggestions', authorization, { idea: 'x'.repeat(3_000) })).status).toBe(409);
  expect(waitingSuggestions(lab.folder)).toEqual([]);
});

test('a body without end is not read to its end', async () => {
  const headers = { authorization: `Bearer ${page.token}`, 'content-length': String(2 ** 30) };
  const { status } = await page.ask('/api/suggestions', {
    method: 'POST',
    headers: { ...headers, connection: 'close' },
    body: '{',
  });
  expect(status).toBe(413);
});

test.each([
  '/',
  '/experiments',
  '/api/overview',
  '/nothing',
  '/api/nothing',
])('every answer keeps strangers out of the page: %s', async (path) => {
  const { headers } = await page.ask(path);
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'; script-src 'self'");
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect(headers['access-control-allow-origin']).toBeUndefined();
});

test('no text of a candidate carries escape sequences or marks that reorder, and none is served as markup', async () => {
  for (const path of [
    '/api/overview',
    '/api/experiments',
    '/api/experiments/1',
    '/api/experiments/2',
    '/api/learned',
  ]) {
    const { text, headers } = await page.ask(path);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.stringify(JSON.parse(text)), path).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]|\\u00/u);
  }
  const { text } = await page.ask('/api/experiments/1');
  expect(JSON.parse(text).wholeHypothesis).toContain('<script>alert(1)</script>');
});

test('the built page asks no other machine for anything', () => {
  const built = join(import.meta.dirname, '..', '..', 'web', 'dist');
  const files = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(?:js|css|html)$/.test(name),
  );
  expect(files.length).toBeGreaterThanOrEqual(3);
  for (const name of files) {
    const text = readFileSync(join(built, name), 'utf8').replaceAll('http://www.w3.org/', '');
    expect(text.match(/(?:https?:)?\/\/[\w-]+\.[\w.-]+/g) ?? [], name).toEqual([]);
  }
});

test('the token is the lab’s own, for its owner alone, and stays the same', async () => {
  expect(page.page.address).toBe(`http://127.0.0.1:${page.port}/#token=${page.token}`);
  expect(page.token).toMatch(/^[\w-]{32}$/);
  expect(statSync(join(lab.folder, '.ratchet', 'page-token')).mode & 0o777).toBe(0o600);
  await using again = await served(lab.folder);
  expect(again.token).toBe(page.token);
});

test('a port that is taken is an error where it was named, and moves aside where a run names it', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' ? address!.port : 0;
  await expect(served(lab.folder, { port })).rejects.toThrow(
    /another program listens there; name another --port/,
  );
  await using moved = await served(lab.folder, { port, mayMove: true });
  expect(moved.port).not.toBe(port);
  other.close();
});

test('where others may come in a warning says what they see, and only addresses and names of the machine open it', async () => {
  await using open = await served(lab.folder, { host: '0.0.0.0' });
  expect(open.page.warnings).toEqual([expect.stringContaining('can read the study, its code and its logs')]);
  expect(
    (await open.ask('/api/overview', { headers: { host: `attacker.example:${open.port}` } })).status,
  ).toBe(421);
  expect((await open.ask('/api/overview', { headers: { host: `127.0.0.1:${open.port}` } })).status).toBe(200);
  expect(page.page.warnings).toEqual([]);
});

test('another address of the machine itself opens under its own name', async () => {
  // A Mac gives itself one such address.
  const locals = process.platform === 'darwin' ? ['localhost'] : ['localhost', '127.0.0.2'];
  for (const host of locals) {
    await using open = await served(lab.folder, { host });
    const { hostname } = new URL(open.page.address);
    expect(hostname).toBe(host);
    const answer = await fetch(new URL('/api/overview', open.page.address));
    expect([host, answer.status, open.page.warnings]).toEqual([host, 200, []]);
  }
});

test('a token that others can read, or that came with the lab, is no token: another one takes its place', () => {
  using other = createTemporaryLab(1);
  const file = join(other.folder, '.ratchet', 'page-token');
  const own = tokenOf(other.folder);
  expect(tokenOf(other.folder)).toBe(own);
  chmodSync(file, 0o644);
  const next = tokenOf(other.folder);
  expect(next).not.toBe(own);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const known = join(other.folder, 'known');
  writeFileSync(known, 'k'.repeat(32), { mode: 0o600 });
  rmSync(file);
  symlinkSync(known, file);
  expect(tokenOf(other.folder)).not.toBe('k'.repeat(32));
  expect(readFileSync(known, 'utf8')).toBe('k'.repeat(32));
});
