import { describe, expect, it } from 'vitest';
import { add, multiply, relu, sine, square } from './elementwise.ts';
import { evaluate, expectGradient } from './finite-difference.ts';
import { gradient } from './gradient.ts';
import { constant, input, type Tensor, trace } from './graph.ts';
import { crossEntropy, gather } from './indexing.ts';
import { matmul } from './matmul.ts';
import { softmax, sum } from './reduction.ts';

const numbers = (...values: number[]): Tensor =>
  constant(`numbers ${values.join()}`, [values.length], new Float32Array(values));

describe('gradient', () => {
  it('of a parameter that is itself the loss is 1', async () => {
    expect(
      await evaluate(() => {
        const loss = numbers(7);
        return gradient(loss, [loss])[0]!;
      }),
    ).toEqual([1]);
  });

  it('of a parameter that the loss does not depend on is 0', async () => {
    expect(await evaluate(() => gradient(sum(numbers(1, 2), [0]), [numbers(3, 4, 5)])[0]!)).toEqual([
      0, 0, 0,
    ]);
  });

  it('adds up over every use', async () => {
    await expectGradient({ shapes: [[3]], build: (x) => add(multiply(x, x), add(x, sine(x))) });
    await expectGradient({ shapes: [[3], [3]], build: (x, y) => multiply(add(x, y), add(y, x)) });
  });

  it('stands still at an intermediate tensor that is asked for', async () => {
    expect(
      await evaluate(() => {
        const x = numbers(2, 3);
        const middle = square(x);
        return gradient(sum(multiply(middle, middle), [0]), [middle])[0]!;
      }),
    ).toEqual([8, 18]);
  });

  it('reaches an intermediate tensor and its own source together', async () => {
    const build = (which: number): Tensor => {
      const x = numbers(2, 3);
      const middle = square(x);
      return gradient(sum(square(middle), [0]), [x, middle])[which]!;
    };
    expect(await evaluate(() => build(0))).toEqual([32, 108]);
    expect(await evaluate(() => build(1))).toEqual([8, 18]);
  });

  it('can be differentiated again', async () => {
    const total = (tensor: Tensor): Tensor =>
      sum(
        tensor,
        tensor.shape.map((_, axis) => axis),
      );
    const slope = (loss: Tensor, x: Tensor): Tensor => gradient(loss, [x])[0]!;
    await expectGradient({ shapes: [[2, 3]], build: (x) => slope(total(multiply(sine(x), square(x))), x) });
    await expectGradient({ shapes: [[2, 3]], build: (x) => slope(total(square(softmax(x))), x) });
    await expectGradient({ shapes: [[2, 2]], build: (x) => slope(total(matmul(square(x), x)), x) });
    const at = (): Tensor => input('at', [4], 'int32');
    await expectGradient({
      shapes: [[3, 2]],
      build: (table) => slope(total(sine(gather(table, at()))), table),
      feeds: { at: Int32Array.from([2, 0, 2, 2]) },
    });
    await expectGradient({
      shapes: [[2, 3]],
      build: (x) => slope(crossEntropy(x, input('targets', [2], 'int32')), x),
      feeds: { targets: Int32Array.from([1, 0]) },
    });
  });

  it('holds through a chain of all kinds of operations', () => {
    return expectGradient({
      shapes: [
        [3, 4],
        [4, 2],
        [1, 2],
      ],
      build: (x, weights, gain) => multiply(softmax(matmul(sine(x), weights)), add(gain, sum(x, [-1], true))),
    });
  });

  it('takes the short way where there is one', () => {
    const operators = (build: () => unknown): string[] =>
      trace(build).trace.nodes.map((node) => node.operator);
    const weights = (): Tensor => input('weights', [4, 5]);
    const total = (tensor: Tensor): Tensor =>
      sum(
        tensor,
        tensor.shape.map((_, axis) => axis),
      );
    // One product for the gradient of weights that a whole batch shares, instead of a sum over products.
    expect(
      operators(() => gradient(total(matmul(input('x', [2, 3, 4]), weights())), [weights()])).filter(
        (operator) => operator === 'ReduceSum',
      ),
    ).toEqual(['ReduceSum']);
    // The slope of a squared relu needs no mask.
    const x = (): Tensor => input('x', [3]);
    expect(operators(() => gradient(total(square(relu(x()))), [x()]))).not.toContain('Min');
    expect(operators(() => gradient(total(relu(x())), [x()]))).toContain('Min');
  });

  it('refuses a loss that is more than one number', () => {
    expect(() => trace(() => gradient(input('x', [2]), []))).toThrow(
      'gradient: [2]: the loss must be one number',
    );
  });
});
