import type { ModelCall } from './call.ts';
import { errorBody } from './error-body.ts';
import { messageOf } from './message.ts';
import { type Answer, type Fault, HALF_SAID, type Reply } from './reply.ts';
import { chatBody, chatChunks } from './write-chat.ts';
import { failedResponse, type ResponseEvent, responseBody, responseEvents } from './write-responses.ts';

/** What the server does on the wire, in turn. A plan ends with `end`, `hang` or `cut`. */
export type Step =
  | { readonly kind: 'head'; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'send'; readonly text: string }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'cut' };

/** An answer on its way: a stream has its events, and its ending apart from them; a whole one has a body and no ending. */
interface Wire {
  readonly head: Extract<Step, { kind: 'head' }>;
  readonly said: readonly string[];
  readonly end: readonly string[];
}

const END: Step = { kind: 'end' };
const NO_JSON = '{"id":"chatcmpl-broken","object":"chat.completion","choices":[{"index":0,"mess';
const PROXY_PAGE =
  '<html><head><title>Bad Gateway</title></head><body>Something is wrong here.</body></html>';

/** @param key what the caller sent as its key, for the fault that repeats it */
export function planOf(reply: Reply, call: ModelCall, key: string): Step[] {
  switch (reply.kind) {
    case 'slow': {
      const wait = { kind: 'wait', milliseconds: reply.milliseconds } as const;
      const steps = planOf(reply.reply, call, key);
      if (reply.each !== 'piece') return [wait, ...steps];
      return steps.flatMap((step): Step[] => (step.kind === 'send' ? [wait, step] : [step]));
    }
    case 'error':
      return refused(reply, key);
    case 'late-error':
      return lateError(reply, call);
    case 'hang':
      return broken(reply, call, { kind: 'hang' });
    case 'cut':
      return broken(reply, call, { kind: 'cut' });
    case 'malformed-json':
      return [whole(200, NO_JSON).head, { kind: 'send', text: NO_JSON }, END];
    case 'malformed-sse': {
      if (!call.streams) return planOf({ kind: 'malformed-json' }, call, key);
      const { head, said, end } = wireOf(reply.answer ?? HALF_SAID, call);
      const middle = Math.ceil(said.length / 2);
      return [head, ...sends([...said.with(middle, `data: ${NO_JSON}\n\n`), ...end]), END];
    }
    default: {
      const { head, said, end } = wireOf(reply, call);
      return [head, ...sends([...said, ...end]), END];
    }
  }
}

/** An error before any answer. */
export function refused(fault: Omit<Extract<Fault, { kind: 'error' }>, 'kind'>, key = ''): Step[] {
  const { status, message, code, retryAfter, body = 'json', echoKey = false, usage } = fault;
  const plain = errorBody(status, { ...(message && { message }), ...(code && { code }) });
  const echoed = `${plain.error.message} You sent the key ${key}.`;
  const error = echoKey ? errorBody(status, { message: echoed, ...(code && { code }) }) : plain;
  const told = usage && { usage: { prompt_tokens: usage.input, completion_tokens: usage.output } };
  const text = { json: JSON.stringify({ ...error, ...told }), html: PROXY_PAGE, empty: '' }[body];
  const { head } = whole(status, text, body === 'html' ? 'text/html' : 'application/json');
  const headers = {
    ...head.headers,
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  };
  return [{ ...head, headers }, { kind: 'send', text }, END];
}

/** A body that is sent in one piece. */
export function wholeBody(status: number, body: unknown): Step[] {
  const { head, said } = whole(status, JSON.stringify(body));
  return [head, ...sends(said), END];
}

function lateError(
  { message, answer = HALF_SAID }: Extract<Fault, { kind: 'late-error' }>,
  call: ModelCall,
): Step[] {
  const body = errorBody(500, message === undefined ? {} : { message });
  const { code, message: words } = body.error;
  const failed = failedResponse(call, { code: code ?? 'server_error', message: words });
  if (!call.streams) return wholeBody(200, call.endpoint === 'chat' ? body : failed);
  const { head, said } = wireOf(answer, call);
  const begun = said.slice(0, Math.ceil(said.length / 2));
  const event =
    call.endpoint === 'chat'
      ? `data: ${JSON.stringify(body)}\n\n`
      : eventFrame({ type: 'response.failed', response: failed }, begun.length);
  return [head, ...sends([...begun, event]), END];
}

/** An answer up to the place where `stop` happens. */
function broken(
  { at, answer = HALF_SAID }: Extract<Fault, { kind: 'hang' | 'cut' }>,
  call: ModelCall,
  stop: Step,
): Step[] {
  const { head, said } = wireOf(answer, call);
  const half = Math.ceil(said.length / 2);
  switch (at ?? (stop.kind === 'cut' ? 'middle' : 'start')) {
    case 'start':
      return [stop];
    case 'headers':
      return [head, stop];
    case 'middle': {
      // A whole body is one piece: its half is half of that; in a stream the next event is torn.
      const sent = call.streams ? said.slice(0, half) : [];
      const torn = said[sent.length] ?? '';
      return [head, ...sends([...sent, torn.slice(0, torn.length / 2)]), stop];
    }
    case 'unfinished': {
      if (call.streams) return [head, ...sends(said), END];
      const text = (said[0] ?? '').slice(0, (said[0] ?? '').length / 2);
      return [whole(200, text).head, ...sends([text]), END];
    }
  }
}

function wireOf(answer: Answer, call: ModelCall): Wire {
  const message = messageOf(answer, call);
  const chat = call.endpoint === 'chat';
  if (!call.streams) {
    return whole(200, JSON.stringify(chat ? chatBody(call, message) : responseBody(call, message)));
  }
  const head: Wire['head'] = {
    kind: 'head',
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
  };
  if (chat) {
    const { said, end } = chatChunks(call, message);
    return { head, said: said.map(chunkFrame), end: [...end.map(chunkFrame), 'data: [DONE]\n\n'] };
  }
  const { said, end } = responseEvents(call, message);
  const last = end.map((event, index) => eventFrame(event, said.length + index));
  return { head, said: said.map(eventFrame), end: last };
}

function whole(status: number, text: string, type = 'application/json'): Wire {
  const headers = { 'content-type': type, 'content-length': String(Buffer.byteLength(text)) };
  return { head: { kind: 'head', status, headers }, said: [text], end: [] };
}

function chunkFrame(chunk: unknown): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

function eventFrame(event: ResponseEvent, sequence_number: number): string {
  return `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`;
}

function sends(texts: readonly string[]): Step[] {
  return texts.map((text) => ({ kind: 'send', text }));
}
