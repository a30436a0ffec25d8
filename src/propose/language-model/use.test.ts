import { expect, test } from 'vitest';
import { reportedIn } from './use.ts';

test.each([
  ['OpenAI', { usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } }],
  ['Anthropic', { type: 'error', usage: { input_tokens: 7, output_tokens: 3 } }],
  ['Google', { usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 1, thoughtsTokenCount: 2 } }],
])('what a failed call used is read as %s says it', (_, body) => {
  expect(reportedIn(JSON.stringify(body))).toEqual({ inputTokens: 7, outputTokens: 3 });
});

test.each([
  undefined,
  '',
  '<html>',
  'null',
  '[]',
  '{"error":{"message":"no"}}',
  '{"usage":7}',
])('a body that says nothing of it has no report: %s', (body) => {
  expect(reportedIn(body)).toBe(undefined);
});

test('a count that is no number is none', () => {
  expect(reportedIn('{"usage":{"prompt_tokens":"7","completion_tokens":3}}')).toEqual({
    inputTokens: undefined,
    outputTokens: 3,
  });
});
