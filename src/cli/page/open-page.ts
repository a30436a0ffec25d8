import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import { createPageServer } from '../../serve/page/app.ts';
import { type Assets, readAssets } from '../../serve/page/assets.ts';
import type { PageDesk } from '../../serve/page/page-desk.ts';
import { EXIT } from '../exit.ts';
import { Problem } from '../problem.ts';

/** What `vite build` made of web/, beside src/ in a clone and beside dist/ in a package. */
const BUILT = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

/** Where the page is unless that is taken: R-A-T-C on the keys of a telephone. */
const USUAL_PORT = 7282;
const LOOPBACK = '127.0.0.1';

export interface PageWish {
  /** @default 127.0.0.1 */
  readonly host?: string;
  readonly port?: number;
  /** Whether another port will do where a named one is taken; where none was named it always will. */
  readonly mayMove?: boolean;
}

/** The page, being served. */
export interface OpenPage extends AsyncDisposable {
  /** With the token behind `#`, which no browser sends anywhere. */
  readonly address: string;
  readonly warnings: readonly string[];
}

/** @throws Problem where the page was not built */
export function requireAssets(): Assets {
  const assets = readAssets(BUILT);
  if (assets !== undefined) return assets;
  const mend = existsSync(fileURLToPath(new URL('../../../web/index.html', import.meta.url)))
    ? 'run "npm run build:page" in the clone'
    : 'install the package again';
  throw new Problem(`the page was not built: ${mend}`, EXIT.fault);
}

/** Serves the page until it is disposed. @throws Problem where nothing can be listened on */
export async function openPage(
  desk: PageDesk,
  token: string,
  assets: Assets,
  { host = LOOPBACK, port, mayMove = false }: PageWish,
): Promise<OpenPage> {
  const page = createPageServer(desk, { hosts: namesOf(host), token }, assets);
  const server = createServer(getRequestListener(page.fetch));
  // A page that is open keeps its connection; one that asks slowly does not.
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  const taken = await listen(server, host, port ?? USUAL_PORT, mayMove || port === undefined);
  const shown = isLoopback(host) ? host : host === '0.0.0.0' || host === '::' ? hostname() : host;
  return {
    address: `http://${shown.includes(':') ? `[${shown}]` : shown}:${taken}/#token=${token}`,
    warnings: isLoopback(host)
      ? []
      : [
          `everybody who reaches ${shown} on port ${taken} can read the study, its code and its logs, without encryption; ` +
            'who has the token can also pause and stop it',
        ],
    async [Symbol.asyncDispose]() {
      page[Symbol.dispose]();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Names that lead here where others may come in. An address cannot be rebound; the machine's own name is its network's to give. */
function namesOf(host: string): Set<string> {
  if (isLoopback(host)) return new Set([host]);
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const inLinks = addresses.map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address));
  const own = hostname().toLowerCase();
  return new Set([host.toLowerCase(), own, `${own}.local`, ...inLinks]);
}

async function listen(server: Server, host: string, port: number, mayMove: boolean): Promise<number> {
  try {
    return await listenOn(server, host, port);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    // Whoever names a port has a reason: a tunnel, a bookmark.
    if (mayMove && code === 'EADDRINUSE') return await listenOn(server, host, 0);
    const why = code === 'EADDRINUSE' ? 'another program listens there; name another --port' : message;
    throw new Problem(`cannot serve the page on ${host}:${port}: ${why}`);
  }
}

function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
