import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter } from './lines.ts';

function split(chunks: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

test('lines end at LF, at CRLF, and at the CR of a progress display', () => {
  expect(split([Buffer.from('a\nb\r\nc\rd\n\ne')])).toEqual(['a', 'b', 'c', 'd', '', 'e']);
});

test('invalid UTF-8 becomes replacement characters', () => {
  expect(split([Buffer.from([0x61, 0xff, 0x0a, 0xe2, 0x82])])).toEqual(['a\ufffd', '\ufffd']);
});

test('where the chunks are cut makes no difference', () => {
  const pieces = fc.array(fc.constantFrom('a', 'é', '漢', '🙂', '\r', '\n', '\r\n'), { maxLength: 30 });
  fc.assert(
    fc.property(pieces, fc.array(fc.nat(100), { maxLength: 8 }), (text, cuts) => {
      const bytes = Buffer.from(text.join(''));
      const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].toSorted(
        (a, b) => a - b,
      );
      const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
      expect(split(chunks)).toEqual(split([bytes]));
    }),
  );
});
