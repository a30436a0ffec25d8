/**
 * The inner end of a gate: the first program in a sandbox whose network is empty. It starts the program that it is told, carries its
 * input and output to the engine, and listens where the program looks for a server or a proxy. It stands alone: nothing else of
 * this project is seen in there. What it does is no defence, since the program could do the same; the gate is.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import process from 'node:process';

/** As it stands in the variable RATCHET_BRIDGE. */
export interface BridgeTask {
  readonly socket: string;
  /** The program and its words. */
  readonly program: readonly string[];
  /** Ports of this sandbox that lead to a place outside, as `HOST:PORT`. */
  readonly ports: readonly { readonly port: number; readonly to: string }[];
  /** Whether programs are told of a proxy; without a network of its own there is none. */
  readonly proxy: boolean;
}

const { RATCHET_BRIDGE = '', ...environment } = process.env;
const task = JSON.parse(RATCHET_BRIDGE) as BridgeTask;
const LOOPBACK = ['127.0.0.1', '::1'];

function reach(line: string): Socket {
  const socket = connect(task.socket);
  socket.on('error', () => socket.destroy());
  socket.write(`${line}\n`);
  return socket;
}

/** Listens, and leads whoever comes to the gate. Resolves with the port. */
async function listen(host: string, port: number, line: string): Promise<number> {
  const server = createServer((inner) => {
    const outer = reach(line);
    inner.on('error', () => inner.destroy());
    inner.once('close', () => outer.destroySoon());
    outer.once('close', () => inner.destroySoon());
    inner.pipe(outer).pipe(inner);
  });
  server.unref();
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

for (const { port, to } of task.ports) {
  // A sandbox need not have both kinds of loopback; one is enough.
  const listening = await Promise.allSettled(LOOPBACK.map((host) => listen(host, port, `to ${to}`)));
  const [first] = listening;
  if (first?.status === 'rejected') throw first.reason;
}
if (task.proxy) {
  const proxy = `http://127.0.0.1:${await listen('127.0.0.1', 0, 'proxy')}`;
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy', 'http_proxy']) environment[name] = proxy;
  for (const name of ['NO_PROXY', 'no_proxy']) environment[name] = 'localhost,127.0.0.1,::1';
  environment.NODE_USE_ENV_PROXY = '1';
}

const channel = reach('channel');
const [name = '', ...words] = task.program;
const child = spawn(name, words, { env: environment, stdio: ['pipe', 'pipe', 'inherit'] });
child.on('error', (cause) => {
  process.stderr.write(`${cause.message}\n`);
  process.exit(127);
});
// The program may be gone before the last line to it.
child.stdin.on('error', () => undefined);
channel.pipe(child.stdin);
child.stdout.pipe(channel);
channel.once('close', () => child.kill('SIGKILL'));
child.once('close', (code) => channel.end(() => process.exit(code ?? 1)));
