import { describe, expect, it } from 'vitest';
import { causalAttention } from './attention.ts';
import { multiply } from './elementwise.ts';
import { evaluate, expectGradient, randomNumbers } from './finite-difference.ts';
import { constant, input, trace } from './graph.ts';
import { sizeOf } from './shapes.ts';

/** One head, by loops: the definition. */
function reference(
  q: Float32Array,
  k: Float32Array,
  v: Float32Array,
  context: number,
  width: number,
  scale: number,
) {
  const outputs: number[] = [];
  for (let position = 0; position < context; position++) {
    const weights = Array.from({ length: position + 1 }, (_, seen) => {
      let score = 0;
      for (let i = 0; i < width; i++) score += q[position * width + i]! * k[seen * width + i]!;
      return Math.exp(score * scale);
    });
    const total = weights.reduce((a, b) => a + b);
    for (let i = 0; i < width; i++) {
      outputs.push(weights.reduce((sum, weight, seen) => sum + (weight / total) * v[seen * width + i]!, 0));
    }
  }
  return outputs;
}

describe('causalAttention', () => {
  it.each([
    { batch: [], context: 5, width: 3 },
    { batch: [2, 3], context: 4, width: 2 },
    { batch: [2, 2], context: 64, width: 8 },
    { batch: [3], context: 96, width: 4 },
    { batch: [2], context: 1, width: 2 },
  ])('computes its definition for batch $batch, context $context, width $width', async ({
    batch,
    context,
    width,
  }) => {
    const shape = [...batch, context, width];
    const [q, k, v] = [1, 2, 3].map((seed) => randomNumbers(sizeOf(shape), seed, -2, 2)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const values = await evaluate(() => {
      return causalAttention(constant('q', shape, q), constant('k', shape, k), constant('v', shape, v), {
        scale: 0.6,
      });
    });
    const head = context * width;
    for (let start = 0; start < q.length; start += head) {
      const part = (data: Float32Array) => data.subarray(start, start + head);
      for (const [index, value] of reference(part(q), part(k), part(v), context, width, 0.6).entries()) {
        expect(values[start + index]).toBeCloseTo(value, 4);
      }
    }
  });

  it('has the right gradients', async () => {
    const shape = [2, 4, 3];
    await expectGradient({ shapes: [shape, shape, shape], build: (q, k, v) => causalAttention(q, k, v) });
    await expectGradient({
      shapes: [
        [5, 2],
        [5, 2],
        [5, 4],
      ],
      build: (q, k, v) => causalAttention(q, k, v, { scale: 2 }),
    });
  });

  it('has the right gradient where one tensor is query, key and value', () => {
    return expectGradient({ shapes: [[3, 2]], build: (x) => causalAttention(x, multiply(x, x), x) });
  });

  it('names itself and the shapes', () => {
    const attend = (q: number[], k: number[], v: number[]) => () => {
      trace(() => causalAttention(input('q', q), input('k', k), input('v', v)));
    };
    expect(attend([4, 2], [5, 2], [5, 2])).toThrow(
      'causalAttention: [4, 2] x [5, 2] x [5, 2]: all sizes but the width of the values must agree',
    );
    expect(attend([4], [4], [4])).toThrow('causalAttention: [4] x [4] x [4]: two axes or more are needed');
  });
});
