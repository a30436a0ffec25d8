import { describe, expect, it } from 'vitest';
import { multiply } from './elementwise.ts';
import { evaluate, expectGradient, randomNumbers } from './finite-difference.ts';
import { constant, input, type Tensor, trace } from './graph.ts';
import { matmul } from './matmul.ts';

const flags = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({ transposeA, transposeB })),
);
const oriented = (rows: number, columns: number, transposed: boolean) =>
  transposed ? [columns, rows] : [rows, columns];

describe('matmul', () => {
  it.each(flags)('computes the product, transposed: $transposeA, $transposeB', async (options) => {
    const [m, k, n] = [2, 3, 4];
    const [a, b] = [randomNumbers(m * k, 1), randomNumbers(k * n, 2)];
    const at = (
      data: Float32Array,
      row: number,
      column: number,
      rows: number,
      columns: number,
      transposed: boolean,
    ) => (transposed ? data[column * rows + row]! : data[row * columns + column]!);
    const expected = Array.from({ length: m * n }, (_, index) => {
      const [row, column] = [Math.floor(index / n), index % n];
      let total = 0;
      for (let inner = 0; inner < k; inner++) {
        total += at(a, row, inner, m, k, options.transposeA) * at(b, inner, column, k, n, options.transposeB);
      }
      return total * 0.5;
    });
    const values = await evaluate(() => {
      const left = constant('a', oriented(m, k, options.transposeA), a);
      const right = constant('b', oriented(k, n, options.transposeB), b);
      return matmul(left, right, { ...options, scale: 0.5 });
    });
    for (const [index, value] of values.entries()) expect(value).toBeCloseTo(expected[index]!, 5);
  });

  it.each(flags)('has the right gradient, transposed: $transposeA, $transposeB', async (options) => {
    const left = oriented(2, 3, options.transposeA);
    const right = oriented(3, 4, options.transposeB);
    const build = (a: Tensor, b: Tensor): Tensor => matmul(a, b, { ...options, scale: 0.7 });
    await expectGradient({ shapes: [left, right], build });
    await expectGradient({
      shapes: [
        [2, ...left],
        [2, ...right],
      ],
      build,
    });
    await expectGradient({ shapes: [[2, ...left], right], build });
    await expectGradient({ shapes: [left, [2, ...right]], build });
    await expectGradient({
      shapes: [
        [2, 1, ...left],
        [3, ...right],
      ],
      build,
    });
  });

  it('has the right gradient of a matrix with itself, and of its square', async () => {
    await expectGradient({ shapes: [[3, 3]], build: (a) => matmul(a, a) });
    await expectGradient({ shapes: [[2, 3]], build: (a) => matmul(a, a, { transposeA: true }) });
    await expectGradient({
      shapes: [[2, 2]],
      build: (a) => matmul(matmul(a, a), multiply(a, 2), { transposeB: true }),
    });
  });

  it('says which sizes differ', () => {
    const product =
      (left: number[], right: number[], options = {}) =>
      () => {
        trace(() => matmul(input('a', left), input('b', right), options));
      };
    expect(product([4, 8], [6, 2])).toThrow('matmul: [4, 8] x [6, 2]: inner sizes 8 and 6 differ');
    expect(product([4, 8], [8, 2], { transposeB: true })).toThrow(
      'matmul: [4, 8] x [8, 2]: inner sizes 8 and 2 differ, B transposed',
    );
    expect(product([4], [4, 2])).toThrow('matmul: [4] x [4, 2]: each operand needs two axes or more');
    expect(product([2, 4, 8], [3, 8, 2])).toThrow('matmul: [2] x [3]: sizes 2 and 3 do not broadcast');
  });
});
