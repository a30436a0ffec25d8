/** Mixes 32 bits so that neighbouring inputs give unrelated outputs (the finaliser of MurmurHash3, public domain). */
function mix(bits: number): number {
  let h = bits | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The `index`-th seed of a stream: 31 bits, so that every language takes it as a positive integer. */
export function seedOf(stream: number, index: number): number {
  return mix(mix(stream) + Math.imul(index + 1, 0x9e3779b1)) >>> 1;
}

/** A small deterministic generator: numbers in [0, 1). Mulberry32 (Tommy Ettinger, public domain). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
