import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gelu, silu, softplus } from './activation.ts';
import * as operations from './elementwise.ts';
import { evaluate, expectGradient, randomNumbers } from './finite-difference.ts';
import { gradient } from './gradient.ts';
import { constant, input, type Tensor, trace } from './graph.ts';
import { sum } from './reduction.ts';

/** Abramowitz and Stegun 7.1.5: the Maclaurin series, exact enough for |x| < 3. */
function referenceErf(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; n < 60; n++) {
    term *= -(x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

const unary = {
  negate: [operations.negate, (x: number) => -x],
  exponential: [operations.exponential, Math.exp],
  logarithm: [operations.logarithm, Math.log],
  squareRoot: [operations.squareRoot, Math.sqrt],
  reciprocal: [operations.reciprocal, (x: number) => 1 / x],
  tanh: [operations.tanh, Math.tanh],
  sigmoid: [operations.sigmoid, (x: number) => 1 / (1 + Math.exp(-x))],
  erf: [operations.erf, referenceErf],
  relu: [operations.relu, (x: number) => Math.max(x, 0)],
  square: [operations.square, (x: number) => x * x],
  sine: [operations.sine, Math.sin],
  cosine: [operations.cosine, Math.cos],
  gelu: [gelu, (x: number) => 0.5 * x * (1 + referenceErf(x / Math.SQRT2))],
  silu: [silu, (x: number) => x / (1 + Math.exp(-x))],
  softplus: [softplus, (x: number) => Math.log1p(Math.exp(x))],
  'power 3': [(x: Tensor) => operations.power(x, 3), (x: number) => x ** 3],
  'power 2': [(x: Tensor) => operations.power(x, 2), (x: number) => x ** 2],
  'power 1': [(x: Tensor) => operations.power(x, 1), (x: number) => x],
  'power -1.5': [(x: Tensor) => operations.power(x, -1.5), (x: number) => x ** -1.5],
  'squared relu': [(x: Tensor) => operations.square(operations.relu(x)), (x: number) => Math.max(x, 0) ** 2],
} as const satisfies Record<string, readonly [(tensor: Tensor) => Tensor, (x: number) => number]>;

const positiveOnly = new Set(['logarithm', 'squareRoot', 'reciprocal', 'power -1.5']);

describe.each(Object.entries(unary))('%s', (name, [operation, reference]) => {
  const range = positiveOnly.has(name) ? ([0.3, 2] as const) : ([-2, 2] as const);

  it('computes what mathematics says', async () => {
    const numbers = randomNumbers(24, 3, ...range);
    const values = await evaluate(() => operation(constant('x', [4, 6], numbers)));
    for (const [index, value] of values.entries()) expect(value).toBeCloseTo(reference(numbers[index]!), 4);
  });

  it('has the right gradient', () => expectGradient({ shapes: [[3, 4]], build: operation, range }));

  it('has the right gradient where its output is used twice', () => {
    return expectGradient({
      shapes: [[5]],
      build: (x) => operations.multiply(operation(x), operations.add(operation(x), x)),
      range,
    });
  });
});

const binary = {
  add: [operations.add, (x: number, y: number) => x + y],
  subtract: [operations.subtract, (x: number, y: number) => x - y],
  multiply: [operations.multiply, (x: number, y: number) => x * y],
  divide: [operations.divide, (x: number, y: number) => x / y],
  maximum: [operations.maximum, Math.max],
  minimum: [operations.minimum, Math.min],
} as const;

describe.each(Object.entries(binary))('%s', (name, [operation, reference]) => {
  const range = [0.4, 2] as const;

  it('computes what arithmetic says, for tensors and numbers on either side', async () => {
    const [x, y] = [randomNumbers(6, 1, ...range), randomNumbers(6, 2, ...range)];
    const left = (): Tensor => constant('x', [2, 3], x);
    const right = (): Tensor => constant('y', [2, 3], y);
    const close = (actual: number[], expected: number[]): void => {
      for (const [index, value] of actual.entries()) expect(value).toBeCloseTo(expected[index]!, 5);
      expect(actual.length).toBe(expected.length);
    };
    close(
      await evaluate(() => operation(left(), right())),
      [...x].map((value, index) => reference(value, y[index]!)),
    );
    close(
      await evaluate(() => operation(left(), 1.5)),
      [...x].map((value) => reference(value, 1.5)),
    );
    close(
      await evaluate(() => operation(1.5, right())),
      [...y].map((value) => reference(1.5, value)),
    );
    for (const neutral of [0, 1]) {
      close(
        await evaluate(() => operation(left(), neutral)),
        [...x].map((value) => reference(value, neutral)),
      );
    }
    for (const neutral of [0, 1]) {
      close(
        await evaluate(() => operation(neutral, right())),
        [...y].map((value) => reference(neutral, value)),
      );
    }
  });

  it.each([
    { left: [2, 3], right: [2, 3] },
    { left: [2, 3], right: [3] },
    { left: [3], right: [2, 3] },
    { left: [2, 1], right: [1, 3] },
    { left: [], right: [2, 2] },
    { left: [2, 1, 3], right: [4, 1] },
    { left: [1], right: [1, 1, 2] },
  ])('has the right gradient for $left with $right', ({ left, right }) => {
    return expectGradient({ shapes: [left, right], build: (a, b) => operation(a, b), range });
  });

  it('has the right gradient with a number, and with itself', async () => {
    const both = (a: Tensor): Tensor => operations.multiply(operation(a, 1.3), operation(0.9, a));
    await expectGradient({ shapes: [[4]], build: both, range });
    await expectGradient({ shapes: [[4]], build: (a) => operation(a, a), range: [0.5, 1.5] });
  });

  it('has the right gradient where a stretched operand meets a full one', () => {
    const build = (a: Tensor, b: Tensor): Tensor => operation(operations.multiply(a, b), operation(b, a));
    return expectGradient({
      shapes: [
        [3, 1],
        [3, 4],
      ],
      build,
      range,
    });
  });

  it('names itself and the shapes where they do not broadcast', () => {
    expect(() => trace(() => operation(input('a', [2, 3]), input('b', [2])))).toThrow(
      `${name}: [2, 3] x [2]: sizes 3 and 2 do not broadcast`,
    );
  });

  it('refuses whole numbers', () => {
    expect(() => trace(() => operation(input('a', [2], 'int32'), 1))).toThrow(
      `${name}: [2]: needs float32, and one is int32`,
    );
  });
});

it('operands of any shapes that fit broadcast, and each gradient has the shape of its operand', () => {
  const axis = fc.record({ size: fc.integer({ min: 1, max: 4 }), left: fc.boolean(), right: fc.boolean() });
  const shapes = fc.record({
    axes: fc.array(axis, { maxLength: 4 }),
    dropLeft: fc.nat({ max: 4 }),
    dropRight: fc.nat({ max: 4 }),
  });
  fc.assert(
    fc.property(shapes, ({ axes, dropLeft, dropRight }) => {
      const left = axes.map(({ size, left: stretched }) => (stretched ? 1 : size)).slice(dropLeft);
      const right = axes.map(({ size, right: stretched }) => (stretched ? 1 : size)).slice(dropRight);
      trace(() => {
        const [a, b] = [input('a', left), input('b', right)];
        const product = operations.divide(operations.multiply(a, b), operations.subtract(a, b));
        const rank = Math.max(left.length, right.length);
        const full = Array.from({ length: rank }, (_, at) =>
          Math.max(left.at(at - rank) ?? 1, right.at(at - rank) ?? 1),
        );
        expect(product.shape).toEqual(full);
        const slopes = gradient(
          sum(
            product,
            full.map((_, at) => at),
          ),
          [a, b],
        );
        expect(slopes.map((slope) => slope.shape)).toEqual([left, right]);
      });
    }),
    { numRuns: 200, seed: 1 },
  );
});

it('a power of 0 is 1 with a slope of 0', async () => {
  expect(await evaluate(() => operations.power(constant('x', [2], new Float32Array([2, -3])), 0))).toEqual([
    1, 1,
  ]);
  await expectGradient({ shapes: [[3]], build: (x) => operations.power(x, 0), range: [0.5, 1] });
});

it('softplus and its neighbours stay finite far from 0', async () => {
  const far = (): Tensor => constant('x', [3], new Float32Array([-200, 0, 200]));
  const values = await evaluate(() => softplus(far()));
  expect(values[0]).toBe(0);
  expect(values[1]).toBeCloseTo(Math.log(2), 6);
  expect(values[2]).toBe(200);
  expect(await evaluate(() => gelu(far()))).toEqual([-0, 0, 200]);
});
