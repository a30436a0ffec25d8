import { describe, expect, test } from 'vitest';
import { createRecord } from './record.ts';
import { type ModelServer, startModelServer } from './server.ts';

function post(
  { baseURL, key }: ModelServer,
  body: unknown,
  { authorization = `Bearer ${key}` }: { authorization?: string } = {},
): Promise<Response> {
  return fetch(`${baseURL}/chat/completions`, {
    method: 'POST',
    headers: { ...(authorization && { authorization }), 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const question = { model: 'scripted', messages: [{ role: 'user', content: 'What next?' }] };
const asksFor = (format: object) => ({ ...question, response_format: format });
const strict = (schema: object) =>
  asksFor({ type: 'json_schema', json_schema: { name: 'change', strict: true, schema } });
const called = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'call_a', type: 'function', function: { name: 'read', arguments: '{}' } }],
};

describe('a scripted server', () => {
  test('asks for the key, and repeats little of a wrong one', async () => {
    await using server = await startModelServer([]);
    const missing = await post(server, question, { authorization: '' });
    expect(missing.status).toBe(401);
    const wrong = await post(server, question, { authorization: 'Bearer sk-wrong-key-of-somebody' });
    expect(wrong.status).toBe(401);
    const { error } = (await wrong.json()) as { error: { message: string } };
    expect(error).toMatchObject({ type: 'invalid_request_error', code: 'invalid_api_key', param: null });
    expect(error.message).not.toContain('sk-wrong-key-of-somebody');
    expect(server.calls.map(({ authorization }) => authorization)).toEqual(['missing', 'wrong']);
  });

  test('repeats a right key where its script wants to see whether it leaks', async () => {
    await using server = await startModelServer([{ kind: 'error', status: 401, echoKey: true }]);
    expect(await (await post(server, question)).text()).toContain(server.key);
  });

  test('keeps no key in what it records', async () => {
    await using server = await startModelServer([{ kind: 'text', text: 'Yes.' }]);
    await post(server, question);
    expect(server.calls).toMatchObject([{ authorization: 'right', text: 'What next?' }]);
    expect(JSON.stringify(server.calls)).not.toContain(server.key);
  });

  test('lists its models, and knows no other models and paths', async () => {
    await using server = await startModelServer([], { models: ['large', 'small'] });
    const headers = { authorization: `Bearer ${server.key}` };
    const listed = await fetch(`${server.baseURL}/models`, { headers });
    expect(await listed.json()).toMatchObject({ object: 'list', data: [{ id: 'large' }, { id: 'small' }] });
    expect((await fetch(`${server.baseURL}/models`)).status).toBe(401);
    expect((await fetch(`${server.baseURL}/embeddings`, { method: 'POST', headers })).status).toBe(404);
    expect((await post(server, question)).status).toBe(404);
    expect(server.otherRequests).toEqual(['GET /v1/models', 'GET /v1/models', 'POST /v1/embeddings']);
  });

  test.each<[string, unknown, RegExp]>([
    ['no JSON', '{"model":', /could not parse/],
    ['no messages', { model: 'scripted', messages: [] }, /Invalid value for 'messages'/],
    ['a stranger', { ...question, messages: [{ role: 'stranger', content: '' }] }, /'messages\[0\].role'/],
    [
      'an answer to no call',
      { ...question, messages: [{ role: 'tool', tool_call_id: 'a', content: '' }] },
      /preceeding/,
    ],
    ['a call without an answer', { ...question, messages: [called, ...question.messages] }, /call_a/],
    ['usage of no stream', { ...question, stream_options: { include_usage: true } }, /stream_options/],
    ['JSON that no message mentions', asksFor({ type: 'json_object' }), /must contain the word 'json'/],
    ['an open object', strict({ type: 'object' }), /In context=\(\), 'additionalProperties'/],
    [
      'a property that may be missing',
      strict({
        type: 'object',
        properties: {
          a: { type: 'array', items: { type: 'object', properties: { b: {} }, additionalProperties: false } },
        },
        required: ['a'],
        additionalProperties: false,
      }),
      /In context=\('properties', 'a', 'items'\), .* Missing 'b'/,
    ],
    [
      'alternatives',
      strict({
        type: 'object',
        properties: { a: { oneOf: [] } },
        required: ['a'],
        additionalProperties: false,
      }),
      /'oneOf' is not permitted/,
    ],
    ['an array at the root', strict({ type: 'array' }), /got 'type: array'/],
  ])('objects as a provider would to %s', async (_, body, problem) => {
    await using server = await startModelServer([]);
    const response = await post(server, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringMatching(problem) } });
    expect(server.calls[0]?.problem).toMatch(problem);
  });

  test('objects to a body without end', async () => {
    await using server = await startModelServer([]);
    expect((await post(server, ' '.repeat(8 * 1024 * 1024 + 1))).status).toBe(413);
  });

  test('says so when its script has nothing to say, or fails', async () => {
    await using short = await startModelServer([{ kind: 'text', text: 'Yes.' }]);
    await post(short, question);
    expect((await post(short, question)).status).toBe(400);
    expect(short.calls[1]?.problem).toBe('The script has no reply left for call 2.');
    await using failing = await startModelServer(({ number }) => {
      throw new Error(`Not call ${number}, please.`);
    });
    expect((await post(failing, question)).status).toBe(400);
    expect(failing.calls[0]?.problem).toBe('Not call 1, please.');
  });

  test('answers each of many calls by what it says', async () => {
    await using server = await startModelServer(({ text }) => ({ kind: 'text', text: `You said ${text}` }));
    const asked = Array.from({ length: 20 }, (_, index) => `number ${index}`);
    const bodies = asked.map((content) => ({ ...question, messages: [{ role: 'user', content }] }));
    const answers = await Promise.all(bodies.map(async (body) => await (await post(server, body)).json()));
    expect(answers).toMatchObject(
      asked.map((text) => ({ choices: [{ message: { content: `You said ${text}` } }] })),
    );
    expect(server.calls.map(({ number }) => number)).toEqual(asked.map((_, index) => index + 1));
    expect(server.connections.total).toBeGreaterThan(0);
  });

  test('keeps the first thousand calls, as far as there is room, and counts the others', async () => {
    await using server = await startModelServer([{ kind: 'empty' }]);
    await post(server, question);
    const [call] = server.calls;
    const record = createRecord();
    for (let number = 1; number <= 1001; number++) record.open({ ...call!, number }, 10);
    expect([record.count, record.pending, record.calls.length]).toEqual([1001, 1001, 1000]);
    for (let number = 1; number <= 1001; number++) record.amend(number, { ending: 'answered' });
    expect(record.pending).toBe(0);
    const full = createRecord();
    full.open(call!, 64 * 1024 * 1024 + 1);
    expect([full.count, full.calls.length]).toEqual([1, 0]);
  });

  test('lets nobody wait for ever: not who hangs when it closes, nor who waits for a call', async () => {
    const server = await startModelServer(({ text }) =>
      text === 'What next?' ? { kind: 'hang', at: 'middle' } : new Promise(() => undefined),
    );
    const thought = { ...question, messages: [{ role: 'user', content: 'Think.' }] };
    const hanging = [question, { ...question, stream: true }, thought].map(async (body) =>
      (await post(server, body)).text(),
    );
    const outcomes = Promise.allSettled(hanging);
    await server.received(3);
    expect([server.pending, server.connections.open]).toEqual([3, 3]);
    await expect(server.settled(1)).rejects.toThrow('waited 1 ms for its calls to end');
    await expect(server.received(4, 1)).rejects.toThrow('waited 1 ms for call 4');
    await server[Symbol.asyncDispose]();
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await server.settled();
    expect(server.calls.map(({ ending }) => ending)).toEqual(['closed', 'closed', 'closed']);
    expect(server.connections.open).toBe(0);
  });
});
