import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRefusal } from './refusal.ts';

test('a refusal is a line of the metrics file that says "refused" and why', () => {
  expect(parseRefusal('{"refused":"it looks ahead"}')).toBe('it looks ahead');
  expect(parseRefusal(' {"loss":1,"refused":" it looks ahead "} ')).toBe('it looks ahead');
  expect(parseRefusal('{"refused":""}')).toBe('it gave no reason');
});

test('no other line is one, though it may hold the word', () => {
  for (const line of [
    '{"refused":3}',
    '{"refused":null}',
    '{"loss":1,"by":{"refused":"within"}}',
    '["refused"]',
    '"refused"',
    '{"refused":"cut off',
    'refused: it looks ahead',
    '',
  ])
    expect([line, parseRefusal(line)]).toEqual([line, undefined]);
});

test('whatever a candidate put into it, a reason is one short line that can be printed', () => {
  expect(parseRefusal('{"refused":"node \\u001b[31mred\\u001b[0m\\nval_bpb: 0\\u202e"}')).toBe(
    'node red val_bpb: 0\ufffd',
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 1000 }), (text) => {
      const reason = parseRefusal(JSON.stringify({ refused: text }))!;
      expect(reason).toMatch(/^\P{Cc}{1,300}$/u);
    }),
  );
});
