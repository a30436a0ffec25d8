import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Admission, admit, answerToOther, bodyOf, endpointOf } from './admission.ts';
import type { Endpoint, ModelCall } from './call.ts';
import { departure, type Ending, endingOf, perform, unlessGone } from './perform.ts';
import { planOf, refused, type Step } from './plan.ts';
import { createRecord, type RecordedCall } from './record.ts';
import type { Reply } from './reply.ts';

/**
 * Replies to the calls that the server does not itself refuse: one after the other, or as a function of the call. For a client
 * that has several calls open at once only a function is sure of its order. A call beyond the end of a list, and one for which
 * the function throws, is answered 400, which no client repeats.
 */
export type Script = readonly Reply[] | ((call: ModelCall) => Reply | Promise<Reply>);

export interface ModelServerOptions {
  readonly key?: string;
  readonly models?: readonly string[];
}

export interface ModelServer extends AsyncDisposable {
  /** Ends in `/v1`. */
  readonly baseURL: string;
  /** The one key that is accepted; like no other text, so that one can search for it. */
  readonly key: string;
  /** The models that exist, by default `scripted`; for every other name the answer is 404. */
  readonly models: readonly string[];
  /** The first calls, up to a bound, in the order in which they arrived; refused ones among them. */
  readonly calls: readonly RecordedCall[];
  /** Requests that are no calls, as `GET /v1/models`, up to a bound. */
  readonly otherRequests: readonly string[];
  /** How many calls arrived, kept or not; and how many of them are not ended yet. */
  readonly count: number;
  readonly pending: number;
  readonly connections: { readonly open: number; readonly total: number };
  /** Resolves once `count` calls have arrived; rejects after `milliseconds`, by default 10 s. */
  received(count: number, milliseconds?: number): Promise<void>;
  /** Resolves once every call that arrived has ended; rejects after `milliseconds`, by default 10 s. */
  settled(milliseconds?: number): Promise<void>;
}

const KEY = 'sk-scripted-5f1d7c09e2b84a36';
const PATIENCE = 10_000;

/** A server with OpenAI's API on a free port of this machine, which says what its script says. */
export async function startModelServer(
  script: Script,
  { key = KEY, models = ['scripted'] }: ModelServerOptions = {},
): Promise<ModelServer> {
  const admission: Admission = { key, models };
  const record = createRecord();
  const ask = asFunction(script);
  const sockets = new Set<Socket>();
  const closing = new AbortController();
  let connected = 0;

  async function answerCall(endpoint: Endpoint, request: IncomingMessage, response: ServerResponse) {
    const gone = departure(response, closing.signal);
    const text = await bodyOf(request);
    const number = record.count + 1;
    const { call, objection } = admit({ number, endpoint }, request, text, admission);
    record.open(call, text?.length ?? 0);
    let ending: Ending = 'closed';
    try {
      const decided = objection
        ? { reply: 'refused', ...objection }
        : await unlessGone<Decision>(gone, (done) => void decide(ask, call, key).then(done));
      if (decided !== undefined) record.amend(number, { reply: decided.reply, problem: decided.problem });
      ending = decided === undefined ? endingOf(gone) : await perform(decided.steps, response, gone);
    } finally {
      record.amend(number, { ending });
    }
  }

  async function answerOther(request: IncomingMessage, response: ServerResponse, path: string) {
    record.noteOther(`${request.method} ${path}`);
    request.resume();
    await perform(answerToOther(request, path, admission), response, departure(response, closing.signal));
  }

  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '');
    const endpoint = endpointOf(request, path);
    const work =
      endpoint === undefined ? answerOther(request, response, path) : answerCall(endpoint, request, response);
    // A request that breaks off while it is read leaves nobody to tell.
    work.catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    connected += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    key,
    models,
    calls: record.calls,
    otherRequests: record.others,
    get count() {
      return record.count;
    },
    get pending() {
      return record.pending;
    },
    get connections() {
      return { open: sockets.size, total: connected };
    },
    received: (count, milliseconds = PATIENCE) =>
      record.until(`call ${count}`, () => record.count >= count, milliseconds),
    settled: (milliseconds = PATIENCE) =>
      record.until('its calls to end', () => record.pending === 0, milliseconds),
    async [Symbol.asyncDispose]() {
      closing.abort('closed' satisfies Ending);
      const closed = [server, ...sockets].map((one) => new Promise((resolve) => one.once('close', resolve)));
      server.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

/** What is done about a call, and how that is recorded. */
interface Decision {
  readonly reply: string;
  readonly problem: string | undefined;
  readonly steps: readonly Step[];
}

async function decide(
  ask: (call: ModelCall) => Reply | Promise<Reply>,
  call: ModelCall,
  key: string,
): Promise<Decision> {
  try {
    const reply = await ask(call);
    return { reply: reply.kind, problem: undefined, steps: planOf(reply, call, key) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { reply: 'refused', problem, steps: refused({ status: 400, message: problem }) };
  }
}

function asFunction(script: Script): (call: ModelCall) => Reply | Promise<Reply> {
  if (typeof script === 'function') return script;
  const replies = script.values();
  return ({ number }) => {
    const { value } = replies.next();
    if (value === undefined) throw new Error(`The script has no reply left for call ${number}.`);
    return value;
  };
}
