import { describe, expect, it } from 'vitest';
import { loadForward } from './forward.ts';
import { inspectGraph } from './inspect.ts';
import type { Draw } from './probe.ts';
import { uniform } from './random.ts';
import { orRefused } from './refusal.ts';
import { score } from './score.ts';
import { CONTEXT, EVALUATION_BATCH, LOGITS, TOKENS, VOCABULARY } from './shapes.ts';
import {
  add,
  concatenate,
  constant,
  exportOnnx,
  gather,
  input,
  multiply,
  oneHot,
  reshape,
  slice,
  sum,
  type Tensor,
} from './tensor/index.ts';

const SHAPE = [EVALUATION_BATCH, CONTEXT, VOCABULARY];

/** A graph whose logits are what `build` makes of one-hot bytes of [EVALUATION_BATCH, CONTEXT, VOCABULARY]. */
function graph(
  build: (bytes: Tensor, tokens: Tensor) => Tensor,
  { output = LOGITS, context = CONTEXT } = {},
): Uint8Array {
  return exportOnnx({
    parameters: {},
    build: () => {
      const tokens = input(TOKENS, [EVALUATION_BATCH, context], 'int32');
      return { [output]: build(oneHot(tokens, VOCABULARY), tokens) };
    },
  });
}

const windows = Array.from({ length: 2 * EVALUATION_BATCH }, (_, window) =>
  Uint8Array.from({ length: CONTEXT + 1 }, (_, index) => (window * 31 + index * index) % 256),
);

/** `aaaa...` in every window. */
const monotone = Array.from({ length: EVALUATION_BATCH }, () => new Uint8Array(CONTEXT + 1).fill(97));

/** Whole numbers that a seed fixes. */
function drawOf(seed: number): Draw {
  const next = uniform(seed, 'probes');
  return (below) => Math.floor(next() * below);
}

function verdict(model: Uint8Array, text = windows) {
  return orRefused(async () => {
    inspectGraph(model);
    return await score(await loadForward(model), text, drawOf(1));
  });
}

describe('the score', () => {
  it('is 8 bits a byte for a graph that knows nothing', async () => {
    const result = await verdict(graph((bytes) => multiply(bytes, 0)));
    expect(result).toEqual({ kind: 'scored', bitsPerByte: 8, standardError: 0 });
  });

  it('is that of the probabilities a graph gives', async () => {
    // "The byte again" with weight 3 against 1 for each of the 255 others.
    const result = await verdict(
      graph((bytes) => multiply(bytes, Math.log(3))),
      monotone,
    );
    expect(result.kind === 'scored' && result.bitsPerByte).toBeCloseTo(Math.log2(258 / 3), 5);
  });

  it('is 8 bits a byte for a graph whose logits are so large that the rest of them vanishes beside', async () => {
    const result = await verdict(graph((bytes) => add(multiply(bytes, 0), 1e30)));
    expect(result).toEqual({ kind: 'scored', bitsPerByte: 8, standardError: 0 });
  });

  it('does not depend on how it was probed', async () => {
    const forward = await loadForward(graph((bytes) => multiply(bytes, 3)));
    expect(await score(forward, windows, drawOf(1))).toEqual(await score(forward, windows, drawOf(2)));
  });

  it('holds for logits too large for exp', async () => {
    const result = await verdict(
      graph((bytes) => add(multiply(bytes, 1e4), 1e4)),
      monotone,
    );
    expect(result.kind === 'scored' && result.bitsPerByte).toBeCloseTo(0, 5);
  });
});

describe('a graph is refused, with a sentence', () => {
  const wrongShape = /must be float32 \[32, 64, 256\]/;
  const cases: [what: string, model: () => Uint8Array, reason: RegExp][] = [
    ['that is no ONNX', () => new TextEncoder().encode('not a model'), /no ONNX/],
    ['of another output name', () => graph((bytes) => bytes, { output: 'scores' }), /maps tokens to scores/],
    [
      'with logits for the last byte only',
      () => graph((bytes) => slice(bytes, 1, CONTEXT - 1, CONTEXT)),
      wrongShape,
    ],
    ['with too few classes', () => graph((bytes) => slice(bytes, 2, 0, 128)), wrongShape],
    [
      'with the axes folded',
      () => graph((bytes) => reshape(bytes, [EVALUATION_BATCH * CONTEXT, VOCABULARY])),
      wrongShape,
    ],
    [
      'of another context',
      () => graph((bytes) => concatenate([bytes, bytes], 1), { context: CONTEXT / 2 }),
      /does not run/,
    ],
    [
      'with an infinite logit',
      () => graph((bytes) => multiply(bytes, Number.POSITIVE_INFINITY)),
      /not finite/,
    ],
    [
      'with a logit of -infinity',
      () => graph((bytes) => add(bytes, withOneOdd(Number.NEGATIVE_INFINITY))),
      /not finite/,
    ],
    ['with a logit that is NaN', () => graph((bytes) => add(bytes, withOneOdd(Number.NaN))), /not finite/],
    ['that reads the byte it predicts', () => graph(nextByte), /looks ahead/],
    [
      'that sees a whole window at once',
      () => graph((bytes) => add(bytes, sum(bytes, [1], true))),
      /looks ahead/,
    ],
    [
      'that hides what it sees under logits of a million',
      () => graph((bytes) => add(multiply(nextByte(bytes), 10), 1e6)),
      /looks ahead/,
    ],
    [
      'that fails for some bytes only',
      () =>
        graph((_, tokens) =>
          gather(constant('rows', [97, VOCABULARY], new Float32Array(97 * VOCABULARY)), tokens),
        ),
      /does not run/,
    ],
    ['that sees other windows', () => graph((bytes) => add(bytes, sum(bytes, [0], true))), /looks ahead/],
  ];

  it.each(cases)('%s', async (_, model, reason) => {
    const result = await verdict(model());
    expect(result.kind).toBe('refused');
    expect(result.kind === 'refused' && result.reason).toMatch(reason);
  });
});

/** What each byte is followed by: a look at the answers. */
function nextByte(bytes: Tensor): Tensor {
  return concatenate([slice(bytes, 1, 1, CONTEXT), slice(bytes, 1, 0, 1)], 1);
}

/** Zeros but for one number, in the last window. */
function withOneOdd(value: number): Tensor {
  const data = new Float32Array(EVALUATION_BATCH * CONTEXT * VOCABULARY);
  data[data.length - 1] = value;
  return constant('odd', SHAPE, data);
}
