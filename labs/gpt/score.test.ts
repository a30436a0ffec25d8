import { describe, expect, it } from 'vitest';
import { loadForward, score } from './score.ts';
import { CONTEXT, EVALUATION_BATCH, LOGITS, TOKENS, VOCABULARY } from './shapes.ts';
import {
  add,
  concatenate,
  constant,
  exportOnnx,
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
function graph(build: (bytes: Tensor) => Tensor, { output = LOGITS, context = CONTEXT } = {}): Uint8Array {
  return exportOnnx({
    parameters: {},
    build: () => {
      const tokens = input(TOKENS, [EVALUATION_BATCH, context], 'int32');
      return { [output]: build(oneHot(tokens, VOCABULARY)) };
    },
  });
}

const windows = Array.from({ length: 2 * EVALUATION_BATCH }, (_, window) =>
  Uint8Array.from({ length: CONTEXT + 1 }, (_, index) => (window * 31 + index * index) % 256),
);

/** `aaaa...` in every window. */
const monotone = Array.from({ length: EVALUATION_BATCH }, () => new Uint8Array(CONTEXT + 1).fill(97));

async function verdict(model: Uint8Array, text = windows) {
  const loaded = await loadForward(model);
  return loaded.kind === 'refused' ? loaded : score(loaded.forward, text);
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
    ['that is no ONNX', () => new TextEncoder().encode('not a model'), /does not run/],
    ['that is empty', () => new Uint8Array(), /does not run|maps/],
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
    [
      'that reads the byte it predicts',
      () => graph((bytes) => concatenate([slice(bytes, 1, 1, CONTEXT), slice(bytes, 1, 0, 1)], 1)),
      /looks ahead/,
    ],
    [
      'that sees a whole window at once',
      () => graph((bytes) => add(bytes, sum(bytes, [1], true))),
      /looks ahead/,
    ],
    ['that sees other windows', () => graph((bytes) => add(bytes, sum(bytes, [0], true))), /looks ahead/],
  ];

  it.each(cases)('%s', async (_, model, reason) => {
    const result = await verdict(model());
    expect(result.kind).toBe('refused');
    expect(result.kind === 'refused' && result.reason).toMatch(reason);
  });
});

/** Zeros but for one number, in the last window. */
function withOneOdd(value: number): Tensor {
  const data = new Float32Array(EVALUATION_BATCH * CONTEXT * VOCABULARY);
  data[data.length - 1] = value;
  return constant('odd', SHAPE, data);
}
