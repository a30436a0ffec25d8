/** Compiles traces for ONNX Runtime, runs them, and writes them as files. */

import { checkName, type Tensor, type Trace, trace } from './graph.ts';
import { encodeModel, type OnnxModel, type OnnxWeights } from './onnx.ts';
import { nameOutputs, withoutUnused } from './rewrite.ts';
import { loadRuntime, type RuntimeTensor } from './runtime.ts';
import { describe, type Shape, sameShape, sizeOf } from './shapes.ts';

/**
 * Numbers that live between runs. Each run that computes a new value replaces `data`, and the run after it writes into
 * the array that was replaced: copy what you want to keep. No two entries may share an array.
 */
export interface StateEntry {
  readonly shape: Shape;
  data: Float32Array;
}

export type State = Record<string, StateEntry>;

export type Feeds = Readonly<Record<string, Float32Array | Int32Array>>;

export interface CompileOptions {
  /** Inputs of these names are held here instead of being fed. Several programs may share one state. */
  readonly state: State;
  /** Traced once. An output named like a state entry replaces that entry after each run; others are returned. */
  readonly build: () => Readonly<Record<string, Tensor>>;
  /** Threads inside one operation; with equal threads, equal inputs give bit-identical outputs. Default 1. */
  readonly threads?: number;
}

export interface Program {
  /** One execution. Every input that is no state must be fed; the returned arrays belong to the caller. */
  run(feeds: Feeds): Promise<Record<string, Float32Array>>;
  /** Size of the graph, for those who tune it. */
  readonly nodes: number;
}

/** Traces `build` and prepares it to run. */
export async function compile({ state, build, threads = 1 }: CompileOptions): Promise<Program> {
  const { trace: graph, result: outputs } = trace(build, { threads });
  checkOutputs(graph, outputs, state);
  const model = toModel(graph, outputs, []);
  const runtime = loadRuntime();
  const session = await runtime.InferenceSession.create(encodeModel(model), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionProviders: ['cpu'],
    // The runtime's own rewriting of a training step takes half a second and gains nothing (bench/training.ts).
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 3,
  });
  const used = [...graph.inputs.values()].filter((tensor) =>
    model.inputs.some(({ name }) => name === tensor.name),
  );
  const declared = new Set(graph.inputs.keys());
  const spare = new Map<string, Float32Array>(
    Object.entries(outputs).map(([name, { shape }]) => [name, new Float32Array(sizeOf(shape))]),
  );
  let running = false;

  return {
    nodes: model.nodes.length,
    async run(feeds) {
      if (running) throw new Error('run: the previous run of this program has not finished');
      for (const name of Object.keys(feeds)) {
        if (!declared.has(name) || name in state) throw new Error(`run: "${name}" is no input to feed`);
      }
      const inputs: Record<string, RuntimeTensor> = {};
      for (const tensor of used) {
        const data = tensor.name in state ? state[tensor.name]!.data : feeds[tensor.name];
        inputs[tensor.name] = new runtime.Tensor(tensor.type, checkFeed(tensor, data), tensor.shape);
      }
      const replaced = Object.keys(outputs).flatMap((name) => state[name]?.data ?? []);
      if (new Set(replaced).size !== replaced.length)
        throw new Error('run: two entries of the state share one array');
      const targets: Record<string, RuntimeTensor> = {};
      for (const [name, tensor] of Object.entries(outputs)) {
        targets[outputName(name)] = new runtime.Tensor('float32', spare.get(name)!, tensor.shape);
      }
      running = true;
      try {
        await session.run(inputs, targets);
      } finally {
        running = false;
      }
      const results: Record<string, Float32Array> = {};
      for (const name of Object.keys(outputs)) {
        const data = spare.get(name)!;
        const entry = state[name];
        if (entry === undefined) {
          results[name] = data.slice();
        } else {
          spare.set(name, entry.data);
          entry.data = data;
        }
      }
      return results;
    },
  };
}

