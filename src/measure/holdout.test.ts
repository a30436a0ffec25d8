import { describe, expect, test } from 'vitest';
import { openSealedReading } from './holdout.ts';

function read(lines: readonly string[], printed: readonly string[] = []) {
  const reading = openSealedReading('loss');
  for (const line of lines) reading.line('metrics', line);
  for (const line of printed) reading.line('output', line);
  return reading.outcome();
}

const document = (name: unknown, value: unknown) => JSON.stringify({ document: name, value });

describe('what a sealed evaluation tells', () => {
  test('is its objective, printed or written like that of evaluate', () => {
    const scores = { value: 2.5, documents: new Map() };
    expect(read(['{"loss":2.5}'])).toEqual({ kind: 'scored', scores });
    expect(read([], ['loss: 2.5', 'other: 1'])).toEqual({ kind: 'scored', scores });
  });

  test('is the score of each document, with the objective or without it', () => {
    const documents = new Map([
      ['a', 1],
      ['b "quoted"', -2.5],
    ]);
    const lines = [...documents].map(([name, value]) => document(name, value));
    expect(read(lines)).toEqual({ kind: 'scored', scores: { documents } });
    expect(read([...lines, '{"loss":3}'])).toEqual({ kind: 'scored', scores: { value: 3, documents } });
  });

  test('is unclear where the objective is missing, doubled or no number, or a document is', () => {
    const unclear = [
      [],
      ['{"loss":1}', '{"loss":1}'],
      ['{"loss":"NaN"}'],
      ['not JSON'],
      [document('a', 1), document('a', 1)],
      [document('a', 'NaN'), document('b', 1)],
      [document('', 1)],
      [document(7, 1)],
      ['{"document":"a"}'],
      ['{"loss":1}', '{"refused":"it peeks"}'],
    ];
    for (const lines of unclear)
      expect({ lines, outcome: read(lines) }).toMatchObject({ outcome: { kind: 'unclear' } });
  });

  test('is never repeated in the reason why it is unclear', () => {
    for (const lines of [
      ['{"loss":"secret"}'],
      ['secret'],
      [document('secret', 'secret')],
      ['{"refused":"secret"}'],
    ]) {
      expect(JSON.stringify(read(lines))).not.toContain('secret');
    }
  });

  test('is bounded: more documents than that are no score', () => {
    const lines = Array.from({ length: 100_001 }, (_, index) => document(`d${index}`, 1));
    expect(read(lines.slice(0, -1)).kind).toBe('scored');
    expect(read(lines).kind).toBe('unclear');
  });
});
