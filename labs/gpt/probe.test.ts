import { describe, expect, it } from 'vitest';
import type { Forward } from './forward.ts';
import { uniform } from './random.ts';
import { orRefused } from './refusal.ts';
import { score } from './score.ts';
import { CONTEXT, EVALUATION_BATCH, VOCABULARY } from './shapes.ts';

/** What a model takes for the byte after `position` of window `row`. */
type Guess = (windows: readonly Int32Array[], row: number, position: number) => number;

/** A stand-in for a graph, which can do what no graph can that passes inspection: count its runs, and know the text. */
function forwardOf(guess: Guess): Forward {
  return async (tokens) => {
    const windows = Array.from({ length: EVALUATION_BATCH }, (_, row) =>
      tokens.subarray(row * CONTEXT, (row + 1) * CONTEXT),
    );
    const logits = new Float32Array(tokens.length * VOCABULARY);
    for (let place = 0; place < tokens.length; place++) {
      logits[place * VOCABULARY + guess(windows, Math.floor(place / CONTEXT), place % CONTEXT)] = 6;
    }
    return logits;
  };
}

const letters = uniform(7, 'text');
/** Ten batches of windows of 26 different bytes. */
const text = Array.from({ length: 10 * EVALUATION_BATCH }, () =>
  Uint8Array.from({ length: CONTEXT + 1 }, () => 97 + Math.floor(letters() * 26)),
);

function verdict(guess: Guess, seed = 1) {
  const next = uniform(seed, 'probes');
  return orRefused(() => score(forwardOf(guess), text, (below) => Math.floor(next() * below)));
}

const SEEDS = [1, 2, 3];
const blind: Guess = (windows, row, position) => windows[row]![position]!;
const peek: Guess = (windows, row, position) => windows[row]![position + 1] ?? 0;

describe('probes leave alone', () => {
  it('a model that uses the bytes before, wherever its window stands', async () => {
    for (const seed of SEEDS) expect(await verdict(blind, seed)).toMatchObject({ kind: 'scored' });
  });
});

describe('probes find', () => {
  const exact = new Set(text.map((window) => window.subarray(0, CONTEXT).join()));
  const startsWith = (window: Int32Array, below: number) => window[0]! < 97 + below;
  const cases: [what: string, guess: Guess][] = [
    ['a model that sees the next byte', peek],
    [
      'one that sees it in every sixth window alone',
      (windows, row, position) => (startsWith(windows[row]!, 4) ? peek : blind)(windows, row, position),
    ],
    [
      'one that sees it at every eighth place alone',
      (windows, row, position) => (position % 8 === 5 ? peek : blind)(windows, row, position),
    ],
    ['one that sees only far ahead', (windows, row, position) => windows[row]![position + 20] ?? 0],
    ['one that sees only the last byte of a window', (windows, row) => windows[row]!.at(-1)!],
    [
      'one that sees only whether the next byte is an e',
      (windows, row, position) => (peek(windows, row, position) < 101 ? 97 : 110),
    ],
    [
      'one that cheats where it is scored alone, and is blind wherever it finds a text exchanged',
      (windows, row, position) => (exact.has(windows[row]!.join()) ? peek : blind)(windows, row, position),
    ],
    [
      'one that is blind in all windows of a batch in which one text was exchanged',
      (windows, row, position) =>
        (windows.every((window) => exact.has(window.join())) ? peek : blind)(windows, row, position),
    ],
    [
      'one that sees the window below its own',
      (windows, row, position) => windows[(row + 1) % EVALUATION_BATCH]![position]!,
    ],
    [
      'one whose first window alone sees its neighbour',
      (windows, row, position) => windows[row === 0 ? 1 : row]![position]!,
    ],
    ['one that goes by the place of a window in its batch', (_, row) => 97 + (row % 26)],
  ];

  it.each(cases)('%s', async (_, guess) => {
    for (const seed of SEEDS) {
      const result = await verdict(guess, seed);
      expect(result.kind === 'refused' && result.reason).toMatch(/looks ahead, or into other windows/);
    }
  });

  it('a model that answers equal bytes differently, by however little', async () => {
    let runs = 0;
    const drifting: Forward = async (tokens) => {
      const logits = await forwardOf(blind)(tokens);
      return logits.fill(runs++ * 1e-7, 0, 1);
    };
    const result = await orRefused(() => score(drifting, text, () => 0));
    expect(result).toEqual({ kind: 'refused', reason: 'the graph gives different logits for equal bytes' });
  });

  it('a model whose logits are not finite where nobody scores', async () => {
    const result = await orRefused(() =>
      score(
        async (tokens) => {
          const logits = await forwardOf(blind)(tokens);
          if (!exact.has(tokens.subarray(0, CONTEXT).join())) logits.fill(Number.NaN);
          return logits;
        },
        text,
        () => 0,
      ),
    );
    expect(result.kind).toBe('refused');
  });
});

it('where there is but one batch, it is probed too', async () => {
  const result = await orRefused(() => score(forwardOf(peek), text.slice(0, EVALUATION_BATCH), () => 0));
  expect(result.kind).toBe('refused');
});
