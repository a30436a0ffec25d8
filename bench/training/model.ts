/** The two language models that are timed, with AdamW, written on labs/gpt/tensor; pytorch.py holds their twins. */

import {
  add,
  causalAttention,
  crossEntropy,
  divide,
  gather,
  gelu,
  gradient,
  input,
  matmul,
  mean,
  multiply,
  reciprocal,
  relu,
  reshape,
  type Shape,
  type State,
  split,
  square,
  squareRoot,
  subtract,
  type Tensor,
  transpose,
} from '../../labs/gpt/tensor/index.ts';

/** `classic` is a GPT of 2019: LayerNorm, biases, GELU. `lean` has RMSNorm, no biases, squared ReLU. */
export type Style = 'classic' | 'lean';

export interface Size {
  readonly style: Style;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly context: number;
  readonly batch: number;
}

const VOCABULARY = 256;
const RATE = 1e-3;
const DECAY = 0.1;
const MEAN_DECAY = 0.9;
const VARIANCE_DECAY = 0.99;
const EPSILON = 1e-8;

/** Shapes of the parameters by name; matrices are [inputs, outputs]. */
export function parameterShapes({ style, layers, width, context }: Size): Record<string, Shape> {
  const shapes: Record<string, Shape> = { bytes: [VOCABULARY, width], positions: [context, width] };
  const norm = (name: string): void => {
    shapes[`${name}.gain`] = [width];
    if (style === 'classic') shapes[`${name}.bias`] = [width];
  };
  const linear = (name: string, inputs: number, outputs: number): void => {
    shapes[`${name}.weight`] = [inputs, outputs];
    if (style === 'classic') shapes[`${name}.bias`] = [outputs];
  };
  for (let layer = 0; layer < layers; layer++) {
    norm(`${layer}.attentionNorm`);
    linear(`${layer}.attentionIn`, width, 3 * width);
    linear(`${layer}.attentionOut`, width, width);
    norm(`${layer}.hiddenNorm`);
    linear(`${layer}.hiddenIn`, width, 4 * width);
    linear(`${layer}.hiddenOut`, 4 * width, width);
  }
  norm('norm');
  shapes.head = [width, VOCABULARY];
  return shapes;
}

/** Inputs: `tokens` and `targets` [batch * context], `meanCorrection` and `varianceCorrection` [1]. Output: `loss`. */
export function trainingStep(size: Size, shapes: Readonly<Record<string, Shape>>): Record<string, Tensor> {
  const rows = size.batch * size.context;
  const names = Object.keys(shapes);
  const weights = Object.fromEntries(names.map((name) => [name, input(name, shapes[name]!)]));
  const loss = crossEntropy(
    forward(size, weights, input('tokens', [rows], 'int32')),
    input('targets', [rows], 'int32'),
  );
  const slopes = gradient(loss, Object.values(weights));
  const outputs: Record<string, Tensor> = { loss };
  for (const [index, name] of names.entries()) {
    const [weight, slope] = [weights[name]!, slopes[index]!];
    const average = blend(input(`${name}:mean`, weight.shape), slope, MEAN_DECAY);
    const variance = blend(input(`${name}:variance`, weight.shape), square(slope), VARIANCE_DECAY);
    const spread = squareRoot(multiply(variance, input('varianceCorrection', [1])));
    const step = divide(
      multiply(average, multiply(input('meanCorrection', [1]), RATE)),
      add(spread, EPSILON),
    );
    outputs[`${name}:mean`] = average;
    outputs[`${name}:variance`] = variance;
    outputs[name] = subtract(multiply(weight, 1 - RATE * DECAY), step);
  }
  return outputs;
}

/** Values of the two correction inputs at a step counted from 1. */
export function corrections(step: number): {
  meanCorrection: Float32Array;
  varianceCorrection: Float32Array;
} {
  return {
    meanCorrection: new Float32Array([1 / (1 - MEAN_DECAY ** step)]),
    varianceCorrection: new Float32Array([1 / (1 - VARIANCE_DECAY ** step)]),
  };
}

/** Zeros for the optimiser's two averages of each parameter. */
export function optimiserState(shapes: Readonly<Record<string, Shape>>): State {
  const state: State = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const count = shape.reduce((product, length) => product * length, 1);
    for (const average of ['mean', 'variance'])
      state[`${name}:${average}`] = { shape, data: new Float32Array(count) };
  }
  return state;
}

function blend(old: Tensor, fresh: Tensor, decay: number): Tensor {
  return add(multiply(old, decay), multiply(fresh, 1 - decay));
}

function forward(size: Size, weights: Record<string, Tensor>, tokens: Tensor): Tensor {
  const { layers, width, context, batch } = size;
  const rows = batch * context;
  const embedded = add(reshape(gather(weights.bytes!, tokens), [batch, context, width]), weights.positions!);
  let stream = reshape(embedded, [rows, width]);
  for (let layer = 0; layer < layers; layer++) {
    const mixed = attend(
      size,
      linear(weights, `${layer}.attentionIn`, normalise(weights, `${layer}.attentionNorm`, stream)),
    );
    stream = add(stream, linear(weights, `${layer}.attentionOut`, mixed));
    const hidden = linear(weights, `${layer}.hiddenIn`, normalise(weights, `${layer}.hiddenNorm`, stream));
    const active = size.style === 'classic' ? gelu(hidden) : square(relu(hidden));
    stream = add(stream, linear(weights, `${layer}.hiddenOut`, active));
  }
  return matmul(normalise(weights, 'norm', stream), weights.head!);
}

function attend({ width, heads, context, batch }: Size, joined: Tensor): Tensor {
  const headWidth = width / heads;
  const parted = transpose(reshape(joined, [batch, context, 3, heads, headWidth]), [2, 0, 3, 1, 4]);
  const [queries, keys, values] = split(parted, 3, 0).map((part) =>
    reshape(part, [batch, heads, context, headWidth]),
  );
  const mixed = causalAttention(queries!, keys!, values!);
  return reshape(transpose(mixed, [0, 2, 1, 3]), [batch * context, width]);
}

function linear(weights: Record<string, Tensor>, name: string, stream: Tensor): Tensor {
  const product = matmul(stream, weights[`${name}.weight`]!);
  const bias = weights[`${name}.bias`];
  return bias === undefined ? product : add(product, bias);
}

function normalise(weights: Record<string, Tensor>, name: string, stream: Tensor): Tensor {
  const bias = weights[`${name}.bias`];
  const centred = bias === undefined ? stream : subtract(stream, mean(stream, [-1], true));
  const spread = squareRoot(add(mean(square(centred), [-1], true), 1e-5));
  const scaled = multiply(multiply(centred, reciprocal(spread)), weights[`${name}.gain`]!);
  return bias === undefined ? scaled : add(scaled, bias);
}
