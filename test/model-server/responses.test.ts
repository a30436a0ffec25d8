import { describe, expect, test } from 'vitest';
import type { Reply } from './reply.ts';
import { type ModelServer, startModelServer } from './server.ts';

interface Event {
  readonly type: string;
  readonly [key: string]: unknown;
}

function post({ baseURL, key }: ModelServer, body: object): Promise<Response> {
  return fetch(`${baseURL}/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'scripted', input: 'What next?', ...body }),
  });
}

async function streamed(server: ModelServer, body: object = {}): Promise<Event[]> {
  const response = await post(server, { ...body, stream: true });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const frames = (await response.text()).split('\n\n').filter((frame) => frame !== '');
  return frames.map((frame) => {
    const [name, data] = frame.split('\n');
    const event: Event = JSON.parse(data?.replace(/^data: /, '') ?? '');
    expect(name).toBe(`event: ${event.type}`);
    return event;
  });
}

function deltas(events: readonly Event[], type: string): string {
  return events.map((event) => (event.type === type ? event.delta : '')).join('');
}

const text: Reply = { kind: 'text', text: 'Halve the rate.', usage: { input: 100, output: 4 } };
const message = {
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'Halve the rate.' }],
};

describe('the Responses API', () => {
  test('answers whole', async () => {
    await using server = await startModelServer([text]);
    const response = await post(server, { instructions: 'Be brief.' });
    expect(await response.json()).toMatchObject({
      object: 'response',
      status: 'completed',
      output: [message],
      usage: { input_tokens: 100, output_tokens: 4, total_tokens: 104 },
    });
    expect(server.calls[0]?.messages).toEqual([
      { role: 'system', text: 'Be brief.' },
      { role: 'user', text: 'What next?' },
    ]);
  });

  test('streams its events in order, the last one with all of the answer', async () => {
    await using server = await startModelServer([text]);
    const events = await streamed(server);
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
    expect([...new Set(events.map(({ type }) => type))]).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(deltas(events, 'response.output_text.delta')).toBe('Halve the rate.');
    expect(events.at(-2)).toMatchObject({ item: message, output_index: 0 });
    expect(events.at(-1)).toMatchObject({ response: { status: 'completed', output: [message] } });
  });

  test('calls functions with JSON and custom tools with text, and hears what came of it', async () => {
    const patch = '*** Begin Patch\n*** End Patch';
    await using server = await startModelServer([
      {
        kind: 'tool-calls',
        calls: [
          { name: 'shell', arguments: { command: ['ls'] }, id: 'call_a' },
          { name: 'apply_patch', arguments: patch, id: 'call_b' },
        ],
      },
      text,
    ]);
    const tools = [
      { type: 'function', name: 'shell', parameters: { type: 'object' } },
      { type: 'custom', name: 'apply_patch' },
      { type: 'web_search' },
    ];
    const events = await streamed(server, { tools });
    const done = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);
    expect(done).toMatchObject([
      { type: 'function_call', call_id: 'call_a', name: 'shell', arguments: '{"command":["ls"]}' },
      { type: 'custom_tool_call', call_id: 'call_b', name: 'apply_patch', input: patch },
    ]);
    expect(deltas(events, 'response.function_call_arguments.delta')).toBe('{"command":["ls"]}');
    expect(deltas(events, 'response.custom_tool_call_input.delta')).toBe(patch);
    expect(server.calls[0]?.tools.map(({ name }) => name)).toEqual(['shell', 'apply_patch', 'web_search']);

    const asked = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Go.' }] };
    const outputs = [
      { type: 'function_call_output', call_id: 'call_a', output: 'train.ts' },
      { type: 'custom_tool_call_output', call_id: 'call_b', output: 'Done.' },
    ];
    expect((await post(server, { tools, input: [asked, ...done, ...outputs] })).status).toBe(200);
    expect(server.calls[1]?.messages.slice(-2)).toEqual([
      { role: 'tool', text: 'train.ts' },
      { role: 'tool', text: 'Done.' },
    ]);
    const orphan = await post(server, { input: [asked, outputs[0]] });
    expect(orphan.status).toBe(400);
    expect(server.calls[2]?.problem).toMatch(/^No tool call found/);
  });

  test.each<[Reply, object]>([
    [{ kind: 'length', text: 'Hal' }, { reason: 'max_output_tokens' }],
    [{ kind: 'content-filter' }, { reason: 'content_filter' }],
  ])('says why an answer is incomplete: %o', async (reply, incomplete_details) => {
    await using server = await startModelServer([reply]);
    const last = (await streamed(server)).at(-1);
    expect(last).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details },
    });
  });

  test('refuses in a part of its own', async () => {
    await using server = await startModelServer([{ kind: 'refusal', text: 'I will not.' }]);
    const events = await streamed(server);
    expect(deltas(events, 'response.refusal.delta')).toBe('I will not.');
    expect(events.at(-1)).toMatchObject({
      response: { output: [{ content: [{ type: 'refusal', refusal: 'I will not.' }] }] },
    });
  });

  test('fails half through, breaks off, or ends too soon', async () => {
    await using server = await startModelServer([
      { kind: 'late-error', message: 'Overloaded.' },
      { kind: 'cut' },
      { kind: 'cut', at: 'unfinished' },
    ]);
    const failed = await streamed(server);
    expect(failed.map((event) => event.sequence_number)).toEqual(failed.map((_, index) => index));
    expect(failed.at(-1)).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { message: 'Overloaded.' } },
    });
    await expect(streamed(server)).rejects.toThrow('terminated');
    expect((await streamed(server)).at(-1)?.type).toBe('response.output_item.done');
  });
});
