import { z } from 'zod';
import type { Body, CallMessage, Format, Reading } from './call.ts';
import { contentSchema, formatNameSchema, mistakeIn, textOf } from './content.ts';
import { problemOfSchema } from './strict-schema.ts';

const toolCallSchema = z.looseObject({
  id: z.string(),
  type: z.literal('function'),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
});

const messageSchema = z.discriminatedUnion('role', [
  z.looseObject({ role: z.enum(['system', 'developer', 'user']), content: contentSchema }),
  z.looseObject({
    role: z.literal('assistant'),
    content: contentSchema.nullish(),
    tool_calls: z.array(toolCallSchema).min(1).optional(),
  }),
  z.looseObject({ role: z.literal('tool'), tool_call_id: z.string(), content: contentSchema }),
]);

const bodySchema = z.looseObject({
  model: z.string(),
  messages: z.array(messageSchema).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  tools: z
    .array(
      z.looseObject({
        type: z.literal('function'),
        function: z.looseObject({ name: z.string(), parameters: z.unknown().optional() }),
      }),
    )
    .min(1)
    .optional(),
  response_format: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('text') }),
      z.looseObject({ type: z.literal('json_object') }),
      z.looseObject({
        type: z.literal('json_schema'),
        json_schema: z.looseObject({
          name: formatNameSchema,
          schema: z.unknown(),
          strict: z.boolean().nullish(),
        }),
      }),
    ])
    .optional(),
});

type ChatMessage = z.infer<typeof messageSchema>;

/** The body of a chat completion, held to what OpenAI holds it to. */
export function readChat(body: unknown): Reading {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return { problem: mistakeIn(parsed.error) };
  const { model, messages, stream, stream_options, tools = [], response_format } = parsed.data;
  const read: Body = {
    model,
    streams: stream ?? false,
    countsUsage: stream_options?.include_usage ?? false,
    messages: messages.map(asMessage),
    tools: tools.map(({ type, function: { name, parameters } }) => ({ type, name, parameters })),
    format: formatOf(response_format),
  };
  const problem = problemOfToolCalls(messages) ?? problemOfStream(parsed.data) ?? problemOfFormat(read);
  return problem === undefined ? read : { ...read, problem };
}

function asMessage(message: ChatMessage): CallMessage {
  const said = textOf(message.content ?? '');
  const called = message.role === 'assistant' ? (message.tool_calls ?? []) : [];
  const calls = called.map(({ function: { name, arguments: given } }) => `${name}(${given})`);
  return { role: message.role, text: [said, ...calls].filter((text) => text !== '').join('\n') };
}

function formatOf(format: z.infer<typeof bodySchema>['response_format']): Format {
  if (format === undefined || format.type === 'text') return { kind: 'text' };
  if (format.type === 'json_object') return { kind: 'json-object' };
  const { name, schema, strict } = format.json_schema;
  return { kind: 'json-schema', name, schema, strict: strict ?? false };
}

/** Each call of a tool is answered by the messages right behind it, and nothing else is. */
function problemOfToolCalls(messages: readonly ChatMessage[]): string | undefined {
  const open = new Set<string>();
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!open.delete(message.tool_call_id)) {
        return "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
      }
      continue;
    }
    if (open.size > 0) break;
    if (message.role === 'assistant') for (const { id } of message.tool_calls ?? []) open.add(id);
  }
  if (open.size === 0) return undefined;
  return (
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
    `The following tool_call_ids did not have response messages: ${[...open].join(', ')}`
  );
}

function problemOfStream({ stream, stream_options }: z.infer<typeof bodySchema>): string | undefined {
  if (stream_options == null || stream === true) return undefined;
  return "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
}

function problemOfFormat({ format, messages }: Body): string | undefined {
  if (format.kind === 'json-schema') return problemOfSchema(format, 'response_format');
  if (format.kind === 'text' || messages.some(({ text }) => /json/i.test(text))) return undefined;
  return "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.";
}
