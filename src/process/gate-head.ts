import type { Socket } from 'node:net';

/** The head of what is said at a gate, in bytes, and how long it may take, in milliseconds. */
const MOST_HEAD = 32 * 1024;
const HEAD_MILLISECONDS = 30_000;

/**
 * Reads up to a mark, and returns what stood before it and what came after it.
 *
 * @throws where the head is too long, takes too long, or the socket ends before it
 */
export function readHead(socket: Socket, mark: string): Promise<[head: string, rest: Buffer]> {
  return new Promise((resolve, reject) => {
    let read = Buffer.alloc(0);
    const timer = setTimeout(() => done(new Error('nothing was said in time')), HEAD_MILLISECONDS);
    const onEnd = () => done(new Error('it ended before it had said what it wants'));
    const onData = (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      const end = read.indexOf(mark);
      if (end >= 0) done([read.toString('latin1', 0, end), read.subarray(end + mark.length)]);
      else if (read.length > MOST_HEAD) done(new Error('what it wants is too long'));
    };
    const done = (outcome: [string, Buffer] | Error) => {
      clearTimeout(timer);
      socket.pause();
      socket.off('data', onData).off('close', onEnd).off('end', onEnd);
      if (outcome instanceof Error) reject(outcome);
      else resolve(outcome);
    };
    socket.on('data', onData).on('close', onEnd).on('end', onEnd).resume();
  });
}

/** What a client asks of a proxy, and of which place. */
export type RequestHead =
  | { readonly kind: 'tunnel'; readonly host: string; readonly port: number }
  /** `head` is what the place itself is told. */
  | { readonly kind: 'forward'; readonly host: string; readonly port: number; readonly head: string };

/** @param text a request's lines, without the empty one at its end; undefined where they ask a proxy for nothing */
export function parseRequestHead(text: string): RequestHead | undefined {
  const [line = '', ...headers] = text.split('\r\n');
  const [method = '', target = '', version] = line.split(' ');
  if (version === undefined) return undefined;
  const url = URL.parse(method === 'CONNECT' ? `https://${target}` : target);
  if (url === null || (method !== 'CONNECT' && url.protocol !== 'http:')) return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (method === 'CONNECT' ? 443 : 80);
  if (method === 'CONNECT') return { kind: 'tunnel', host, port };
  // What is for the proxy goes no further.
  const own = headers.filter((header) => !/^proxy-/i.test(header));
  return {
    kind: 'forward',
    host,
    port,
    head: `${[`${method} ${url.pathname}${url.search} ${version}`, ...own].join('\r\n')}\r\n\r\n`,
  };
}
