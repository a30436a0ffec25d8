import { request } from 'node:http';
import { openPageDesk } from '../../src/cli/page/desk.ts';
import { type OpenPage, openPage, type PageWish, requireAssets } from '../../src/cli/page/open-page.ts';
import { tokenOf } from '../../src/cli/page/token.ts';
import { studiesOnDisk } from '../../src/engine/studies.ts';
import { studyFolder } from '../../src/lab/folder.ts';

/** A study's page on a real socket of this process. */
export interface Served extends AsyncDisposable {
  readonly page: OpenPage;
  readonly port: number;
  readonly token: string;
  readonly folder: ReturnType<typeof studyFolder>;
  ask(path: string, given?: Asked): Promise<Answer>;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Serves the newest study of a lab. */
export async function served(lab: string, wish: PageWish = {}): Promise<Served> {
  const study = studiesOnDisk(lab).at(-1)!;
  const desk = await openPageDesk({ folder: lab, name: 'labs/gpt' }, study, '0.0.0');
  const token = tokenOf(lab);
  const page = await openPage(desk, token, requireAssets(), { port: 0, ...wish });
  const port = Number(new URL(page.address).port);
  return {
    page,
    port,
    token,
    folder: studyFolder(lab, study),
    ask: (path, given) => ask(port, path, given),
    async [Symbol.asyncDispose]() {
      await page[Symbol.asyncDispose]();
      desk[Symbol.dispose]();
    },
  };
}

/** By hand, since `fetch` lets nobody forge a Host header. */
function ask(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: Asked = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      // A stream that goes on for ever is asked for its head alone.
      if (response.headers['content-type'] === 'text/event-stream') {
        resolve({ status: response.statusCode!, headers: response.headers, text });
        response.destroy();
      }
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
