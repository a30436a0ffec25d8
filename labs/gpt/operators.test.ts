import { describe, expect, test } from 'vitest';
import { GRAPH_LIMITS, inspectGraph } from './inspect.ts';
import { GRAPH, MODEL, NODE, readMessage } from './onnx-file.ts';
import { OPERATORS } from './operators.ts';
import * as tensor from './tensor/index.ts';

function operatorsIn(file: Uint8Array): string[] {
  const [graph] = readMessage(MODEL, file, 'the file').bytes('graph');
  const nodes = readMessage(GRAPH, graph!, 'the graph').bytes('nodes');
  return nodes.flatMap((bytes) => readMessage(NODE, bytes, 'a node').texts('operator'));
}

/** One use of each operation, on `x` [4, 4] and whole numbers `at` [4]. */
const USES = {
  add: (x) => tensor.add(x, tensor.transpose(x, [1, 0])),
  causalAttention: (x) => tensor.causalAttention(x, x, x),
  concatenate: (x) => tensor.concatenate([x, x], 0),
  cosine: (x) => tensor.cosine(x),
  crossEntropy: (x, at) => tensor.crossEntropy(x, at),
  divide: (x) => tensor.divide(x, tensor.transpose(x, [1, 0])),
  erf: (x) => tensor.erf(x),
  expand: (x) => tensor.expand(x, [2, 4, 4]),
  exponential: (x) => tensor.exponential(x),
  gather: (x, at) => tensor.gather(x, at),
  gelu: (x) => tensor.gelu(x),
  logSoftmax: (x) => tensor.logSoftmax(x),
  logarithm: (x) => tensor.logarithm(x),
  matmul: (x) => tensor.matmul(x, x, { transposeA: true, scale: 2 }),
  maximum: (x) => tensor.maximum(x, 2),
  mean: (x) => tensor.mean(x, [0]),
  minimum: (x) => tensor.minimum(x, 2),
  multiply: (x) => tensor.multiply(x, x),
  negate: (x) => tensor.negate(x),
  oneHot: (_, at) => tensor.oneHot(at, 4),
  power: (x) => tensor.power(x, 3),
  reciprocal: (x) => tensor.reciprocal(x),
  relu: (x) => tensor.relu(x),
  reshape: (x) => tensor.reshape(x, [16]),
  sigmoid: (x) => tensor.sigmoid(x),
  silu: (x) => tensor.silu(x),
  sine: (x) => tensor.sine(x),
  slice: (x) => tensor.slice(x, 0, 1, 3),
  softmax: (x) => tensor.softmax(x),
  softplus: (x) => tensor.softplus(x),
  split: (x) => tensor.split(x, 2, 0)[1]!,
  square: (x) => tensor.square(x),
  squareRoot: (x) => tensor.squareRoot(x),
  subtract: (x) => tensor.subtract(x, tensor.transpose(x, [1, 0])),
  sum: (x) => tensor.sum(x, [1]),
  tanh: (x) => tensor.tanh(x),
  transpose: (x) => tensor.transpose(x, [1, 0]),
} satisfies Record<string, (x: tensor.Tensor, at: tensor.Tensor) => tensor.Tensor>;

/** What `tensor/` offers beside operations. */
const OTHERS = ['compile', 'constant', 'exportOnnx', 'gradient', 'input', 'scalar', 'trace'];

describe('what tensor/ can export', () => {
  test('is used here whole: no operation is forgotten', () => {
    expect([...Object.keys(USES), ...OTHERS].toSorted()).toEqual(Object.keys(tensor).toSorted());
  });

  test('passes with its gradients, of shapes that are known before it runs, and needs each of the operators that may be run', () => {
    const made = new Map<string, tensor.Shape>();
    const file = tensor.exportOnnx({
      parameters: { w: { shape: [4, 4], data: new Float32Array(16).fill(1) } },
      build() {
        const at = tensor.input('at', [4], 'int32');
        const x = tensor.add(tensor.input('x', [4, 4]), tensor.input('w', [4, 4]));
        const outputs = Object.entries(USES).flatMap(([name, use]) => {
          const y = use(x, at);
          const loss = tensor.sum(tensor.multiply(y, y), [...y.shape.keys()]);
          return [
            [name, y],
            [`${name}'`, tensor.gradient(loss, [x])[0]!],
          ] as const;
        });
        for (const [name, { shape }] of outputs) made.set(name, shape);
        return Object.fromEntries(outputs);
      },
    });
    const inputs = { x: [4, 4], at: [4] };
    expect(inspectGraph(file, GRAPH_LIMITS, inputs)).toEqual(made);
    expect([...new Set(operatorsIn(file))].toSorted()).toEqual([...OPERATORS.keys()].toSorted());
  });
});
