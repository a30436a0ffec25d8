import type { ModelCall } from './call.ts';
import { type Message, pieces } from './message.ts';
import { CREATED } from './write-chat.ts';

export interface ResponseEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** What one item of the output becomes: its body when it is done, and the events on the way there. */
interface Item {
  readonly done: { readonly id: string } & Record<string, unknown>;
  readonly opened: Record<string, unknown>;
  readonly events: readonly ResponseEvent[];
}

export function responseBody(call: ModelCall, message: Message): Record<string, unknown> {
  const { finish, usage } = message;
  const incomplete =
    finish === 'length' ? 'max_output_tokens' : finish === 'content-filter' ? 'content_filter' : undefined;
  return {
    ...begun(call),
    status: incomplete === undefined ? 'completed' : 'incomplete',
    incomplete_details: incomplete === undefined ? null : { reason: incomplete },
    output: itemsOf(call, message).map(({ done }) => done),
    usage: usage === 'absent' ? null : usageOf(usage),
  };
}

/** A response that failed after it began; `error` as in {@link errorBody}. */
export function failedResponse(call: ModelCall, error: { code: string; message: string }): object {
  return { ...begun(call), status: 'failed', error };
}

/** The events of a stream: those of the answer, and the one that ends it. */
export function responseEvents(
  call: ModelCall,
  message: Message,
): { said: ResponseEvent[]; end: ResponseEvent[] } {
  const said = [
    { type: 'response.created', response: begun(call) },
    { type: 'response.in_progress', response: begun(call) },
    ...itemsOf(call, message).flatMap(({ done, opened, events }, output_index) => [
      { type: 'response.output_item.added', output_index, item: opened },
      ...events.map((event) => ({ ...event, item_id: done.id, output_index })),
      { type: 'response.output_item.done', output_index, item: done },
    ]),
  ];
  const response = responseBody(call, message);
  return { said, end: [{ type: `response.${String(response.status)}`, response }] };
}

function begun({ number, model, body }: ModelCall): Record<string, unknown> {
  const asked = body as Record<string, unknown>;
  return {
    id: `resp_${number}`,
    object: 'response',
    created_at: CREATED,
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    instructions: asked.instructions ?? null,
    max_output_tokens: asked.max_output_tokens ?? null,
    metadata: {},
    model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: asked.store ?? true,
    temperature: 1,
    text: asked.text ?? { format: { type: 'text' } },
    tool_choice: asked.tool_choice ?? 'auto',
    tools: asked.tools ?? [],
    top_p: 1,
    truncation: 'disabled',
    usage: null,
    user: null,
  };
}

function itemsOf(call: ModelCall, message: Message): Item[] {
  const calls = message.toolCalls.map((spoken, index) => toolItem(call, spoken, index));
  if (message.refusal !== undefined) return [messageItem(call, 'refusal', message.refusal), ...calls];
  if (message.text !== '') return [messageItem(call, 'output_text', message.text), ...calls];
  return calls;
}

function messageItem(call: ModelCall, type: 'output_text' | 'refusal', text: string): Item {
  const partOf = (said: string) =>
    type === 'refusal' ? { type, refusal: said } : { type, text: said, annotations: [], logprobs: [] };
  const item = { id: `msg_${call.number}`, type: 'message', role: 'assistant' };
  const field = type === 'refusal' ? 'refusal' : 'text';
  return {
    opened: { ...item, status: 'in_progress', content: [] },
    done: { ...item, status: 'completed', content: [partOf(text)] },
    events: [
      { type: 'response.content_part.added', content_index: 0, part: partOf('') },
      ...pieces(text).map((delta) => ({ type: `response.${type}.delta`, content_index: 0, delta })),
      { type: `response.${type}.done`, content_index: 0, [field]: text },
      { type: 'response.content_part.done', content_index: 0, part: partOf(text) },
    ],
  };
}

/** A tool that was offered as `custom` is called with free text, every other one with JSON. */
function toolItem(call: ModelCall, spoken: Message['toolCalls'][number], index: number): Item {
  const { id: call_id, name, arguments: given } = spoken;
  const isCustom = call.tools.some((tool) => tool.type === 'custom' && tool.name === name);
  const [type, field, event] = isCustom
    ? ['custom_tool_call', 'input', 'response.custom_tool_call_input']
    : ['function_call', 'arguments', 'response.function_call_arguments'];
  const item = { id: `${isCustom ? 'ctc' : 'fc'}_${call.number}_${index}`, type, call_id, name };
  return {
    opened: { ...item, status: 'in_progress', [field]: '' },
    done: { ...item, status: 'completed', [field]: given },
    events: [
      ...pieces(given).map((delta) => ({ type: `${event}.delta`, delta })),
      { type: `${event}.done`, [field]: given },
    ],
  };
}

function usageOf({ input, output, cached, reasoning }: Exclude<Message['usage'], 'absent'>) {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
