import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  type APICallError,
  generateText,
  isStepCount,
  NoObjectGeneratedError,
  NoOutputGeneratedError,
  Output,
  RetryError,
  streamText,
  tool,
} from 'ai';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { HUGE, type Reply } from './model-server/reply.ts';
import { type ModelServer, startModelServer } from './model-server/server.ts';

function modelOf({ baseURL, key }: ModelServer, { apiKey = key } = {}) {
  return createOpenAICompatible({
    name: 'scripted',
    baseURL,
    apiKey,
    includeUsage: true,
    supportsStructuredOutputs: true,
  })('scripted');
}

function once(server: ModelServer) {
  return { model: modelOf(server), prompt: 'What next?', maxRetries: 0 } as const;
}

async function allOf(stream: AsyncIterable<string>, heard: string[] = []): Promise<string[]> {
  for await (const piece of stream) heard.push(piece);
  return heard;
}

const change = Output.object({ name: 'change', schema: z.object({ rate: z.number() }) });

describe('what AI SDK hears of a sound answer', () => {
  test('text and its usage, whole and streamed', async () => {
    const usage = { input: 100, output: 20, cached: 64, reasoning: 5 };
    await using server = await startModelServer(() => ({ kind: 'text', text: 'Halve the räte 🙂.', usage }));
    const counted = { inputTokens: 100, outputTokens: 20, totalTokens: 120 };

    const whole = await generateText(once(server));
    expect(whole).toMatchObject({ text: 'Halve the räte 🙂.', finishReason: 'stop', usage: counted });
    expect(whole.usage.inputTokenDetails.cacheReadTokens).toBe(64);
    expect(whole.usage.outputTokenDetails.reasoningTokens).toBe(5);

    const streamed = streamText(once(server));
    const pieces = await allOf(streamed.textStream);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe('Halve the räte 🙂.');
    expect(await streamed.usage).toMatchObject(counted);
    expect(server.calls.map(({ streams }) => streams)).toEqual([false, true]);
  });

  test('the object that was asked for, whole and streamed', async () => {
    await using server = await startModelServer(() => ({ kind: 'json', value: { rate: 0.5 } }));
    expect((await generateText({ ...once(server), output: change })).output).toEqual({ rate: 0.5 });
    expect(await streamText({ ...once(server), output: change }).output).toEqual({ rate: 0.5 });
    expect(server.calls[0]?.format).toMatchObject({ kind: 'json-schema', name: 'change', strict: true });
  });

  test.each([
    'whole',
    'streamed',
  ])('calls of tools, whose results come back with the next call: %s', async (how) => {
    const seen: unknown[] = [];
    const read = tool({
      description: 'Reads a file.',
      inputSchema: z.object({ path: z.string() }),
      execute: async ({ path }) => {
        seen.push(path);
        return `contents of ${path}`;
      },
    });
    const paths = ['train.ts', 'data "1".ts'];
    await using server = await startModelServer([
      {
        kind: 'tool-calls',
        text: 'Let me see.',
        calls: paths.map((path) => ({ name: 'read', arguments: { path } })),
      },
      { kind: 'text', text: 'Seen.' },
    ]);
    const request = { ...once(server), tools: { read }, stopWhen: isStepCount(3) };
    const text = how === 'whole' ? (await generateText(request)).text : await streamText(request).text;
    expect(text).toBe('Seen.');
    expect(seen.sort()).toEqual(paths.toSorted());
    expect(server.calls[1]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool']);
    expect(server.calls[1]?.text).toContain('contents of data "1".ts');
    expect(server.calls[1]?.tools).toMatchObject([{ type: 'function', name: 'read' }]);
  });

  test('that a provider does not count', async () => {
    await using server = await startModelServer(() => ({ kind: 'text', text: 'Yes.', usage: 'absent' }));
    expect((await generateText(once(server))).usage.totalTokens).toBeUndefined();
    expect((await streamText(once(server)).usage).totalTokens).toBeUndefined();
  });
});

describe('what AI SDK hears of an answer that is not what was asked for', () => {
  const misfits: { reply: Reply; finishReason: string }[] = [
    { reply: { kind: 'prose' }, finishReason: 'stop' },
    { reply: { kind: 'empty' }, finishReason: 'stop' },
    { reply: { kind: 'huge' }, finishReason: 'stop' },
    { reply: { kind: 'json', value: { rate: 'fast' } }, finishReason: 'stop' },
    { reply: { kind: 'length', text: '{"rate": 0.' }, finishReason: 'length' },
    { reply: { kind: 'refusal', text: 'I will not.' }, finishReason: 'content-filter' },
  ];
  test.each(misfits)('$reply.kind: no object, and why it stopped', async ({ reply, finishReason }) => {
    await using server = await startModelServer(() => reply);
    const error: unknown = await generateText({ ...once(server), output: change }).catch((cause) => cause);
    expect(NoObjectGeneratedError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ finishReason });
    const streamed: unknown = await streamText({ ...once(server), output: change }).output.then(
      () => undefined,
      (cause) => cause,
    );
    expect(NoObjectGeneratedError.isInstance(streamed)).toBe(true);
  });

  test.each<Reply>([
    { kind: 'content-filter' },
    { kind: 'tool-calls', calls: [{ name: 'nobody', arguments: 'no json' }] },
  ])('$kind: the call succeeds, and only reading the object throws', async (reply) => {
    await using server = await startModelServer([reply]);
    const result = await generateText({ ...once(server), output: change });
    expect(() => result.output).toThrow(NoOutputGeneratedError);
  });

  test('a mebibyte of text is whole', async () => {
    await using server = await startModelServer(() => ({ kind: 'huge' }));
    expect((await generateText(once(server))).text).toHaveLength(HUGE);
    expect(await streamText(once(server)).text).toHaveLength(HUGE);
  });
});

