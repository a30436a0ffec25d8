import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countTokens, MOST_CHARACTERS, tokensIn } from './tokens.ts';

/** What seven tokenizers counted on 2026-11-28, on texts of every kind that a brief may hold. */
const MEASURED: readonly { what: string; counts: Record<string, number>; text: string }[] = JSON.parse(
  readFileSync(new URL('../fixtures/token-counts.json', import.meta.url), 'utf8'),
);

test('no tokenizer counts more, be it code, prose, another script, or letters without a sense', () => {
  const more = MEASURED.filter(({ counts, text }) => countTokens(text) < Math.max(...Object.values(counts)));
  expect(more.map(({ what, counts, text }) => ({ what, counts, ours: countTokens(text) }))).toEqual([]);
  expect(MEASURED.length).toBeGreaterThan(25);
});

test('of code and English the count is at most two fifths above that of the tokenizer that counts most', () => {
  const plain = MEASURED.filter(({ what }) => /TypeScript|Python|README|program\.md|brief|traces/.test(what));
  for (const { what, counts, text } of plain) {
    expect({ what, isClose: countTokens(text) <= 1.4 * Math.max(...Object.values(counts)) }).toEqual({
      what,
      isClose: true,
    });
  }
});

test('lines count as much as the text that they make, with one for each of their ends', () => {
  const line = fc.string({ unit: 'binary' }).map((text) => text.replace(/[\r\n]/g, ' '));
  fc.assert(
    fc.property(fc.array(line, { minLength: 1 }), (lines) => {
      const sum = lines.reduce((tokens, one) => tokens + tokensIn(one) + 1, -1);
      expect(tokensIn(lines.join('\n'))).toBe(sum);
    }),
  );
});

test('a token has so many characters at most', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(tokensIn(text) * MOST_CHARACTERS).toBeGreaterThanOrEqual(text.trim().length);
    }),
  );
  expect(tokensIn('-'.repeat(8000))).toBeGreaterThanOrEqual(1000);
});
