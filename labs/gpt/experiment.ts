import type { Tensor } from './tensor/index.ts';

/** A tensor's first values. */
export interface Initial {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
export type Initials = Readonly<Record<string, Initial>>;
export type Tensors = Readonly<Record<string, Tensor>>;

/** `count` draws of the standard normal distribution, fixed by the trial's seed and by `name`. */
export type Gaussian = (name: string, count: number) => Float32Array;

/** What one step of training starts from. */
export interface StepInputs {
  readonly weights: Tensors;
  readonly memory: Tensors;
  /** int32 [batchSize, CONTEXT]. */
  readonly tokens: Tensor;
  /** int32 [batchSize * CONTEXT]: the byte after each token. */
  readonly targets: Tensor;
  /** float32 [1] for each number of `schedule`. */
  readonly clock: Tensors;
}

export interface StepOutputs {
  /** What `forward` gave for the tokens; the harness takes train_bpb from it. */
  readonly logits: Tensor;
  /** Values after this step, by name; what is left out stays as it is. */
  readonly weights: Tensors;
  readonly memory: Tensors;
}

/** What `train.ts` exports. The harness owns everything else: the text, the seeds, the timer, the number of steps. */
export interface Experiment {
  /** Windows a step. */
  readonly batchSize: number;
  /** The first weights. */
  initialWeights(gaussian: Gaussian): Initials;
  /** What the optimiser remembers from step to step, at first. */
  initialMemory(weights: Initials): Initials;
  /** int32 tokens of [windows, CONTEXT] to float32 logits of [windows, CONTEXT, VOCABULARY]; this is what is exported and scored. */
  forward(weights: Tensors, tokens: Tensor): Tensor;
  /** One step of training, traced once into one graph: forward, backward and optimiser. */
  trainingStep(inputs: StepInputs): StepOutputs;
  /** The numbers, by name, that step `step` (from 0) of `steps` needs from outside its graph. */
  schedule(step: number, steps: number): Readonly<Record<string, number>>;
}
