import { describe, expect, it } from 'vitest';
import { multiply } from './elementwise.ts';
import { evaluate, expectGradient } from './finite-difference.ts';
import { constant, input, trace } from './graph.ts';
import { logSoftmax, mean, softmax, sum } from './reduction.ts';

const cube = () =>
  constant(
    'cube',
    [2, 3, 2],
    Float32Array.from({ length: 12 }, (_, index) => index),
  );

describe.each([
  { name: 'sum', operation: sum, over: (numbers: number[]) => numbers.reduce((a, b) => a + b) },
  {
    name: 'mean',
    operation: mean,
    over: (numbers: number[]) => numbers.reduce((a, b) => a + b) / numbers.length,
  },
])('$name', ({ operation, over }) => {
  it('folds the axes it is given', async () => {
    expect(await evaluate(() => operation(cube(), [1]))).toEqual(
      [
        [0, 2, 4],
        [1, 3, 5],
        [6, 8, 10],
        [7, 9, 11],
      ].map(over),
    );
    expect(await evaluate(() => operation(cube(), [-1, 0]))).toEqual(
      [
        [0, 1, 6, 7],
        [2, 3, 8, 9],
        [4, 5, 10, 11],
      ].map(over),
    );
    expect(await evaluate(() => operation(cube(), []))).toEqual(
      Array.from({ length: 12 }, (_, index) => index),
    );
  });

  it('drops the axes, or keeps them as 1', () => {
    trace(() => {
      const tensor = input('x', [2, 3, 4]);
      expect(operation(tensor, [1]).shape).toEqual([2, 4]);
      expect(operation(tensor, [1, 2], true).shape).toEqual([2, 1, 1]);
      expect(operation(tensor, [0, 1, 2]).shape).toEqual([]);
      expect(operation(input('one', [1, 3]), [0]).shape).toEqual([3]);
    });
  });

  it.each([
    { axes: [0], keep: false },
    { axes: [2], keep: true },
    { axes: [0, -1], keep: false },
    { axes: [0, 1, 2], keep: true },
    { axes: [], keep: false },
  ])('has the right gradient over $axes, kept: $keep', ({ axes, keep }) => {
    return expectGradient({
      shapes: [[2, 3, 2]],
      build: (x) => multiply(operation(multiply(x, x), axes, keep), operation(x, axes, keep)),
    });
  });

  it('names itself and the shape where an axis is wrong', () => {
    const at = (axes: number[]) => () => trace(() => operation(input('x', [2, 3]), axes));
    expect(at([2])).toThrow('sum: [2, 3]: axis 2 does not exist');
    expect(at([-3])).toThrow('sum: [2, 3]: axis -3 does not exist');
    expect(at([1, -1])).toThrow('sum: [2, 3]: axes [1, -1] name one axis twice');
  });
});

describe('softmax', () => {
  it('is a distribution along the last axis, even for large numbers', async () => {
    const values = await evaluate(() =>
      softmax(constant('x', [2, 2], new Float32Array([1e4, 1e4, -5e4, 0]))),
    );
    expect(values).toEqual([0.5, 0.5, 0, 1]);
  });

  it('has the right gradient', () => expectGradient({ shapes: [[2, 2, 4]], build: softmax }));
});

describe('logSoftmax', () => {
  it('does not underflow', async () => {
    expect(await evaluate(() => logSoftmax(constant('x', [2], new Float32Array([0, 500]))))).toEqual([
      -500, 0,
    ]);
  });

  it('has the right gradient', () => expectGradient({ shapes: [[3, 4]], build: logSoftmax }));
});
