import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable } from './printable.ts';

test('colours and titles are removed, control characters are shown, plain text stays', () => {
  expect(printable('\u001b[31mred\u001b[0m \u001b]0;title\u0007ok\u0000\u0008\tпривіт\n')).toBe(
    'red ok␀␈\tпривіт\n',
  );
});

test('text that reorders what is read is shown as such', () => {
  expect(printable('a\u202eb\u2066c\u061cd')).toBe('a\ufffdb\ufffdc\ufffdd');
});

test('nothing printable controls a terminal, and printing twice changes nothing', () => {
  const risky = fc.constantFrom(
    '\u001b',
    '[',
    ']',
    '3',
    '1',
    'm',
    ';',
    '\u0007',
    '\u009b',
    '\\',
    'x',
    '\u007f',
    '\r',
    '\n',
  );
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: risky }), fc.string({ unit: 'binary' })), (text) => {
      const once = printable(text);
      expect(/[^\P{Cc}\n\t]/u.test(once)).toBe(false);
      expect(printable(once)).toBe(once);
    }),
  );
});