export interface ExportOptions {
  /** Inputs of these names become weights inside the file. */
  readonly parameters: Readonly<Record<string, { readonly shape: Shape; readonly data: Float32Array }>>;
  /** Traced once. Its outputs, and every input that is no parameter, keep their names in the file. */
  readonly build: () => Readonly<Record<string, Tensor>>;
}

/** Writes a stand-alone model with its weights inside, of standard ONNX operators only (operator set 17). */
export function exportOnnx({ parameters, build }: ExportOptions): Uint8Array {
  const { trace: graph, result: outputs } = trace(build, { dialect: 'standard' });
  checkOutputs(graph, outputs, {});
  const doubled = Object.keys(outputs).find((name) => graph.inputs.has(name));
  if (doubled !== undefined) throw new Error(`exportOnnx: "${doubled}" names both an input and an output`);
  const weights = [...graph.inputs.values()].flatMap((tensor): OnnxWeights[] => {
    const parameter = parameters[tensor.name];
    if (parameter === undefined) return [];
    checkStateShape(tensor, parameter.shape);
    return [{ name: tensor.name, shape: tensor.shape, data: checkFeed(tensor, parameter.data) }];
  });
  return encodeModel(toModel(graph, outputs, weights, (name) => name));
}

const outputName = (name: string): string => `${name}%`;

function toModel(
  graph: Trace,
  outputs: Readonly<Record<string, Tensor>>,
  embedded: readonly OnnxWeights[],
  rename = outputName,
): OnnxModel {
  const wanted = new Set(Object.values(outputs).map((tensor) => tensor.name));
  const nodes = nameOutputs(
    withoutUnused(graph.nodes, wanted),
    Object.entries(outputs).map(([name, tensor]) => ({ from: tensor.name, to: rename(name) })),
  );
  const used = new Set(nodes.flatMap((node) => node.inputs));
  const inside = new Set(embedded.map(({ name }) => name));
  return {
    nodes,
    inputs: [...graph.inputs.values()].filter(({ name }) => used.has(name) && !inside.has(name)),
    outputs: Object.entries(outputs).map(([name, { shape, type }]) => ({ name: rename(name), shape, type })),
    weights: [...graph.weights, ...embedded].filter(({ name }) => used.has(name)),
  };
}

function checkOutputs(graph: Trace, outputs: Readonly<Record<string, Tensor>>, state: State): void {
  for (const [name, tensor] of Object.entries(outputs)) {
    checkName('output', name);
    if (tensor.trace !== graph) throw new Error(`output "${name}" belongs to another trace`);
    if (tensor.type !== 'float32')
      throw new Error(`output "${name}" is ${tensor.type}; outputs must be float32`);
    const entry = state[name];
    if (entry !== undefined && !sameShape(entry.shape, tensor.shape)) {
      throw new Error(
        `output "${name}": ${describe(tensor.shape)} cannot replace state of ${describe(entry.shape)}`,
      );
    }
  }
  for (const tensor of graph.inputs.values()) {
    const entry = state[tensor.name];
    if (entry !== undefined) checkStateShape(tensor, entry.shape);
  }
}

function checkStateShape(tensor: Tensor, shape: Shape): void {
  if (!sameShape(tensor.shape, shape)) {
    throw new Error(
      `input "${tensor.name}": ${describe(tensor.shape)} is declared, ${describe(shape)} is held`,
    );
  }
}

function checkFeed(tensor: Tensor, data: Float32Array | Int32Array | undefined): Float32Array | Int32Array {
  const place = `input "${tensor.name}" ${describe(tensor.shape)}`;
  if (data === undefined) throw new Error(`${place} was not fed`);
  if (data instanceof Float32Array !== (tensor.type === 'float32')) {
    throw new Error(`${place} takes ${tensor.type}, got ${data.constructor.name}`);
  }
  if (data.length !== sizeOf(tensor.shape)) {
    throw new Error(`${place} takes ${sizeOf(tensor.shape)} numbers, got ${data.length}`);
  }
  return data;
}
