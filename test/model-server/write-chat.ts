import type { ModelCall } from './call.ts';
import { type Message, pieces } from './message.ts';

const FINISH = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content_filter',
  'tool-calls': 'tool_calls',
} as const satisfies Record<Message['finish'], string>;

/** The time that all answers bear, in seconds since 1970. */
export const CREATED = 1_700_000_000;

export function chatBody(call: ModelCall, message: Message): unknown {
  const { text, refusal, toolCalls, finish } = message;
  const silent = refusal !== undefined || (toolCalls.length > 0 && text === '');
  const calls = toolCalls.map(({ id, name, arguments: given }) => ({
    id,
    type: 'function',
    function: { name, arguments: given },
  }));
  const said = {
    role: 'assistant',
    content: silent ? null : text,
    refusal: refusal ?? null,
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  return {
    ...headOf(call, 'chat.completion'),
    choices: [{ index: 0, message: said, logprobs: null, finish_reason: FINISH[finish] }],
    ...(message.usage !== 'absent' && { usage: usageOf(message.usage) }),
  };
}

/** The chunks of a stream: those of the answer, and those that end it. */
export function chatChunks(call: ModelCall, message: Message): { said: unknown[]; end: unknown[] } {
  const head = headOf(call, 'chat.completion.chunk');
  const usage = call.countsUsage && message.usage !== 'absent' ? usageOf(message.usage) : undefined;
  const chunk = (delta: object, finish: string | null = null) => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(usage && { usage: null }),
  });
  const said = [
    chunk({ role: 'assistant', content: '', refusal: null }),
    ...pieces(message.text).map((content) => chunk({ content })),
    ...pieces(message.refusal ?? '').map((refusal) => chunk({ refusal })),
    ...message.toolCalls.flatMap(({ id, name, arguments: given }, index) => [
      chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }),
      ...pieces(given).map((piece) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ]),
  ];
  const counted = usage === undefined ? [] : [{ ...head, choices: [], usage }];
  return { said, end: [chunk({}, FINISH[message.finish]), ...counted] };
}

function headOf({ number, model }: ModelCall, object: string) {
  return { id: `chatcmpl-${number}`, object, created: CREATED, model, system_fingerprint: 'fp_scripted' };
}

function usageOf({ input, output, cached, reasoning }: Exclude<Message['usage'], 'absent'>) {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}
