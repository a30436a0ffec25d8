import type { Socket } from 'node:net';
import { dirname, extname } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { shellWord } from '../../lab/shell-word.ts';
import { shorten } from '../../model/bound.ts';
import { exceededText, type ResourceLimits } from '../../model/limit.ts';
import type { Doors } from '../../process/doors.ts';
import type { Ending } from '../../process/ending.ts';
import type { Enforcement } from '../../process/enforcement.ts';
import { type Endpoint, endpointText, type Gate, openGate } from '../../process/gate.ts';
import type { BridgeTask } from '../../process/gate-bridge.ts';
import { printable } from '../../process/printable.ts';
import { runCommand } from '../../process/run-command.ts';
import { type Still, standStill } from '../../process/stand-still.ts';
import type { RootIdentity } from '../../process/terminate.ts';
import { type Agent, withoutSecrets } from './agent.ts';
import type { AgentPlace } from './place.ts';

/** What holds an agent on this machine. */
export interface Holding {
  readonly enforcement: Enforcement;
  /** Shown read-only, absolute: the program's installation. */
  readonly read: readonly string[];
  /** Kept from it below what is shown, absolute: what no run sees. */
  readonly hidden: readonly string[];
  /** Folders of the system in which the lab lies, if it lies in one. */
  readonly closed: readonly string[];
}

