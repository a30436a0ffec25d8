import { describe, expect, it } from 'vitest';
import { multiply } from './elementwise.ts';
import { evaluate, expectGradient, randomNumbers } from './finite-difference.ts';
import { gradient } from './gradient.ts';
import { constant, type ElementType, input, trace } from './graph.ts';
import { crossEntropy, gather, oneHot } from './indexing.ts';
import { matmul } from './matmul.ts';
import { sum } from './reduction.ts';

const indices = Int32Array.from([2, 0, 2, 1, 2, 2]);

describe('gather', () => {
  it('takes rows, under the shape of the indices', async () => {
    const table = () => constant('table', [3, 2], new Float32Array([0, 1, 10, 11, 20, 21]));
    const rows = await evaluate(() => gather(table(), input('at', [2, 3], 'int32')), { at: indices });
    expect(rows).toEqual([20, 21, 0, 1, 20, 21, 10, 11, 20, 21, 20, 21]);
    trace(() => expect(gather(table(), input('at', [2, 3], 'int32')).shape).toEqual([2, 3, 2]));
  });

  it('adds up the gradients of a row that is taken more than once, and gives 0 to one that is not', () => {
    return expectGradient({
      shapes: [[4, 3]],
      build: (table) =>
        multiply(gather(table, input('at', [6], 'int32')), gather(table, input('at', [6], 'int32'))),
      feeds: { at: indices },
    });
  });

  it('has the right gradient for indices of two axes, and for a table used elsewhere too', () => {
    return expectGradient({
      shapes: [[3, 2]],
      build: (table) => matmul(gather(table, input('at', [2, 3], 'int32')), table, { transposeB: true }),
      feeds: { at: indices },
    });
  });

  it('adds up in one order, whatever the number of threads', () => {
    const operators = (threads: number) => {
      const build = () => {
        const table = input('table', [3, 2]);
        return gradient(sum(gather(table, input('at', [6], 'int32')), [0, 1]), [table]);
      };
      return trace(build, { threads }).trace.nodes.map((node) => node.operator);
    };
    expect(operators(1)).toContain('ScatterND');
    expect(operators(2)).not.toContain('ScatterND');
  });

  it('names itself and the shapes', () => {
    const take = (shape: number[], type: ElementType) => () => {
      trace(() => gather(input('table', shape), input('at', [5], type)));
    };
    expect(take([3, 2], 'float32')).toThrow('gather: [3, 2] x [5]: indices must be int32, not float32');
    expect(take([3], 'int32')).toThrow('gather: [3] x [5]: the table needs two axes');
  });
});

describe('oneHot', () => {
  it('marks each index', async () => {
    expect(
      await evaluate(() => oneHot(input('at', [2], 'int32'), 3), { at: Int32Array.from([2, 0]) }),
    ).toEqual([0, 0, 1, 1, 0, 0]);
  });

  it('refuses indices that are not whole numbers', () => {
    expect(() => trace(() => oneHot(input('at', [2]), 3))).toThrow(
      'oneHot: [2]: indices must be int32, not float32',
    );
  });
});

describe('crossEntropy', () => {
  const feeds = { targets: indices };
  const targets = () => input('targets', [6], 'int32');

  it('is the mean negative log-likelihood in nats', async () => {
    const logits = randomNumbers(18, 9, -3, 3);
    let expected = 0;
    for (const [row, target] of indices.entries()) {
      const scores = [...logits.subarray(row * 3, row * 3 + 3)];
      const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
      expected += (Math.log(total) - scores[target]!) / indices.length;
    }
    const [loss] = await evaluate(() => crossEntropy(constant('logits', [6, 3], logits), targets()), feeds);
    expect(loss).toBeCloseTo(expected, 5);
  });

  it('stays finite where the target is all but impossible', async () => {
    const logits = () => constant('logits', [1, 2], new Float32Array([0, -300]));
    const one = { targets: Int32Array.from([1]) };
    expect(await evaluate(() => crossEntropy(logits(), input('targets', [1], 'int32')), one)).toEqual([300]);
  });

  it('has the right gradient, by itself and scaled', async () => {
    await expectGradient({ shapes: [[6, 3]], build: (logits) => crossEntropy(logits, targets()), feeds });
    await expectGradient({
      shapes: [[6, 3], [1]],
      build: (logits, scale) =>
        multiply(crossEntropy(multiply(logits, scale), targets()), multiply(scale, 3)),
      feeds,
    });
  });

  it('names itself and the shapes', () => {
    const loss =
      (logits: number[], of: number[], type: ElementType = 'int32') =>
      () => {
        trace(() => crossEntropy(input('logits', logits), input('targets', of, type)));
      };
    expect(loss([6, 3], [5])).toThrow('crossEntropy: [6, 3] x [5]: 6 rows of logits, 5 targets');
    expect(loss([2, 6, 3], [12])).toThrow(
      'crossEntropy: [2, 6, 3] x [12]: logits need two axes and targets one',
    );
    expect(loss([6, 3], [6], 'float32')).toThrow(
      'crossEntropy: [6, 3] x [6]: targets must be int32, not float32',
    );
  });
});
