import { get } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import { createTemporaryLab } from '../../src/cli/fixtures/temporary-lab.ts';
import { openPageDesk } from '../../src/cli/page/desk.ts';
import { requireAssets } from '../../src/cli/page/open-page.ts';
import { studiesOnDisk } from '../../src/engine/studies.ts';
import type { StudyEvent } from '../../src/model/event.ts';
import type { ExperimentId, StudyId } from '../../src/model/identity.ts';
import { openLedger } from '../../src/record/ledger.ts';
import { createPageServer } from '../../src/serve/page/app.ts';
import type { ChangeFrame, RowPage } from '../../src/serve/page/wire.ts';
import { type Served, served } from './served.ts';

interface Heard {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: string;
}

/** One that reads the feed, as a browser does. */
interface Listener extends Disposable {
  readonly heard: readonly Heard[];
  until(isEnough: (heard: readonly Heard[]) => boolean): Promise<void>;
  readonly ended: Promise<void>;
}

function listen(port: number, headers: Record<string, string> = {}, query = ''): Listener {
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  const ended = Promise.withResolvers<void>();
  let text = '';
  const asked = get({ host: '127.0.0.1', port, path: `/api/feed${query}`, headers }, (response) => {
    response.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const frames = text.split('\n\n');
      text = frames.pop()!;
      heard.push(...frames.flatMap(readFrame));
      for (const look of waiting) look();
    });
    response.on('close', () => ended.resolve());
  });
  asked.on('error', () => ended.resolve());
  return {
    heard,
    ended: ended.promise,
    until: (isEnough) =>
      new Promise((resolve) => {
        const look = () => {
          if (!isEnough(heard)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    [Symbol.dispose]: () => void asked.destroy(),
  };
}

function readFrame(frame: string): Heard[] {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1];
  const event = field('event');
  return event === undefined ? [] : [{ id: field('id'), event, data: field('data') ?? '' }];
}

const changes = (heard: readonly Heard[]) =>
  heard.filter(({ event }) => event === 'change').map(({ data }) => JSON.parse(data) as ChangeFrame);

const lab = createTemporaryLab();
afterAll(() => lab[Symbol.dispose]());

let studies = 0;

async function startPage() {
  studies += 1;
  await lab.writeStudy({
    experiments: 20,
    end: 'running',
    study: `20260308-22150${studies}-7f3a` as StudyId,
  });
  const page = await served(lab.folder);
  const opening = openLedger(page.folder.ledger, { author: 'test', now: Date.now });
  if (opening.kind !== 'open') throw new Error('the ledger cannot be continued');
  return { page, ledger: opening.ledger };
}

function proposal(id: number): StudyEvent {
  const commit = lab.commits[id % lab.commits.length]!;
  return {
    kind: 'proposal-add',
    experiment: id as ExperimentId,
    hypothesis: `told live ${id}`,
    category: 'numeric',
    origin: { kind: 'researcher', name: 'search' },
    edit: `edit ${id}`,
    parent: lab.commits[0]!,
    commit,
  };
}

async function position(page: Served): Promise<RowPage> {
  return JSON.parse((await page.ask('/api/experiments')).text) as RowPage;
}

test('what is written to the ledger is told to every reader, once, with where it stands', async () => {
  const { page, ledger } = await startPage();
  await using _ = page;
  const { study, sequence, rows } = await position(page);
  const next = rows.length + 1;
  using one = listen(page.port, {}, `?from=${study}.${sequence}`);
  using other = listen(page.port, {}, `?from=${study}.${sequence}`);
  await Promise.all([one, other].map(({ until }) => until((heard) => heard.length > 0)));
  await ledger.append([proposal(next)]);
  for (const reader of [one, other]) {
    await reader.until((heard) => changes(heard).some((change) => change.rows.some(({ id }) => id === next)));
    const told = changes(reader.heard).flatMap((change) => change.rows.filter(({ id }) => id === next));
    expect(told).toEqual([expect.objectContaining({ hypothesis: `told live ${next}`, verdict: 'proposed' })]);
    expect(reader.heard.findLast(({ event }) => event === 'change')?.id).toBe(`${study}.${ledger.sequence}`);
  }
  await ledger.close();
});

test('a reader that comes again, to a server that was started anew, is told what it missed and no more', async () => {
  const { page, ledger } = await startPage();
  const { study, sequence, rows } = await position(page);
  await page[Symbol.asyncDispose]();
  const next = rows.length + 1;
  await ledger.append([proposal(next), proposal(next + 1)]);
  await using again = await served(lab.folder);
  using reader = listen(again.port, { 'last-event-id': `${study}.${sequence}` });
  await reader.until((heard) => heard.length > 0);
  expect(reader.heard[0]?.event).toBe('change');
  expect(changes(reader.heard)[0]?.rows.map(({ id }) => id)).toEqual([next, next + 1]);
  await ledger.close();
});

test.each([
  '',
  '?from=nonsense',
  '?from=20200101-000000-0000.5',
  '?from=STUDY.999999',
])('a reader whose place is not of this study begins anew: %s', async (query) => {
  const { page, ledger } = await startPage();
  await using _ = page;
  const { study } = await position(page);
  using reader = listen(page.port, {}, query.replace('STUDY', study));
  await reader.until((heard) => heard.length > 0);
  expect(reader.heard[0]).toMatchObject({ event: 'reset' });
  await ledger.close();
});

test('whoever asks for the head of the feed alone is no reader, and takes no place of one', async () => {
  await lab.writeStudy({ experiments: 20, study: '20260308-221600-7f3a' as StudyId });
  const study = studiesOnDisk(lab.folder).at(-1)!;
  using desk = await openPageDesk({ folder: lab.folder, name: 'labs/gpt' }, study, '0.0.0');
  using server = createPageServer(desk, { hosts: new Set(), token: 'x' }, requireAssets());
  const ask = (method: string) =>
    server.fetch(new Request('http://127.0.0.1/api/feed', { method, headers: { host: '127.0.0.1' } }));
  const head = await ask('HEAD');
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  expect(server.feed.readers).toBe(0);
  const whole = await ask('GET');
  expect(server.feed.readers).toBe(1);
  await whole.body!.cancel();
  expect(server.feed.readers).toBe(0);
});

test('the end of the server ends every stream', async () => {
  const { page, ledger } = await startPage();
  using reader = listen(page.port);
  await reader.until((heard) => heard.length > 0);
  await page[Symbol.asyncDispose]();
  await reader.ended;
  await ledger.close();
});
