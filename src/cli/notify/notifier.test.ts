import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Notifier, type NotifierOptions, openNotifier } from './notifier.ts';
import type { NotifyFormat } from './settings.ts';

interface Taken {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Answer = (response: ServerResponse, taken: Taken) => void;

const ok: Answer = (response) => response.writeHead(200).end('ok');
const status =
  (code: number, headers = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end('no: /secret-path');
/** Never answers. */
const hang: Answer = () => undefined;

const open: { [Symbol.asyncDispose](): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
});

/** A real server that gives these answers in turn, the last one for ever. */
async function serve(...answers: Answer[]): Promise<{ url: string; taken: Taken[]; next(): Promise<Taken> }> {
  const taken: Taken[] = [];
  const listeners: ((one: Taken) => void)[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const one = { path: request.url ?? '', headers: request.headers, body };
      const answer = answers[Math.min(taken.length, answers.length - 1)]!;
      taken.push(one);
      answer(response, one);
      for (const listener of listeners.splice(0)) listener(one);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/secret-path?token=secret`,
    taken,
    next: () => new Promise((resolve) => listeners.push(resolve)),
  };
}

function notify(
  webhook: string,
  format: NotifyFormat,
  more: Partial<NotifierOptions> = {},
): Notifier & { readonly problems: string[] } {
  const problems: string[] = [];
  const notifier = openNotifier({
    settings: { webhook, format },
    compose: (news) => ({ title: 'ratchet gpt', lines: ['Better: 2 to 1', ...news] }),
    onProblem: (problem) => problems.push(problem),
    patience: { deadline: 500, waits: [5, 5], longestWait: 50 },
    ...more,
  });
  return { ...notifier, problems };
}

describe('a message', () => {
  it('reaches Slack, Discord and ntfy each in the form that it takes, and what a stranger wrote does nothing there', async () => {
    const evil = '<!channel> @everyone [x](https://evil.example) \u001b[31m\u202e#7 **a** & b';
    const bodies: Record<string, Taken> = {};
    for (const format of ['slack', 'discord', 'ntfy'] as const) {
      const server = await serve(ok);
      const notifier = notify(server.url, format);
      notifier.tell(evil);
      await notifier.close();
      expect(notifier.problems).toEqual([]);
      bodies[format] = server.taken[0]!;
      expect(server.taken[0]!.body).not.toContain('://');
      expect(server.taken[0]!.body).not.toMatch(/\\u001b|(?!\n)\p{Cc}|\u202e/u);
    }
    const slack = JSON.parse(bodies.slack!.body);
    expect(slack.text).toContain('*ratchet gpt*\nBetter: 2 to 1\n&lt;!channel&gt; @everyone');
    const discord = JSON.parse(bodies.discord!.body);
    expect(discord.allowed_mentions).toEqual({ parse: [] });
    expect(discord.content).toContain(String.raw`\<\!channel\> \@everyone \[x\](https: //evil.example)`);
    expect(bodies.ntfy!.headers.title).toBe('ratchet gpt');
    expect(bodies.ntfy!.body).toMatch(/^Better: 2 to 1\n<!channel> @everyone/);
  });

  it('is short, whatever is told', async () => {
    const server = await serve(ok);
    const notifier = notify(server.url, 'discord');
    for (let index = 0; index < 50; index += 1) notifier.tell('word '.repeat(1000));
    await notifier.close();
    for (const { body } of server.taken) expect(JSON.parse(body).content.length).toBeLessThanOrEqual(2000);
  });
});

it('what comes within a minute of a message is told in one, and the last does not wait', async () => {
  const server = await serve(ok);
  const notifier = notify(server.url, 'ntfy', { interval: 3_600_000 });
  const first = server.next();
  notifier.tell('one');
  await first;
  notifier.tell('two');
  notifier.tell('three');
  await notifier.close();
  expect(server.taken.map(({ body }) => body)).toEqual(['Better: 2 to 1\none', 'Better: 2 to 1\ntwo\nthree']);
});

it('of many news the newest are told, and how many there were before them', async () => {
  const server = await serve(ok);
  const notifier = notify(server.url, 'ntfy', { interval: 3_600_000 });
  const first = server.next();
  notifier.tell('first');
  await first;
  for (let index = 1; index <= 15; index += 1) notifier.tell(`news ${index}`);
  await notifier.close();
  expect(server.taken[1]!.body.split('\n').slice(1, 3)).toEqual(['5 earlier ones are not told', 'news 6']);
});

describe('a server that does not take it', () => {
  it('is asked again after a fault of its own, until it does', async () => {
    const server = await serve(status(500), status(429, { 'retry-after': '1' }), ok);
    const notifier = notify(server.url, 'slack');
    notifier.tell('one');
    await notifier.close();
    expect(server.taken).toHaveLength(3);
    expect(notifier.problems).toEqual([]);
  });

  it('is given up after a few tries, and named by its host alone', async () => {
    const server = await serve(status(500));
    const notifier = notify(server.url, 'slack');
    notifier.tell('one');
    await notifier.close();
    expect(server.taken).toHaveLength(3);
    expect(notifier.problems).toEqual(['no message was sent: 127.0.0.1 answered 500']);
  });

  it('is not asked again where it refuses for good, and nothing follows where it leads', async () => {
    for (const answer of [status(404), status(302, { location: 'http://127.0.0.1:1/elsewhere' })]) {
      const server = await serve(answer);
      const notifier = notify(server.url, 'slack');
      notifier.tell('one');
      await notifier.close();
      expect(server.taken).toHaveLength(1);
      expect(notifier.problems[0]).toMatch(/^no message was sent: 127\.0\.0\.1 answered (?:404|302)$/);
    }
  });

  it('may hang: telling returns at once, and the end waits only so long', async () => {
    const server = await serve(hang);
    const notifier = notify(server.url, 'slack', {
      patience: { deadline: 3_600_000, waits: [5], longestWait: 50 },
      lastWords: 50,
    });
    const asked = server.next();
    notifier.tell('one');
    await asked;
    await notifier.close();
    expect(notifier.problems).toEqual(['no message was sent: 127.0.0.1 cannot be reached']);
  });

  it('is late after its deadline, or not there at all: no word of either holds the address', async () => {
    const late = notify((await serve(hang)).url, 'slack', {
      patience: { deadline: 50, waits: [], longestWait: 50 },
    });
    late.tell('one');
    await late.close();
    expect(late.problems).toEqual(['no message was sent: 127.0.0.1 did not answer in time']);
    const nobody = notify('http://127.0.0.1:9/secret-path', 'slack');
    nobody.tell('one');
    await nobody.close();
    expect(nobody.problems.join()).toMatch(/^no message was sent: 127\.0\.0\.1 cannot be reached/);
    expect(nobody.problems.join()).not.toContain('secret');
  });
});
