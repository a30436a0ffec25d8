import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Endpoint, endpointOf, endpointText, type Gate, openGate } from './gate.ts';
import { scratchFolder } from './testing.ts';

/** A place that answers whatever comes with what it heard first. */
async function place(): Promise<Endpoint> {
  const server = createServer((socket) => {
    socket.once('data', (piece) => socket.end(`heard ${piece}`));
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

async function gateTo(
  allowed: readonly Endpoint[],
): Promise<{ gate: Gate; say: (words: string) => Promise<string> }> {
  const socket = join(scratchFolder(), 's');
  const gate = await openGate({ socket, allowed });
  onTestFinished(() => gate[Symbol.asyncDispose]());
  const say = async (words: string) => {
    const inner = connect(socket);
    let heard = '';
    inner.setEncoding('utf8').on('data', (piece) => (heard += piece));
    // What is closed with something left unread is reset.
    inner.on('error', () => undefined);
    inner.write(words);
    await new Promise((resolve) => inner.once('close', resolve));
    return heard;
  };
  return { gate, say };
}

test('a gate leads to the places that are allowed, and says which others were asked for', async () => {
  const [here, elsewhere] = [await place(), await place()];
  const { gate, say } = await gateTo([here]);
  expect(await say(`to ${endpointText(here)}\nhello`)).toBe('heard hello');
  expect(await say(`to ${endpointText(elsewhere)}\nhello`)).toBe('');
  expect([...gate.refused]).toEqual([endpointText(elsewhere)]);
});

test('to a proxy one speaks as ever: a tunnel, or a request with a whole address, of which the place hears its own part', async () => {
  const here = await place();
  const at = endpointText(here);
  const { say } = await gateTo([here]);
  expect(await say(`proxy\nCONNECT ${at} HTTP/1.1\r\n\r\nhello`)).toBe(
    'HTTP/1.1 200 Connection Established\r\n\r\nheard hello',
  );
  expect(
    await say(`proxy\nGET http://${at}/x?y=1 HTTP/1.1\r\nhost: h\r\nproxy-authorization: secret\r\n\r\n`),
  ).toBe('heard GET /x?y=1 HTTP/1.1\r\nhost: h\r\n\r\n');
});

test.each([
  ['CONNECT example.org:443 HTTP/1.1', 403],
  ['GET http://example.org/ HTTP/1.1', 403],
  ['GET / HTTP/1.1', 400],
  ['CONNECT', 400],
  ['GET file:///etc/passwd HTTP/1.1', 400],
])('a proxy is asked for %j, and answers %i', async (line, status) => {
  const { say } = await gateTo([{ host: 'example.com', port: 443 }]);
  expect(await say(`proxy\n${line}\r\n\r\n`)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
});

test('what says nothing of sense, or too much, is closed', async () => {
  const { say } = await gateTo([]);
  expect(await say('hello\n')).toBe('');
  expect(await say('x'.repeat(100_000))).toBe('');
});

test('the first that asks for the channel has it, with what it said at once, and nobody else', async () => {
  const { gate, say } = await gateTo([]);
  const first = say('channel\nline');
  const channel = await gate.channel;
  const [piece] = (await once(channel.resume(), 'data')) as [Buffer];
  expect(String(piece)).toBe('line');
  expect(await say('channel\n')).toBe('');
  channel.end('answer');
  expect(await first).toBe('answer');
});

test('a gate that closes ends what went through it', async () => {
  const { gate } = await gateTo([]);
  await gate[Symbol.asyncDispose]();
  await expect(gate.channel).rejects.toThrow(/closed/);
});

test.each([
  ['example.org:443', { host: 'example.org', port: 443 }],
  ['Example.ORG:80', { host: 'example.org', port: 80 }],
  ['[::1]:8000', { host: '::1', port: 8000 }],
])('%j is a place', (text, expected) => {
  expect(endpointOf(text)).toEqual(expected);
  expect(endpointText(expected)).toBe(text.toLowerCase());
});

test.each([
  'example.org',
  'example.org:0',
  'example.org:70000',
  'a b:1',
  '::1:80',
  'http://x:1',
  '',
])('%j is no place', (text) => expect(endpointOf(text)).toBeUndefined());