export interface StartOptions {
  readonly agent: Agent;
  readonly place: AgentPlace;
  readonly holding: Holding;
  /** Where it begins, below the place's `work`. */
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** An agent that runs, with all that it started. Disposing ends all of it, and returns when nothing of it is left. */
export interface AgentProcess extends AsyncDisposable {
  /** The protocol, line by line. */
  readonly channel: Socket;
  /** Settles when nothing of it is left, with how it ended in words. */
  readonly ended: Promise<string>;
  /** Stops it while its folder is looked at. */
  standStill(): Still;
  /** Where it wanted to go and may not, in words that follow a reason; '' where it wanted nowhere. */
  keptFrom(): string;
}

/** The longest that one process of an agent lives, in seconds: a conversation is renewed long before. */
const LONGEST_LIFE = 12 * 3600;
/** How long an agent may take until its program runs, in milliseconds. */
const START_MILLISECONDS = 60_000;
const MEBIBYTE = 1024 * 1024;
/** Agents are large programs; one that passes this is ended, and search takes the slot. */
const RESOURCES: ResourceLimits = {
  memory: 8192 * MEBIBYTE,
  processes: 2000,
  disk: 8192 * MEBIBYTE,
  files: 400_000,
  output: 256 * MEBIBYTE,
};
/** Of what an agent prints beside the protocol this much is kept, and this much stands in a reason: bytes, characters. */
const OUTPUT_BYTES = MEBIBYTE;
const MOST_SAID = 300;

let started = 0;

/** Starts an agent in its place. Rejects when `signal` aborts, and with its own words where it ends at once. */
export async function startAgent(options: StartOptions): Promise<AgentProcess> {
  const { agent, place, signal } = options;
  signal.throwIfAborted();
  const gate = await openGate({ socket: place.socket, allowed: agent.endpoints });
  const ending = new AbortController();
  started += 1;
  const identity = { trial: `agent-${process.pid}-${started}`, folder: place.work };
  let root: RootIdentity | undefined;
  const running = runCommand({
    command: commandLine(),
    cwd: options.cwd,
    folder: place.work,
    environment: environmentOf(options),
    trial: identity.trial,
    limits: { wallSeconds: LONGEST_LIFE, resources: RESOURCES },
    confinement: { enforcement: options.holding.enforcement, doors: doorsOf(options) },
    output: { file: place.output, maxBytes: OUTPUT_BYTES },
    onStart: (identified) => {
      root = identified;
    },
    signal: ending.signal,
  });
  const ended = running.then((end) => withoutSecrets(endingText(end), agent));
  const close = async () => {
    ending.abort();
    await running.catch(() => undefined);
    await gate[Symbol.asyncDispose]();
  };
  try {
    const channel = await firstOf(gate.channel, ended, signal);
    return {
      channel,
      ended,
      standStill: () => standStill(identity, root!),
      keptFrom: () => keptText(gate),
      [Symbol.asyncDispose]: async () => {
        await close();
        // What could not be killed is told.
        await running;
      },
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}

async function firstOf(
  channel: Promise<Socket>,
  ended: Promise<string>,
  signal: AbortSignal,
): Promise<Socket> {
  const late = Promise.withResolvers<never>();
  const abort = () => late.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => late.reject(new Error('it did not start in time')), START_MILLISECONDS);
  const died = ended.then((how) => {
    throw new Error(how);
  });
  try {
    return await Promise.race([channel, died, late.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    died.catch(() => undefined);
  }
}

/** The bridge as it runs here: TypeScript in a checkout, JavaScript in the package. */
const BRIDGE = fileURLToPath(
  new URL(`../../process/gate-bridge${extname(import.meta.url)}`, import.meta.url),
);

function commandLine(): string {
  return `exec ${shellWord(process.execPath)} ${shellWord(BRIDGE)}`;
}

const isHeld = ({ sandbox }: Enforcement): boolean => sandbox.kind !== 'none';

function environmentOf({ agent, place, holding }: StartOptions): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    ([name, value]) => /^(USER|LOGNAME|TZ|LANG|LC_[A-Z]+)$/.test(name) && value !== undefined,
  ) as [string, string][];
  const held = isHeld(holding.enforcement);
  const task: BridgeTask = {
    socket: place.socket,
    program: agent.program,
    ports: held
      ? agent.endpoints.filter(isLoopback).map((one) => ({ port: one.port, to: endpointText(one) }))
      : [],
    proxy: held,
  };
  return {
    ...Object.fromEntries(inherited),
    PATH: [dirname(process.execPath), process.env.PATH ?? '/usr/bin:/bin'].join(':'),
    HOME: place.home,
    TMPDIR: place.temporary,
    TERM: 'dumb',
    NO_COLOR: '1',
    // The user's repository lies above: it is not the agent's to find.
    GIT_CEILING_DIRECTORIES: dirname(place.work),
    ...agent.environment,
    RATCHET_BRIDGE: JSON.stringify(task),
  };
}

function isLoopback({ host }: Endpoint): boolean {
  return /^(localhost|127(\.\d+){3}|::1)$/.test(host);
}

function doorsOf({ place, holding }: StartOptions): Doors {
  return {
    read: [...holding.read, dirname(process.execPath), BRIDGE, dirname(place.socket)],
    write: [place.work, place.home],
    closed: holding.closed,
    hidden: holding.hidden,
    temporary: place.temporary,
    network: false,
    gpus: false,
  };
}

/** Most often it is why an agent fails: its settings name a server that ours do not. */
function keptText({ refused }: Gate): string {
  return refused.size === 0 ? '' : `; it was kept from ${printable([...refused].join(', '))}`;
}

/** How an agent ended, for a reason, with the end of what it printed. */
function endingText(ending: Ending): string {
  const lines = 'output' in ending ? ending.output.tail.trim().split('\n') : [];
  // What follows an error is most often where it came about.
  const tail = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? '';
  const said = tail === '' ? '' : `: ${shorten(printable(tail), MOST_SAID)}`;
  return `${howText(ending)}${said}`;
}

function howText(ending: Ending): string {
  switch (ending.kind) {
    case 'exited':
      return `it ended with exit code ${ending.code}`;
    case 'signalled':
      return `it was ended by ${ending.signal}`;
    case 'limit':
      return `it was ended: ${exceededText(ending.exceeded)}`;
    case 'cancelled':
      return 'it was ended';
    case 'fault':
    case 'could-not-start':
      return ending.cause.message;
    default:
      return ending satisfies never;
  }
}
