import fc from 'fast-check';
import { expect, test } from 'vitest';
import { paint, rowWidth, span, wrapRow } from './paint.ts';

const lines = (...args: Parameters<typeof wrapRow>) => wrapRow(...args).map((row) => paint(row, false));

test('a row that is too long goes on below its text, and no word is parted', () => {
  const row = [span('noise   ', 'faint'), span('not known '), span('yet: 0 of 5 repeats', 'strong')];
  expect(lines(row, 80, 8)).toEqual(['noise   not known yet: 0 of 5 repeats']);
  expect(lines(row, 20, 8)).toEqual(['noise   not known', '        yet: 0 of 5', '        repeats']);
});

test('a sign that touches a word stays with it', () => {
  const row = [span('at   '), span('24 discard', 'faint'), span(', '), span('4 crash', 'bad')];
  expect(lines(row, 16, 5)).toEqual(['at   24 discard,', '     4 crash']);
  expect(lines(row, 15, 5)).toEqual(['at   24', '     discard, 4', '     crash']);
});

test('no row is wider than it may be, and nothing is lost but spaces where the words fit', () => {
  const words = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '漢', ' '), maxLength: 12 }), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 60 }), fc.nat(12), (texts, columns, indent) => {
      const wrapped = wrapRow(
        texts.map((text) => span(text)),
        columns,
        indent,
      );
      for (const row of wrapped) expect(rowWidth(row)).toBeLessThanOrEqual(columns);
      if (columns < indent + 24 * texts.length) return;
      const joined = wrapped.map((row) => paint(row, false)).join('');
      expect(joined.replaceAll(' ', '')).toBe(texts.join('').replaceAll(' ', ''));
    }),
  );
});
