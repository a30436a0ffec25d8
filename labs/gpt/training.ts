import type { Experiment, Initials, Tensors } from './experiment.ts';
import { gaussian, uniform } from './random.ts';
import { CONTEXT, EVALUATION_BATCH, LOGITS, TOKENS, VOCABULARY } from './shapes.ts';
import {
  compile,
  crossEntropy,
  exportOnnx,
  input,
  multiply,
  reshape,
  type State,
  type Tensor,
} from './tensor/index.ts';
import { windowDrawer } from './text.ts';

/** A candidate's experiment, compiled, with its weights and memory. */
export interface Training {
  /** Numbers among the weights. */
  readonly parameters: number;
  /** Bytes a step learns to predict. */
  readonly tokensPerStep: number;
  /** Step `step` (from 0) of `steps`, on the next batch; returns its mean training loss in bits per byte. */
  step(step: number, steps: number): Promise<number>;
  /** Lets `work` take steps, then puts weights, memory and batches back as they were. */
  rehearse<Result>(work: (step: () => Promise<void>) => Promise<Result>): Promise<Result>;
  /** The forward graph with the weights of now, as ONNX. */
  exportModel(): Uint8Array;
}

/** Compiles the candidate's step, with everything that is random in it fixed by `seed`. */
export async function openTraining(
  experiment: Experiment,
  blocks: readonly Uint8Array[],
  seed: number,
): Promise<Training> {
  const { batchSize, schedule } = experiment;
  const weights = experiment.initialWeights((name, count) => gaussian(seed, `weights ${name}`, count));
  const memory = experiment.initialMemory(weights);
  const state: State = { ...stateOf('weight/', weights), ...stateOf('memory/', memory) };
  const program = await compile({
    state,
    build: () => buildStep(experiment, weights, memory),
  });

  let nextBatch = batches(blocks, batchSize, seed);
  const step = async (index: number, steps: number): Promise<number> => {
    const clock = Object.entries(schedule(index, steps)).map(([name, value]) => [
      `clock/${name}`,
      new Float32Array([value]),
    ]);
    const { bits } = await program.run({ ...nextBatch(), ...Object.fromEntries(clock) });
    return bits![0]!;
  };
  return {
    parameters: Object.values(weights).reduce((total, { data }) => total + data.length, 0),
    tokensPerStep: batchSize * CONTEXT,
    step,
    async rehearse(work) {
      const before = Object.entries(state).map(([name, { data }]) => [name, data.slice()] as const);
      const result = await work(async () => {
        await step(0, 1);
      });
      for (const [name, data] of before) state[name]!.data = data;
      nextBatch = batches(blocks, batchSize, seed);
      return result;
    },
    exportModel() {
      return exportOnnx({
        parameters: state,
        build: () => {
          const tokens = input(TOKENS, [EVALUATION_BATCH, CONTEXT], 'int32');
          return { [LOGITS]: experiment.forward(inputs('weight/', weights), tokens) };
        },
      });
    },
  };
}

function buildStep(experiment: Experiment, weights: Initials, memory: Initials): Record<string, Tensor> {
  const rows = experiment.batchSize * CONTEXT;
  const next = experiment.trainingStep({
    weights: inputs('weight/', weights),
    memory: inputs('memory/', memory),
    tokens: input(TOKENS, [experiment.batchSize, CONTEXT], 'int32'),
    targets: input('targets', [rows], 'int32'),
    clock: Object.fromEntries(
      Object.keys(experiment.schedule(0, 1)).map((name) => [name, input(`clock/${name}`, [1])]),
    ),
  });
  const nats = crossEntropy(reshape(next.logits, [rows, VOCABULARY]), input('targets', [rows], 'int32'));
  return {
    bits: multiply(nats, Math.LOG2E),
    ...named('weight/', next.weights),
    ...named('memory/', next.memory),
  };
}

/** Batches without end, each of `batchSize` windows drawn from the blocks. */
function batches(blocks: readonly Uint8Array[], batchSize: number, seed: number) {
  const draw = windowDrawer(blocks, CONTEXT + 1, uniform(seed, 'batches'));
  return () => {
    const tokens = new Int32Array(batchSize * CONTEXT);
    const targets = new Int32Array(batchSize * CONTEXT);
    for (let row = 0; row < batchSize; row++) {
      const window = draw();
      tokens.set(window.subarray(0, CONTEXT), row * CONTEXT);
      targets.set(window.subarray(1), row * CONTEXT);
    }
    return { tokens, targets };
  };
}

function inputs(prefix: string, entries: Initials): Tensors {
  return Object.fromEntries(
    Object.entries(entries).map(([name, { shape }]) => [name, input(`${prefix}${name}`, shape)]),
  );
}

function stateOf(prefix: string, entries: Initials): State {
  return Object.fromEntries(
    Object.entries(entries).map(([name, { shape, data }]) => [`${prefix}${name}`, { shape, data }]),
  );
}

function named(prefix: string, entries: Tensors): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [`${prefix}${name}`, value]));
}
