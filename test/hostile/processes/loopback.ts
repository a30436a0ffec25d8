import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Attack } from '../attack.ts';
import { gainIfNode } from '../attack.ts';

let server: Server;

const connectTo = (host: string) => {
  const { port } = server.address() as AddressInfo;
  return gainIfNode(
    `return new Promise((done) => net.connect(${port}, '${host}', () => done(true)).on('error', () => done(false)))`,
  );
};

export const attack: Attack = {
  promise: 'a server on this machine is out of reach of a trial',
  prepare: () => {
    server = createServer((socket) => socket.destroy()).listen(0);
    return { [Symbol.dispose]: () => void server.close() };
  },
  candidates: () => [connectTo('127.0.0.1'), connectTo('::1')],
  verdicts: ['discard: no difference', 'discard: no difference'],
};
