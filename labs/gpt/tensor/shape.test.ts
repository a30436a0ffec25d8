import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, multiply, negate } from './elementwise.ts';
import { evaluate, expectGradient } from './finite-difference.ts';
import { constant, input, type Tensor, trace } from './graph.ts';
import { concatenate, expand, pad, reshape, slice, split, transpose } from './shape.ts';

const count = (shape: number[]): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return constant(
    'count',
    shape,
    Float32Array.from({ length: size }, (_, index) => index),
  );
};
const inTrace = (build: () => unknown) => () => trace(build);
const squared = (tensor: Tensor): Tensor => multiply(tensor, tensor);

describe('reshape', () => {
  it('keeps the order of the numbers', async () => {
    expect(await evaluate(() => reshape(count([2, 3]), [3, 2]))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('has the right gradient', () => {
    return expectGradient({ shapes: [[2, 3]], build: (x) => reshape(squared(x), [3, 1, 2]) });
  });

  it('refuses another number of elements', () => {
    expect(inTrace(() => reshape(input('x', [2, 3]), [4]))).toThrow(
      'reshape: [2, 3] x [4]: sizes 6 and 4 differ',
    );
    expect(inTrace(() => reshape(input('x', [2, 3]), [-1, 6]))).toThrow(
      'reshape: [-1, 6]: every size must be',
    );
  });
});

describe('transpose', () => {
  it('moves the axes', async () => {
    expect(await evaluate(() => transpose(count([2, 3]), [1, 0]))).toEqual([0, 3, 1, 4, 2, 5]);
    trace(() => expect(transpose(input('x', [2, 3, 4]), [2, 0, 1]).shape).toEqual([4, 2, 3]));
  });

  it('has the right gradient', () => {
    return expectGradient({ shapes: [[2, 3, 4]], build: (x) => transpose(squared(x), [2, 0, 1]) });
  });

  it('refuses what is no order of the axes', () => {
    for (const order of [[0], [0, 0], [1, 2], [0, 1, 2]]) {
      const message = `transpose: [2, 3]: [${order.join(', ')}] is not an order of its axes`;
      expect(inTrace(() => transpose(input('x', [2, 3]), order))).toThrow(message);
    }
  });
});

describe('expand', () => {
  it('repeats', async () => {
    expect(await evaluate(() => expand(count([2, 1]), [2, 2, 2]))).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
  });

  it.each([
    { from: [2, 1], to: [2, 3] },
    { from: [], to: [2] },
    { from: [1, 2], to: [3, 1, 2] },
  ])('has the right gradient from $from to $to', ({ from, to }) => {
    return expectGradient({ shapes: [from, to], build: (x, y) => multiply(squared(expand(x, to)), y) });
  });

  it('meets other stretched tensors', () => {
    return expectGradient({
      shapes: [
        [2, 1],
        [1, 3],
      ],
      build: (x, y) => add(multiply(expand(x, [2, 3]), expand(y, [2, 3])), multiply(expand(x, [2, 3]), y)),
    });
  });

  it('keeps its shape through operations that work on what it repeats', async () => {
    trace(() => {
      const wide = expand(input('x', [2, 1]), [2, 3]);
      expect([multiply(wide, 2).shape, add(wide, wide).shape, negate(wide).shape]).toEqual([
        [2, 3],
        [2, 3],
        [2, 3],
      ]);
    });
    expect(await evaluate(() => negate(multiply(expand(count([2, 1]), [2, 3]), 2)))).toEqual([
      -0, -0, -0, -2, -2, -2,
    ]);
    await expectGradient({ shapes: [[2, 1]], build: (x) => negate(multiply(expand(squared(x), [2, 3]), 2)) });
  });

  it('refuses a shape that the operand does not stretch to', () => {
    expect(inTrace(() => expand(input('x', [2, 3]), [2, 1]))).toThrow(
      'expand: [2, 3] x [2, 1]: the first does not stretch to the second',
    );
    expect(inTrace(() => expand(input('x', [2]), [3]))).toThrow(
      'expand: [2] x [3]: sizes 2 and 3 do not broadcast',
    );
  });
});

describe('split', () => {
  it('cuts equal parts, or parts of given sizes', async () => {
    expect(await evaluate(() => split(count([2, 4]), 2, 1)[1]!)).toEqual([2, 3, 6, 7]);
    expect(await evaluate(() => split(count([4, 2]), [1, 3], 0)[1]!)).toEqual([2, 3, 4, 5, 6, 7]);
  });

  it('has the right gradient when all parts are used', () => {
    return expectGradient({
      shapes: [[2, 6]],
      build: (x) => {
        const [a, b, c] = split(x, 3, -1);
        return multiply(multiply(a!, b!), squared(c!));
      },
    });
  });

  it.each([0, 1, 2])('has the right gradient when only part %i is used', (part) => {
    return expectGradient({ shapes: [[6, 2]], build: (x) => squared(split(x, 3, 0)[part]!) });
  });

  it('has the right gradient when a part is used twice and the whole as well', () => {
    return expectGradient({
      shapes: [[4]],
      build: (x) => add(multiply(split(x, 2, 0)[0]!, split(x, 2, 0)[0]!), split(squared(x), 2, 0)[1]!),
    });
  });

  it('refuses parts that do not add up', () => {
    const message = (parts: string) => `split: [2, 5]: axis 1 of size 5 does not divide into ${parts}`;
    expect(inTrace(() => split(input('x', [2, 5]), 2, 1))).toThrow(message('2'));
    expect(inTrace(() => split(input('x', [2, 5]), [2, 2], 1))).toThrow(message('2,2'));
    expect(inTrace(() => split(input('x', [2, 5]), 0, 1))).toThrow(message('0'));
  });
});

describe('concatenate', () => {
  it('joins along an axis', async () => {
    expect(await evaluate(() => concatenate([count([2, 2]), reshape(count([2]), [2, 1])], 1))).toEqual([
      0, 1, 0, 2, 3, 1,
    ]);
  });

  it('has the right gradient, also where a tensor is joined to itself', () => {
    return expectGradient({
      shapes: [
        [2, 1],
        [2, 2],
      ],
      build: (x, y) => squared(concatenate([x, multiply(y, x), x], 1)),
    });
  });

  it('refuses tensors that do not fit', () => {
    expect(inTrace(() => concatenate([input('a', [2, 3]), input('b', [3, 3])], 1))).toThrow(
      'concatenate: [2, 3] x [3, 3]: ranks, types and all sizes but those of axis 1 must agree',
    );
    expect(inTrace(() => concatenate([], 0))).toThrow('concatenate: there is nothing to join');
  });
});

it('concatenate undoes split, and transposing back undoes transpose, for every shape', async () => {
  const part = fc.integer({ min: 1, max: 3 });
  const cut = fc.record({ sizes: fc.array(part, { minLength: 1, maxLength: 4 }), before: part, after: part });
  await fc.assert(
    fc.asyncProperty(cut, async ({ sizes, before, after }) => {
      const middle = sizes.reduce((total, size) => total + size, 0);
      const whole = () => count([before, middle, after]);
      const there = [2, 0, 1];
      const numbers = Array.from({ length: before * middle * after }, (_, index) => index);
      expect(await evaluate(() => concatenate(split(whole(), sizes, 1), 1))).toEqual(numbers);
      expect(await evaluate(() => transpose(transpose(whole(), there), [1, 2, 0]))).toEqual(numbers);
    }),
    { numRuns: 40, seed: 1 },
  );
});

describe('slice and pad', () => {
  it('cut and extend', async () => {
    expect(await evaluate(() => slice(count([3, 2]), 0, 1, 3))).toEqual([2, 3, 4, 5]);
    expect(await evaluate(() => pad(count([1, 2]), -1, 1, 2))).toEqual([0, 0, 1, 0, 0]);
  });

  it('have the right gradients', async () => {
    await expectGradient({
      shapes: [[3, 4]],
      build: (x) => multiply(slice(x, 1, 1, 3), slice(squared(x), 1, 2, 4)),
    });
    await expectGradient({ shapes: [[2, 2]], build: (x) => pad(squared(x), 0, 2, 1) });
  });

  it('refuse a range outside the axis', () => {
    for (const [start, end] of [
      [-1, 1],
      [0, 4],
      [2, 2],
      [2, 1],
      [0.5, 2],
    ] as const) {
      const message = `slice: [3]: ${start} to ${end} is no range of axis 0, of size 3`;
      expect(inTrace(() => slice(input('x', [3]), 0, start, end))).toThrow(message);
    }
  });
});
