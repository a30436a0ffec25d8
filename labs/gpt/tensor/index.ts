/** A traced autograd on ONNX Runtime. See README.md. */

export { gelu, silu, softplus } from './activation.ts';
export { type AttentionOptions, causalAttention } from './attention.ts';
export {
  add,
  cosine,
  divide,
  erf,
  exponential,
  logarithm,
  maximum,
  minimum,
  multiply,
  negate,
  power,
  reciprocal,
  relu,
  sigmoid,
  sine,
  square,
  squareRoot,
  subtract,
  tanh,
} from './elementwise.ts';
export { gradient } from './gradient.ts';
export {
  constant,
  type ElementType,
  input,
  scalar,
  type Tensor,
  type Trace,
  type Traced,
  trace,
} from './graph.ts';
export { crossEntropy, gather, oneHot } from './indexing.ts';
export { type MatmulOptions, matmul } from './matmul.ts';
export {
  type CompileOptions,
  compile,
  type ExportOptions,
  exportOnnx,
  type Feeds,
  type Program,
  type State,
  type StateEntry,
} from './program.ts';
export { logSoftmax, mean, softmax, sum } from './reduction.ts';
export { concatenate, expand, reshape, slice, split, transpose } from './shape.ts';
export type { Shape } from './shapes.ts';
