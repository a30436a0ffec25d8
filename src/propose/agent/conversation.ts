import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ClientConnection,
  client,
  methods,
  PROTOCOL_VERSION,
  RequestError,
} from '@agentclientprotocol/sdk';
import { type Agent, withoutSecrets } from './agent.ts';
import { initialised, newSession, type SessionUpdate, sessionUpdate, turnEnd } from './messages.ts';
import { deadlineOf, endsWith, type Patience } from './patience.ts';
import { answerPermission, type PolicyPlace, permissionQuestion } from './policy.ts';
import type { AgentProcess } from './start.ts';
import { type TurnUse, turnUse } from './turn-use.ts';
import { tooMuch, wireOver } from './wire.ts';

/** What became of one turn. */
export type Turn =
  | ({ readonly kind: 'said' /** The end of what it said. */; readonly text: string } & TurnUse)
  /** It declined, or gave up before it was done. */
  | ({ readonly kind: 'no-answer'; readonly reason: string } & TurnUse);

/** One session of an agent. */
export interface Conversation {
  /** Rejects when `signal` aborts, when the agent falls silent, works for too long, or ends; then it is of no further use. */
  prompt(text: string, signal: AbortSignal): Promise<Turn>;
  /** What the turn that broke off last used, as far as that is known. */
  brokenOff(): TurnUse;
}

export interface ConversationOptions {
  readonly agent: Agent;
  readonly process: AgentProcess;
  readonly policy: PolicyPlace;
  readonly cwd: string;
  readonly patience: Patience;
  readonly signal: AbortSignal;
}

/** Characters of what an agent says in a turn that are kept: the last. */
const MOST_TEXT = 64 * 1024;
/** How long an agent may take to end a turn that it was asked to, in milliseconds. */
const CANCEL_MILLISECONDS = 2_000;
/** How long its processes may outlive its output before that is told as its end, in milliseconds. */
const LAST_WORDS_MILLISECONDS = 2_000;
/** The protocol's number for "log in first". */
const LOGIN_NEEDED = -32000;

/** Greets an agent and opens a session. Rejects where it cannot, in words that say what to do. */
export async function converse(options: ConversationOptions): Promise<Conversation> {
  const { agent, process, patience, cwd } = options;
  let text = '';
  let cost = 0;
  let turn = { asked: 0, said: 0, costBefore: 0 };
  const heard = () => ({ asked: turn.asked, said: turn.said, dollars: cost - turn.costBefore });
  const hear = (update: SessionUpdate): void => {
    if ('content' in update) {
      text = (text + update.content.text).slice(-MOST_TEXT);
      turn.said += update.content.text.length;
    }
    if ('cost' in update && update.cost.currency === 'USD') cost = Math.max(cost, update.cost.amount);
  };
  const wire = wireOver(process.channel, (method, params) => {
    if (method === methods.client.session.update) hear(sessionUpdate.parse(params).update);
  });
  const connection = client({ name: 'ratchet' })
    .onRequest(methods.client.session.requestPermission, permissionQuestion, ({ params }) => ({
      outcome: answerPermission(params, options.policy),
    }))
    .connect(wire.stream);

  /** Rejects when it ends. What it says last may come a moment after its output is closed. */
  const gone = connection.closed.then(async (): Promise<never> => {
    const flooded = tooMuch(connection.signal.reason);
    if (flooded !== undefined) throw new Error(flooded);
    const how = await Promise.race([process.ended, sleep(LAST_WORDS_MILLISECONDS)]);
    throw new Error(how ?? 'it closed its output');
  });
  // Nobody may be asking it anything when it ends.
  gone.catch(() => undefined);

  /** Whatever the agent is asked ends in time: with its answer, its end, or ours. */
  async function ask(
    method: string,
    params: unknown,
    signal: AbortSignal,
    waits: Patience,
  ): Promise<unknown> {
    wire.startTurn();
    using deadline = deadlineOf(waits, signal);
    wire.onPiece = deadline.touch;
    const asked = connection.agent.request<unknown>(method, params);
    // The library's own word for an end says nothing of how it came about.
    const answer = asked.catch((cause: unknown) =>
      connection.signal.aborted ? gone : Promise.reject(cause),
    );
    return await endsWith(answer, [deadline.passed, gone]).catch(async (cause: unknown) => {
      if (method === methods.agent.session.prompt) {
        // Some find out only when they ask their model.
        if (isLoginNeeded(cause)) throw notLoggedIn(agent, cause);
        await cancel(connection, params, [answer, gone]);
      }
      throw cause;
    });
  }

  const opening: Patience = {
    idleSeconds: patience.openSeconds,
    turnSeconds: patience.openSeconds,
    openSeconds: patience.openSeconds,
  };
  const greet = (method: string, params: unknown) => ask(method, params, options.signal, opening);
  await greet(methods.agent.initialize, {
    protocolVersion: PROTOCOL_VERSION,
    clientInfo: { name: 'ratchet', version: '1' },
    clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
  }).then((answer) => initialised.parse(answer));
  const sessionId = await openSession(
    agent,
    () => greet(methods.agent.session.new, { cwd, mcpServers: [] }),
    (methodId) => greet(methods.agent.authenticate, { methodId }),
  );

  return {
    async prompt(content, signal) {
      text = '';
      turn = { asked: content.length, said: 0, costBefore: cost };
      const params = { sessionId, prompt: [{ type: 'text', text: content }] };
      const end = turnEnd.parse(await ask(methods.agent.session.prompt, params, signal, patience));
      const use = turnUse(end.usage ?? undefined, heard());
      const reason = whyEnded(end.stopReason);
      return reason === undefined
        ? { kind: 'said', text: withoutSecrets(text, agent), ...use }
        : { kind: 'no-answer', reason: withoutSecrets(reason, agent), ...use };
    },
    brokenOff: () => turnUse(undefined, heard()),
  };
}

async function openSession(
  agent: Agent,
  open: () => Promise<unknown>,
  logIn: (method: string) => Promise<unknown>,
): Promise<string> {
  const tries = [undefined, ...agent.logins];
  for (const login of tries) {
    try {
      if (login !== undefined) await logIn(login);
      return newSession.parse(await open()).sessionId;
    } catch (cause) {
      if (!(cause instanceof RequestError) || (login === undefined && !isLoginNeeded(cause))) throw cause;
    }
  }
  throw notLoggedIn(agent);
}

function isLoginNeeded(cause: unknown): boolean {
  return cause instanceof RequestError && cause.code === LOGIN_NEEDED;
}

function notLoggedIn({ mend }: Agent, cause?: unknown): Error {
  return new Error(`it is not logged in: ${mend}`, { cause });
}

/** Asks it to end its turn, and gives it a moment to: its processes are ended afterwards in any case. */
async function cancel(
  connection: ClientConnection,
  turn: unknown,
  ends: readonly Promise<unknown>[],
): Promise<void> {
  const { sessionId } = turn as { sessionId: string };
  const told = connection.agent.notify(methods.agent.session.cancel, { sessionId });
  const over = told.then(() => Promise.race(ends)).catch(() => undefined);
  await Promise.race([over, sleep(CANCEL_MILLISECONDS)]);
}

/** Why a turn is no answer; undefined where it is one. */
function whyEnded(stopReason: string): string | undefined {
  switch (stopReason) {
    case 'end_turn':
      return undefined;
    case 'refusal':
      return 'it declined';
    case 'max_tokens':
      return 'it came to the end of its tokens';
    case 'max_turn_requests':
      return 'it asked its model as often as it may in one turn';
    default:
      return `it gave up (${stopReason})`;
  }
}
