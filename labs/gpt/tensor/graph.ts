/**
 * Records a computation while TypeScript runs it. Operations called inside `trace(build)` compute nothing: each appends
 * a node to the trace's graph and returns a symbolic tensor, so that the whole can be differentiated and compiled.
 */

import type { Attribute, Domain, OnnxNode, OnnxWeights, TensorData } from './onnx.ts';
import { checkShape, describe, type Shape, shapeError, sizeOf } from './shapes.ts';

export type ElementType = 'float32' | 'int32';

/** A value that will exist when the program runs. Plain data: it belongs to the trace that made it, and to no other. */
export interface Tensor {
  readonly shape: Shape;
  readonly type: ElementType;
  /** Name of the value in the graph; two tensors may share one when they are the same computation. */
  readonly name: string;
  readonly trace: Trace;
}

/** Which operators a graph may use: all that ONNX Runtime has, or those of the ONNX standard only. */
export type Dialect = 'runtime' | 'standard';

/**
 * Gradient of one input, given the gradient of each output (undefined where the loss does not depend on that output).
 * `null` for an input without a gradient, such as indices.
 */
export type Backward = ((...gradients: (Tensor | undefined)[]) => Tensor) | null;

/** One differentiable step: what reverse mode walks. */
export interface Operation {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly backward: readonly Backward[];
}

/** Everything one call of `trace` recorded. Inputs, nodes and operations stand in the order they were made. */
export interface Trace {
  readonly dialect: Dialect;
  readonly threads: number;
  readonly nodes: OnnxNode[];
  readonly inputs: Map<string, Tensor>;
  readonly weights: OnnxWeights[];
  readonly operations: Operation[];
  /** Common subexpressions: what was already computed, by operator, operands and attributes. */
  readonly known: Map<string, readonly Tensor[]>;
  /** What made a tensor, for operations that have a shorter way from there. */
  readonly origins: Map<Tensor, Origin>;
  /** Values of the tensors that `scalar` made, so that arithmetic with 0 and 1 can be left out. */
  readonly scalars: Map<Tensor, number>;
}

export interface Origin {
  readonly operator: string;
  readonly inputs: readonly Tensor[];
}

export interface TraceOptions {
  /** Default `runtime`. */
  readonly dialect?: Dialect;
  /** Threads the program will run on; some operators add up in a fixed order on one thread only. Default 1. */
  readonly threads?: number;
}

/** A finished trace and what its build function returned. */
export interface Traced<Result> {
  readonly trace: Trace;
  readonly result: Result;
}

let active: Trace | undefined;

/**
 * Runs `build` and records what it computes. Traces nest without mixing: an inner trace has its own graph, and a tensor
 * used outside its trace is an error. `build` must not be asynchronous, since two traces would then interleave.
 */
export function trace<Result>(build: () => Result, options: TraceOptions = {}): Traced<Result> {
  const outer = active;
  const own: Trace = {
    dialect: options.dialect ?? 'runtime',
    threads: options.threads ?? 1,
    nodes: [],
    inputs: new Map(),
    weights: [],
    operations: [],
    known: new Map(),
    origins: new Map(),
    scalars: new Map(),
  };
  active = own;
  try {
    const result = build();
    if (result instanceof Promise)
      throw new Error('trace: build() returned a promise; it must be synchronous');
    return { trace: own, result };
  } finally {
    active = outer;
  }
}

/** The trace being recorded, for operations; throws where there is none or where an operand is a stranger to it. */
export function activeTrace(operation: string, operands: readonly Tensor[] = []): Trace {
  if (active === undefined) {
    throw new Error(
      `${operation}: called outside a trace; call it inside the build() of compile, exportOnnx or trace`,
    );
  }
  for (const operand of operands) {
    if (operand.trace !== active) {
      throw new Error(
        `${operation}: an operand of shape ${describe(operand.shape)} belongs to another trace`,
      );
    }
  }
  return active;
}

/** Like `activeTrace`, for operations on float32 only. */
export function activeFloatTrace(operation: string, operands: readonly Tensor[]): Trace {
  const owner = activeTrace(operation, operands);
  const other = operands.find((operand) => operand.type !== 'float32');
  if (other === undefined) return owner;
  throw shapeError(
    operation,
    operands.map(({ shape }) => shape),
    `needs float32, and one is ${other.type}`,
  );
}

/** A value fed on every run, or held as state when the program has a state entry of that name. */
export function input(name: string, shape: Shape, type: ElementType = 'float32'): Tensor {
  const owner = activeTrace('input');
  checkShape(`input ${name}`, shape);
  checkName('input', name);
  const known = owner.inputs.get(name);
  if (known !== undefined) {
    if (known.type === type && describe(known.shape) === describe(shape)) return known;
    throw shapeError(`input ${name}`, [known.shape, shape], 'declared twice, with different shapes or types');
  }
  const tensor: Tensor = { name, shape, type, trace: owner };
  owner.inputs.set(name, tensor);
  return tensor;
}

