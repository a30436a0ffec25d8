import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniform } from './random.ts';
import { BLOCK_BYTES, blocksOf, readBooks, validationWindows, windowDrawer } from './text.ts';

const books = readBooks();

/** Which block of the books a view into them starts in, and which it ends in. */
function blockRange(view: Uint8Array): [first: number, last: number] {
  const start = view.byteOffset - books.byteOffset;
  return [Math.floor(start / BLOCK_BYTES), Math.floor((start + view.length - 1) / BLOCK_BYTES)];
}

const isValidation = (block: number) => block % 20 === 19;

describe('the split of the text', () => {
  it('is of 11.8 MB of books, a twentieth of it for validation', () => {
    expect(books.length).toBe(11_793_318);
    expect(blocksOf(books, 'training')).toHaveLength(684);
    expect(blocksOf(books, 'validation')).toHaveLength(35);
  });

  it('gives every whole block to exactly one side, whatever the text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 * BLOCK_BYTES }), (length) => {
        const text = new Uint8Array(length);
        const starts = [...blocksOf(text, 'training'), ...blocksOf(text, 'validation')]
          .map((block) => block.byteOffset / BLOCK_BYTES)
          .sort((a, b) => a - b);
        expect(starts).toEqual(Array.from({ length: Math.floor(length / BLOCK_BYTES) }, (_, block) => block));
      }),
    );
  });

  it('never lets a training window touch a validation block', () => {
    const draw = windowDrawer(blocksOf(books, 'training'), 65, uniform(1, 'windows'));
    for (let window = 0; window < 20_000; window++) {
      const [first, last] = blockRange(draw());
      expect(first).toBe(last);
      expect(isValidation(first)).toBe(false);
    }
  });

  it('never lets an evaluation window touch a training block, and visits every validation block', () => {
    const ranges = validationWindows(books, 65).map(blockRange);
    expect(ranges.every(([first, last]) => first === last && isValidation(first))).toBe(true);
    expect(new Set(ranges.map(([first]) => first)).size).toBe(35);
  });

  it('refuses to draw from nothing', () => {
    expect(() => windowDrawer([], 65, Math.random)).toThrow('shorter than one block');
  });
});
