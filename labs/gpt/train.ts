import type { Gaussian, Initial, Initials, StepInputs, StepOutputs, Tensors } from './experiment.ts';
import { CONTEXT, VOCABULARY } from './shapes.ts';
import {
  add,
  causalAttention,
  concatenate,
  constant,
  crossEntropy,
  divide,
  gather,
  gelu,
  gradient,
  matmul,
  mean,
  multiply,
  reciprocal,
  relu,
  reshape,
  silu,
  slice,
  split,
  square,
  squareRoot,
  subtract,
  type Tensor,
  transpose,
} from './tensor/index.ts';

// A GPT on bytes, as it was in 2019. This is the file to improve; README.md and program.md say how it is measured.

// ---- what can be chosen

type Normalisation = 'layer' | 'rms';
type Activation = 'gelu' | 'silu' | 'relu' | 'relu-squared';
type Positions = 'learned' | 'rotary';
type Initialisation = 'normal' | 'xavier' | 'kaiming';
type DecayedGroup = 'everything' | 'matrices';

const layers = 2;
const heads = 4;
const headWidth = 16;
const hiddenFactor = 4;
export const batchSize = 8;

const normalisation: Normalisation = 'layer';
const activation: Activation = 'gelu';
const positions: Positions = 'learned';
const tiedEmbeddings = false;
const biases = true;
const queryKeyScale = 1;

const initialisation: Initialisation = 'normal';
const deviation = 0.02;

const learningRate = 1e-3;
const meanDecay = 0.9;
const varianceDecay = 0.999;
const weightDecay = 0.01;
const decayedGroup: DecayedGroup = 'everything';
const warmupFraction = 0;
const cooldownFraction = 0;

const width = heads * headWidth;
const hidden = hiddenFactor * width;

// ---- weights

export function initialWeights(gaussian: Gaussian): Initials {
  const weights: Record<string, Initial> = {};
  const filled = (name: string, size: number, value: number) => {
    weights[name] = { shape: [size], data: new Float32Array(size).fill(value) };
  };
  const table = (name: string, rows: number, columns: number, spread: number) => {
    const data = gaussian(name, rows * columns).map((draw) => draw * spread);
    weights[name] = { shape: [rows, columns], data };
  };
  const linear = (name: string, inputs: number, outputs: number) => {
    table(name, inputs, outputs, initialDeviation(inputs, outputs));
    if (biases) filled(`${name}.bias`, outputs, 0);
  };
  const norm = (name: string) => {
    filled(`${name}.gain`, width, 1);
    if (normalisation === 'layer') filled(`${name}.bias`, width, 0);
  };

  table('bytes', VOCABULARY, width, deviation);
  if (positions === 'learned') table('positions', CONTEXT, width, deviation);
  for (let layer = 0; layer < layers; layer++) {
    norm(`${layer}.attention.norm`);
    linear(`${layer}.attention.in`, width, 3 * width);
    linear(`${layer}.attention.out`, width, width);
    norm(`${layer}.hidden.norm`);
    linear(`${layer}.hidden.in`, width, hidden);
    linear(`${layer}.hidden.out`, hidden, width);
  }
  norm('norm');
  if (!tiedEmbeddings) table('head', width, VOCABULARY, deviation);
  return weights;
}

/** Standard deviation of a matrix's first values. Xavier: Glorot and Bengio 2010; Kaiming: He and others 2015. */
function initialDeviation(inputs: number, outputs: number): number {
  switch (initialisation) {
    case 'normal':
      return deviation;
    case 'xavier':
      return Math.sqrt(2 / (inputs + outputs));
    case 'kaiming':
      return Math.sqrt(2 / inputs);
    default:
      return initialisation satisfies never;
  }
}

// ---- model

export function forward(weights: Tensors, tokens: Tensor): Tensor {
  let stream = gather(weights.bytes!, tokens);
  if (positions === 'learned') stream = add(stream, weights.positions!);
  for (let layer = 0; layer < layers; layer++) {
    stream = add(stream, attention(weights, `${layer}.attention`, stream));
    stream = add(stream, feedForward(weights, `${layer}.hidden`, stream));
  }
  stream = normalise(weights, 'norm', stream);
  return tiedEmbeddings
    ? matmul(stream, weights.bytes!, { transposeB: true })
    : matmul(stream, weights.head!);
}

function attention(weights: Tensors, name: string, stream: Tensor): Tensor {
  const [windows] = stream.shape;
  const joined = linear(weights, `${name}.in`, normalise(weights, `${name}.norm`, stream));
  const parted = transpose(reshape(joined, [windows!, CONTEXT, 3, heads, headWidth]), [2, 0, 3, 1, 4]);
  const [query, key, value] = split(parted, 3, 0).map((part) =>
    reshape(part, [windows!, heads, CONTEXT, headWidth]),
  );
  const scale = queryKeyScale / Math.sqrt(headWidth);
  const mixed = causalAttention(place(query!), place(key!), value!, { scale });
  return linear(weights, `${name}.out`, reshape(transpose(mixed, [0, 2, 1, 3]), stream.shape));
}