/** Names with % are this library's own. */
export function checkName(kind: string, name: string): void {
  if (name === '' || name.includes('%'))
    throw new Error(`${kind}: the name "${name}" is empty or contains %`);
}

/** A number as a tensor of shape []; rounded to float32. */
export function scalar(value: number): Tensor {
  return scalarOfRank(value, 0);
}

/**
 * A number under a shape of ones. ONNX Runtime broadcasts a shape of equal rank in one sweep, where a lesser rank
 * against a last axis of 1 makes it go element by element, four times as slowly.
 */
export function scalarOfRank(value: number, rank: number): Tensor {
  const owner = activeTrace('scalar');
  const key = `scalar:${rank}:${Object.is(value, -0) ? '-0' : value}`;
  const tensor = embed(key, new Array<number>(rank).fill(1), new Float32Array([value]));
  owner.scalars.set(tensor, value);
  return tensor;
}

/** Fixed numbers, embedded in the program once per `key`; the same key must always stand for the same numbers. */
export function constant(key: string, shape: Shape, data: Float32Array): Tensor {
  checkShape(`constant ${key}`, shape);
  if (data.length !== sizeOf(shape)) {
    throw shapeError(`constant ${key}`, [shape], `needs ${sizeOf(shape)} numbers, got ${data.length}`);
  }
  const tensor = embed(`constant:${key}:${describe(shape)}`, shape, data);
  const held = tensor.trace.weights.find(({ name }) => name === tensor.name)!.data;
  if (held !== data && !data.every((value, index) => Object.is(value, held[index]))) {
    throw shapeError(`constant ${key}`, [shape], 'the same key already stands for other numbers');
  }
  return tensor;
}

/** Embeds numbers under a key of this library's own; 64-bit integers carry the type int32, for operators' arguments. */
export function embed(key: string, shape: Shape, data: TensorData): Tensor {
  const owner = activeTrace('constant');
  const known = owner.known.get(key)?.[0];
  if (known !== undefined) return known;
  const type = data instanceof Float32Array ? 'float32' : 'int32';
  const tensor: Tensor = { name: `%c${owner.weights.length}`, shape, type, trace: owner };
  owner.weights.push({ name: tensor.name, shape, data });
  owner.known.set(key, [tensor]);
  return tensor;
}

/** 64-bit integers, as ONNX wants shapes and axes. */
export function integers(values: readonly number[]): Tensor {
  return embed(`integers:${values.join()}`, [values.length], BigInt64Array.from(values, BigInt));
}

export interface NodeDescription {
  readonly operator: string;
  readonly inputs: readonly Tensor[];
  readonly shapes: readonly Shape[];
  readonly domain?: Domain;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly type?: ElementType;
  /** One for each input; left out where nothing can be differentiated. */
  readonly backward?: readonly Backward[];
}

/** Appends a node with any number of outputs, or returns those of an equal node that is already there. */
export function emitAll(description: NodeDescription): readonly Tensor[] {
  const { operator, inputs, shapes, domain = 'standard', attributes = {}, type = 'float32' } = description;
  const owner = activeTrace(operator, inputs);
  const key = `${operator}(${inputs.map((tensor) => tensor.name).join()})${JSON.stringify(attributes)}${shapes.length}`;
  const known = owner.known.get(key);
  if (known !== undefined) return known;
  const outputs = shapes.map((shape, index): Tensor => {
    return { name: `%${owner.nodes.length}.${index}`, shape, type, trace: owner };
  });
  owner.nodes.push({
    operator,
    domain,
    inputs: inputs.map((tensor) => tensor.name),
    outputs: outputs.map((tensor) => tensor.name),
    attributes,
  });
  owner.known.set(key, outputs);
  for (const output of outputs) {
    owner.origins.set(output, { operator, inputs });
  }
  if (description.backward !== undefined) {
    owner.operations.push({ inputs, outputs, backward: description.backward });
  }
  return outputs;
}

/** Appends a node with one output. */
export function emit(description: Omit<NodeDescription, 'shapes'> & { readonly shape: Shape }): Tensor {
  const { shape, ...rest } = description;
  return emitAll({ ...rest, shapes: [shape] })[0]!;
}

/**
 * Gives a value computed by several nodes a gradient of its own, in place of the one that follows from those nodes.
 * The result is the same value under a new handle, so the handle it came from keeps its gradient.
 */
export function withGradient(
  value: Tensor,
  inputs: readonly Tensor[],
  backward: readonly Backward[],
): Tensor {
  const owner = activeTrace('withGradient', [value, ...inputs]);
  const handle: Tensor = { ...value };
  owner.operations.push({ inputs, outputs: [handle], backward });
  return handle;
}