describe('what AI SDK hears of a fault', () => {
  const faults: { reply: Reply; status?: number; again: boolean; message: RegExp }[] = [
    { reply: { kind: 'error', status: 429 }, status: 429, again: true, message: /^Rate limit reached/ },
    { reply: { kind: 'error', status: 500 }, status: 500, again: true, message: /^The server had an error/ },
    { reply: { kind: 'error', status: 503, body: 'html' }, status: 503, again: true, message: /^Service Un/ },
    {
      reply: { kind: 'error', status: 503, body: 'empty' },
      status: 503,
      again: true,
      message: /^Service Un/,
    },
    { reply: { kind: 'error', status: 401 }, status: 401, again: false, message: /^Incorrect API key/ },
    { reply: { kind: 'late-error' }, status: 200, again: false, message: /^Invalid JSON response/ },
    { reply: { kind: 'malformed-json' }, status: 200, again: false, message: /^Invalid JSON response/ },
    { reply: { kind: 'malformed-sse' }, status: 200, again: false, message: /^Invalid JSON response/ },
    { reply: { kind: 'cut', at: 'start' }, again: true, message: /other side closed/ },
    { reply: { kind: 'cut' }, status: 200, again: true, message: /^Failed to process successful response/ },
    {
      reply: { kind: 'cut', at: 'unfinished' },
      status: 200,
      again: false,
      message: /^Invalid JSON response/,
    },
  ];
  test.each(faults)('whole: $reply', async ({ reply, status, again, message }) => {
    await using server = await startModelServer([reply]);
    await expect(generateText(once(server))).rejects.toMatchObject({
      name: 'AI_APICallError',
      statusCode: status,
      isRetryable: again,
      message: expect.stringMatching(message),
    });
    await server.settled();
    const cut = reply.kind === 'cut' && reply.at !== 'unfinished';
    expect(server.calls[0]).toMatchObject({ reply: reply.kind, ending: cut ? 'cut' : 'answered' });
  });

  const broken: { reply: Reply; finish: string; message: RegExp }[] = [
    { reply: { kind: 'error', status: 429 }, finish: 'rejected', message: /^Rate limit reached/ },
    { reply: { kind: 'cut', at: 'start' }, finish: 'rejected', message: /other side closed/ },
    { reply: { kind: 'late-error' }, finish: 'error', message: /^The server had an error/ },
    { reply: { kind: 'cut', at: 'unfinished' }, finish: 'error', message: /ended without a finish reason/ },
    { reply: { kind: 'malformed-json' }, finish: 'error', message: /ended without a finish reason/ },
    // The piece is missing from the text, and the text is said to be complete.
    { reply: { kind: 'malformed-sse' }, finish: 'stop', message: /^JSON parsing failed/ },
  ];
  test.each(broken)('streamed, heard by onError alone: $reply', async ({ reply, finish, message }) => {
    await using server = await startModelServer([reply]);
    const errors: unknown[] = [];
    const result = streamText({ ...once(server), onError: ({ error }) => void errors.push(error) });
    await allOf(result.textStream);
    const reason = await Promise.resolve(result.finishReason).catch((cause: unknown) => {
      expect(NoOutputGeneratedError.isInstance(cause)).toBe(true);
      return 'rejected';
    });
    expect(reason).toBe(finish);
    expect(errors).toMatchObject([{ message: expect.stringMatching(message) }]);
  });

  test('streamed, a connection cut half through: what was said arrives, then the stream throws', async () => {
    await using server = await startModelServer([
      { kind: 'cut', answer: { kind: 'text', text: 'abcdefgh' } },
    ]);
    const result = streamText({ ...once(server), onError: () => undefined });
    const heard: string[] = [];
    await expect(allOf(result.textStream, heard)).rejects.toMatchObject({
      name: 'AI_APICallError',
      isRetryable: true,
    });
    expect(heard.join('')).toBe('abcd');
    await expect(result.text).rejects.toMatchObject({ isRetryable: true });
  });

  test('silence ends with the signal, and the server knows that its client has left', async () => {
    await using server = await startModelServer(() => ({ kind: 'hang' }));
    const abort = new AbortController();
    const waiting = generateText({ ...once(server), maxRetries: 2, abortSignal: abort.signal });
    const given = expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await server.received(1);
    expect(server.pending).toBe(1);
    abort.abort();
    await given;
    await server.settled();
    expect(server.calls).toMatchObject([{ reply: 'hang', ending: 'left' }]);
  });

  test('silence in the middle of a stream: after the signal it ends as if it were complete, but for its promises', async () => {
    const answer = { kind: 'text', text: 'abcdefgh' } as const;
    await using server = await startModelServer([{ kind: 'hang', at: 'middle', answer }]);
    const abort = new AbortController();
    const result = streamText({ ...once(server), abortSignal: abort.signal });
    let heard = '';
    for await (const piece of result.textStream) {
      heard += piece;
      if (heard === 'abcd') abort.abort();
    }
    expect(heard).toBe('abcd');
    await expect(result.text).rejects.toMatchObject({ name: 'AbortError' });
    await server.settled();
    expect(server.calls[0]?.ending).toBe('left');
  });

  test('an answer comes late, but not before its time', async () => {
    const slow = { kind: 'slow', milliseconds: 50, reply: { kind: 'text', text: 'At last.' } } as const;
    await using server = await startModelServer([slow, { ...slow, each: 'piece' }]);
    const begun = performance.now();
    expect((await generateText(once(server))).text).toBe('At last.');
    expect(performance.now() - begun).toBeGreaterThan(45);
    expect(await streamText(once(server)).text).toBe('At last.');
    expect(performance.now() - begun).toBeGreaterThan(45 * 10);
  });
});

