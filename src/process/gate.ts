import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { parseRequestHead, type RequestHead, readHead } from './gate-head.ts';

/** A place in a network: the name or number of a host, and a port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** `example.org:443`; a number of the sixth version stands in brackets. */
export function endpointText({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The one way out of a network with nothing in it: a socket that the engine answers, and that leads to the allowed places alone. */
export interface Gate extends AsyncDisposable {
  /** The first connection that says it is the program's own input and output. Rejects when the gate closes before there was one. */
  readonly channel: Promise<Socket>;
  /** Where somebody wanted to go and may not: a stranger's words. At most 20. */
  readonly refused: ReadonlySet<string>;
}

export interface GateOptions {
  /** Path of the socket, in a folder that exists; at most about 100 bytes. */
  readonly socket: string;
  readonly allowed: readonly Endpoint[];
}

/** Connections at a time; another one is closed at once. */
const MOST_CONNECTIONS = 64;
const MOST_REFUSED = 20;
/** How long a place may take to be reached, in milliseconds. */
const CONNECT_MILLISECONDS = 30_000;

/**
 * Opens a gate. Who connects says in a line what it wants: `channel`, `to HOST:PORT`, or `proxy`, after which it speaks HTTP as one does to a proxy:
 * `CONNECT HOST:PORT`, or a request with a whole address. All comes from inside a sandbox: none of it is trusted.
 *
 * @throws where the socket cannot be made
 */
export async function openGate({ socket: path, allowed }: GateOptions): Promise<Gate> {
  const isAllowed = new Set(allowed.map(endpointText));
  const refused = new Set<string>();
  const channel = Promise.withResolvers<Socket>();
  // Nobody may be waiting for it when the gate closes.
  channel.promise.catch(() => undefined);
  const open = new Set<Socket>();
  let hasChannel = false;

  function hold(socket: Socket): void {
    open.add(socket);
    // What breaks is closed; each side learns from that.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => open.delete(socket));
  }

  async function answer(inside: Socket): Promise<void> {
    const [line, rest] = await readHead(inside, '\n');
    const [word, place] = line.split(' ');
    if (word === 'channel' && !hasChannel) {
      hasChannel = true;
      if (rest.length > 0) inside.unshift(rest);
      channel.resolve(inside);
    } else if (word === 'to' && place !== undefined) {
      await lead(inside, place, undefined, rest);
    } else if (word === 'proxy') {
      if (rest.length > 0) inside.unshift(rest);
      const [head, body] = await readHead(inside, '\r\n\r\n');
      const request = parseRequestHead(head);
      if (request === undefined) refuse(inside, '400 Bad Request');
      else await lead(inside, endpointText(request), request, body);
    } else {
      inside.destroy();
    }
  }

  async function lead(
    inside: Socket,
    place: string,
    request: RequestHead | undefined,
    rest: Buffer,
  ): Promise<void> {
    const endpoint = isAllowed.has(place.toLowerCase()) ? endpointOf(place) : undefined;
    if (endpoint === undefined) {
      if (refused.size < MOST_REFUSED) refused.add(place.slice(0, 200));
      refuse(inside, request === undefined ? undefined : '403 Forbidden');
      return;
    }
    const outside = connect(endpoint);
    hold(outside);
    outside.setTimeout(CONNECT_MILLISECONDS, () => outside.destroy());
    inside.once('close', () => outside.destroySoon());
    outside.once('close', () => inside.destroySoon());
    await once(outside, 'connect');
    outside.setTimeout(0);
    if (request?.kind === 'tunnel') inside.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (request?.kind === 'forward') outside.write(request.head);
    if (rest.length > 0) outside.write(rest);
    inside.pipe(outside).pipe(inside);
  }

  const server = createServer((inside) => {
    hold(inside);
    if (open.size > 2 * MOST_CONNECTIONS) inside.destroy();
    else answer(inside).catch(() => inside.destroy());
  });
  await listen(server, path);
  return {
    channel: channel.promise,
    refused,
    async [Symbol.asyncDispose]() {
      channel.reject(new Error('the gate was closed'));
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** Says why, where it is a proxy that is spoken to, and closes. */
function refuse(inside: Socket, status: string | undefined): void {
  if (status !== undefined)
    inside.write(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
  inside.destroySoon();
}

async function listen(server: Server, path: string): Promise<void> {
  server.listen(path);
  await once(server, 'listening');
  await chmod(path, 0o600);
}

/** The place that a text such as `example.org:443` names; undefined where it names none. */
export function endpointOf(text: string): Endpoint | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || !(port >= 1 && port <= 65_535)) return undefined;
  return { host: host.toLowerCase(), port };
}
