import { expect, test } from 'vitest';
import { readStatement } from './hypothesis.ts';

test('the last object of the form is what an agent states, whatever it says around it', () => {
  const text = [
    'I will end with {"hypothesis": "an example"}.',
    '```json',
    '{ "hypothesis": "fewer heads: {8} is enough", "category": "architecture",\n  "expected_gain": 0.01 }',
    '```',
    'That is all.',
  ].join('\n');
  expect(readStatement(text)).toEqual({
    kind: 'stated',
    hypothesis: 'fewer heads: {8} is enough',
    category: 'architecture',
    expectedGain: 0.01,
  });
});

test.each([
  ['{"hypothesis": "h"}', { kind: 'stated', hypothesis: 'h', category: 'other' }],
  [
    '{"hypothesis": "h", "category": "magic", "expected_gain": "much"}',
    { kind: 'stated', hypothesis: 'h', category: 'other' },
  ],
  ['{"hypothesis": "h", "expected_gain": null}', { kind: 'stated', hypothesis: 'h', category: 'other' }],
  ['{"hypothesis": null}', { kind: 'no-idea' }],
  ['{"hypothesis": ""}', { kind: 'missing' }],
  ['{"hypothesis": 7}', { kind: 'missing' }],
  ['{"hypothesis": "h"', { kind: 'missing' }],
  ['I have made a change.', { kind: 'missing' }],
  ['', { kind: 'missing' }],
])('%j', (text, expected) => {
  expect(readStatement(text)).toEqual(expected);
});

test('braces without end are no trouble', () => {
  expect(readStatement('{"hypothesis"'.repeat(20_000) + '}'.repeat(20_000))).toEqual({ kind: 'missing' });
});
