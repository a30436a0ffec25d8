import type { IncomingMessage } from 'node:http';
import type { Endpoint, ModelCall } from './call.ts';
import { masked } from './error-body.ts';
import { refused, type Step, wholeBody } from './plan.ts';
import { readCall } from './read-call.ts';
import { CREATED } from './write-chat.ts';

/** What a server lets in. */
export interface Admission {
  readonly key: string;
  readonly models: readonly string[];
}

/** Why a call never reaches the script, and the answer to it. */
export interface Objection {
  readonly problem: string;
  readonly steps: readonly Step[];
}

const MOST_BODY_BYTES = 8 * 1024 * 1024;

/** The body as text; undefined where it is too long. */
export async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MOST_BODY_BYTES) chunks.push(chunk);
  }
  return size > MOST_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
}

export function admit(
  seen: Pick<ModelCall, 'number' | 'endpoint'>,
  request: IncomingMessage,
  text: string | undefined,
  { key, models }: Admission,
): { readonly call: ModelCall; readonly objection: Objection | undefined } {
  const { authorization: shown, ...rest } = request.headers;
  const headers = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)]));
  const authorization = shown === undefined ? 'missing' : shown === `Bearer ${key}` ? 'right' : 'wrong';
  const { call, problem } = readCall({ ...seen, headers, authorization }, text ?? '');
  const objection =
    authorization !== 'right'
      ? unauthorized(shown)
      : text === undefined
        ? objectionOf(413, 'The request body is too large.')
        : problem !== undefined
          ? objectionOf(400, problem)
          : models.includes(call.model)
            ? undefined
            : objectionOf(404, `The model '${call.model}' does not exist or you do not have access to it.`);
  return { call, objection };
}

/** Every request that is not a call of a model. */
export function answerToOther(
  request: IncomingMessage,
  path: string,
  { key, models }: Admission,
): readonly Step[] {
  const shown = request.headers.authorization;
  if (shown !== `Bearer ${key}`) return unauthorized(shown).steps;
  if (request.method === 'GET' && path === '/v1/models') {
    const data = models.map((id) => ({ id, object: 'model', created: CREATED, owned_by: 'script' }));
    return wholeBody(200, { object: 'list', data });
  }
  const message = `Invalid URL (${request.method} ${path})`;
  return refused({ status: 404, message, code: 'unknown_url' });
}

/** The endpoint of a call, or undefined for any other request. */
export function endpointOf(request: IncomingMessage, path: string): Endpoint | undefined {
  if (request.method !== 'POST') return undefined;
  return path === '/v1/chat/completions' ? 'chat' : path === '/v1/responses' ? 'responses' : undefined;
}

function unauthorized(shown: string | undefined): Objection {
  if (shown === undefined) return objectionOf(401, "You didn't provide an API key.");
  return objectionOf(401, `Incorrect API key provided: ${masked(shown.replace(/^Bearer /, ''))}.`);
}

function objectionOf(status: number, message: string): Objection {
  return { problem: message, steps: refused({ status, message }) };
}
