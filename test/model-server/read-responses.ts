import { z } from 'zod';
import type { Body, CallMessage, Format, Reading } from './call.ts';
import { contentSchema, formatNameSchema, mistakeIn, textOf } from './content.ts';
import { problemOfSchema } from './strict-schema.ts';

const itemSchema = z.looseObject({
  type: z.string().default('message'),
  role: z.string().optional(),
  content: contentSchema.nullish(),
  call_id: z.string().optional(),
  name: z.string().optional(),
  arguments: z.string().optional(),
  input: z.string().optional(),
  output: contentSchema.optional(),
});

const bodySchema = z.looseObject({
  model: z.string(),
  instructions: z.string().nullish(),
  input: z.union([z.string(), z.array(itemSchema)]),
  stream: z.boolean().nullish(),
  tools: z
    .array(
      z.looseObject({ type: z.string(), name: z.string().optional(), parameters: z.unknown().optional() }),
    )
    .nullish(),
  text: z
    .looseObject({
      format: z
        .discriminatedUnion('type', [
          z.looseObject({ type: z.literal('text') }),
          z.looseObject({ type: z.literal('json_object') }),
          z.looseObject({
            type: z.literal('json_schema'),
            name: formatNameSchema,
            schema: z.unknown(),
            strict: z.boolean().nullish(),
          }),
        ])
        .optional(),
    })
    .nullish(),
});

type Item = z.infer<typeof itemSchema>;

/** The body of a call of the Responses API. Conversations are not stored here: each call brings all of its input. */
export function readResponses(body: unknown): Reading {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return { problem: mistakeIn(parsed.error) };
  const { model, instructions, input, stream, tools, text } = parsed.data;
  const items: Item[] =
    typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;
  const first = instructions == null ? [] : [{ role: 'system', text: instructions }];
  const read: Body = {
    model,
    streams: stream ?? false,
    countsUsage: true,
    messages: [...first, ...items.map(asMessage)],
    tools: (tools ?? []).map(({ type, name, parameters }) => ({ type, name: name ?? type, parameters })),
    format: formatOf(text?.format),
  };
  const problem = problemOfStored(parsed.data) ?? problemOfOutputs(items) ?? problemOfFormat(read.format);
  return problem === undefined ? read : { ...read, problem };
}

function asMessage(item: Item): CallMessage {
  if (item.type === 'message') return { role: item.role ?? 'user', text: textOf(item.content ?? '') };
  if (isCall(item))
    return { role: 'assistant', text: `${item.name ?? ''}(${item.arguments ?? item.input ?? ''})` };
  if (isOutput(item)) return { role: 'tool', text: textOf(item.output ?? '') };
  return { role: item.type, text: textOf(item.content ?? '') };
}

function isCall(item: Item): boolean {
  return item.type === 'function_call' || item.type === 'custom_tool_call';
}

function isOutput(item: Item): boolean {
  return item.type === 'function_call_output' || item.type === 'custom_tool_call_output';
}

function formatOf(format: NonNullable<z.infer<typeof bodySchema>['text']>['format']): Format {
  if (format === undefined || format.type === 'text') return { kind: 'text' };
  if (format.type === 'json_object') return { kind: 'json-object' };
  const { name, schema, strict } = format;
  return { kind: 'json-schema', name, schema, strict: strict ?? false };
}

function problemOfStored(body: Record<string, unknown>): string | undefined {
  if (body.previous_response_id == null) return undefined;
  return `Previous response with id '${String(body.previous_response_id)}' not found.`;
}

function problemOfOutputs(items: readonly Item[]): string | undefined {
  const called = new Set<string | undefined>();
  for (const item of items) {
    if (isCall(item)) called.add(item.call_id);
    if (isOutput(item) && !called.has(item.call_id)) {
      return `No tool call found for function call output with call_id ${item.call_id}.`;
    }
  }
  const answered = new Set(items.filter(isOutput).map((item) => item.call_id));
  const open = [...called].find((id) => !answered.has(id));
  return open === undefined ? undefined : `No tool output found for function call ${open}.`;
}

function problemOfFormat(format: Format): string | undefined {
  return format.kind === 'json-schema' ? problemOfSchema(format, 'text.format') : undefined;
}