describe('how often AI SDK calls', () => {
  test('twice more, if nobody tells it otherwise, and as soon as Retry-After allows', async () => {
    await using server = await startModelServer(() => ({ kind: 'error', status: 429, retryAfter: 0 }));
    const request = { model: modelOf(server), prompt: 'What next?' };
    const error: unknown = await generateText(request).catch((cause) => cause);
    expect(RetryError.isInstance(error) && error.reason).toBe('maxRetriesExceeded');
    expect(RetryError.isInstance(error) && (error.lastError as APICallError).statusCode).toBe(429);
    expect(server.count).toBe(3);
  });

  test('once more where the second answer is sound', async () => {
    await using server = await startModelServer([
      { kind: 'error', status: 503, retryAfter: 0 },
      { kind: 'text', text: 'Here.' },
    ]);
    expect((await generateText({ model: modelOf(server), prompt: 'What next?' })).text).toBe('Here.');
    expect(server.calls.map(({ reply }) => reply)).toEqual(['error', 'text']);
  });

  test('never again with a key that is wrong', async () => {
    await using server = await startModelServer([]);
    const request = { model: modelOf(server, { apiKey: 'sk-wrong-0123456789' }), prompt: 'What next?' };
    await expect(generateText(request)).rejects.toMatchObject({ statusCode: 401, isRetryable: false });
    expect(server.calls).toMatchObject([{ authorization: 'wrong', reply: 'refused' }]);
  });
});