/** Rotary positions turn each pair of a query's or key's numbers by an angle that grows with its place (Su and others 2021). */
function place(vectors: Tensor): Tensor {
  if (positions !== 'rotary') return vectors;
  const half = headWidth / 2;
  const angle = (index: number) => Math.floor(index / half) * 10_000 ** -((index % half) / half);
  const size = { length: CONTEXT * half };
  const cosines = constant(
    'cosines',
    [CONTEXT, half],
    Float32Array.from(size, (_, i) => Math.cos(angle(i))),
  );
  const sines = constant(
    'sines',
    [CONTEXT, half],
    Float32Array.from(size, (_, i) => Math.sin(angle(i))),
  );
  const first = slice(vectors, 3, 0, half);
  const second = slice(vectors, 3, half, headWidth);
  return concatenate(
    [
      subtract(multiply(first, cosines), multiply(second, sines)),
      add(multiply(first, sines), multiply(second, cosines)),
    ],
    3,
  );
}

function feedForward(weights: Tensors, name: string, stream: Tensor): Tensor {
  const inner = linear(weights, `${name}.in`, normalise(weights, `${name}.norm`, stream));
  return linear(weights, `${name}.out`, activate(inner));
}

function activate(inner: Tensor): Tensor {
  switch (activation) {
    case 'gelu':
      return gelu(inner);
    case 'silu':
      return silu(inner);
    case 'relu':
      return relu(inner);
    case 'relu-squared':
      return square(relu(inner));
    default:
      return activation satisfies never;
  }
}

function linear(weights: Tensors, name: string, stream: Tensor): Tensor {
  const product = matmul(stream, weights[name]!);
  return biases ? add(product, weights[`${name}.bias`]!) : product;
}

function normalise(weights: Tensors, name: string, stream: Tensor): Tensor {
  const centred = normalisation === 'layer' ? subtract(stream, mean(stream, [-1], true)) : stream;
  const spread = squareRoot(add(mean(square(centred), [-1], true), 1e-5));
  const scaled = multiply(multiply(centred, reciprocal(spread)), weights[`${name}.gain`]!);
  return normalisation === 'layer' ? add(scaled, weights[`${name}.bias`]!) : scaled;
}

// ---- optimiser: AdamW (Loshchilov and Hutter 2019)

export function initialMemory(weights: Initials): Initials {
  const zeros = ({ shape, data }: Initial) => ({ shape, data: new Float32Array(data.length) });
  return Object.fromEntries(
    Object.entries(weights).flatMap(([name, weight]) => [
      [`${name}.mean`, zeros(weight)],
      [`${name}.variance`, zeros(weight)],
    ]),
  );
}

export function trainingStep({ weights, memory, tokens, targets, clock }: StepInputs): StepOutputs {
  const logits = forward(weights, tokens);
  const loss = crossEntropy(reshape(logits, [batchSize * CONTEXT, VOCABULARY]), targets);
  const names = Object.keys(weights);
  const gradients = gradient(loss, Object.values(weights));
  const nextWeights: Record<string, Tensor> = {};
  const nextMemory: Record<string, Tensor> = {};
  for (const [index, name] of names.entries()) {
    const weight = weights[name]!;
    const slope = gradients[index]!;
    const average = blend(memory[`${name}.mean`]!, slope, meanDecay);
    const variance = blend(memory[`${name}.variance`]!, square(slope), varianceDecay);
    const change = divide(
      multiply(average, clock.meanCorrection!),
      add(squareRoot(multiply(variance, clock.varianceCorrection!)), 1e-8),
    );
    const isDecayed = decayedGroup === 'everything' || weight.shape.length > 1;
    const pull = isDecayed ? add(change, multiply(weight, weightDecay)) : change;
    nextWeights[name] = subtract(weight, multiply(pull, clock.rate!));
    nextMemory[`${name}.mean`] = average;
    nextMemory[`${name}.variance`] = variance;
  }
  return { logits, weights: nextWeights, memory: nextMemory };
}

function blend(old: Tensor, fresh: Tensor, decay: number): Tensor {
  return add(multiply(old, decay), multiply(fresh, 1 - decay));
}

// ---- schedule

export function schedule(step: number, steps: number): Record<string, number> {
  const done = step / steps;
  const warmup = warmupFraction > 0 ? Math.min(1, (done + 1 / steps) / warmupFraction) : 1;
  const cooldown = cooldownFraction > 0 ? Math.min(1, (1 - done) / cooldownFraction) : 1;
  return {
    rate: learningRate * warmup * cooldown,
    meanCorrection: 1 / (1 - meanDecay ** (step + 1)),
    varianceCorrection: 1 / (1 - varianceDecay ** (step + 1)),
  };
}
