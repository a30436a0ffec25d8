import type { Body, ModelCall } from './call.ts';
import { readChat } from './read-chat.ts';
import { readResponses } from './read-responses.ts';

const UNREADABLE: Body = {
  model: '',
  streams: false,
  countsUsage: false,
  messages: [],
  tools: [],
  format: { kind: 'text' },
};

/** A call is read as far as it can be, so that one with a mistake in it can be recorded; `problem` is what a 400 says. */
export function readCall(
  seen: Pick<ModelCall, 'number' | 'endpoint' | 'headers' | 'authorization'>,
  text: string,
): { readonly call: ModelCall; readonly problem: string | undefined } {
  const body = parsed(text);
  const reading =
    body === undefined
      ? { problem: 'We could not parse the JSON body of your request.' }
      : seen.endpoint === 'chat'
        ? readChat(body)
        : readResponses(body);
  const { problem, ...read } = { ...UNREADABLE, ...reading };
  const said = read.messages.map((message) => message.text).join('\n\n');
  return { call: { ...seen, ...read, text: said, body }, problem };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
