/**
 * A stream of numbers in [0, 1) fixed by a seed and a name. Streams of different names are independent, so that
 * an edit which draws more or fewer initial weights leaves the batches, and all other weights, as they were.
 * Mulberry32; period 2^32.
 */
export function uniform(seed: number, name: string): () => number {
  let state = hash(`${seed}:${name}`);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` draws of the standard normal distribution (Box and Muller 1958). */
export function gaussian(seed: number, name: string, count: number): Float32Array {
  const next = uniform(seed, name);
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  );
}

/** FNV-1a with a final mix (MurmurHash3), since neighbouring seeds must not give neighbouring states. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
