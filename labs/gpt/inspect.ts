import { existsSync, readFileSync, statSync } from 'node:fs';
import {
  checkDomain,
  GRAPH,
  type Message,
  MODEL,
  OPERATORS_IMPORT,
  readMessage,
  VALUE,
} from './onnx-file.ts';
import { Refusal } from './refusal.ts';
import { CONTEXT, EVALUATION_BATCH, TOKENS } from './shapes.ts';
import { INTERMEDIATE_REPRESENTATION, OPERATOR_SET } from './tensor/onnx.ts';
import type { Shape } from './tensor/shapes.ts';
import { Values } from './values.ts';

// A file is all that crosses from a candidate to its evaluation, and the runtime would do much that a file asks of it: read other
// files, draw random numbers, loop. So nothing is loaded but what `exportOnnx` can write.

export interface GraphLimits {
  /** Of the whole file. Weights lie in it as they are, four bytes a number, so this bounds them too. */
  readonly bytes: number;
  readonly nodes: number;
  /** Numbers in one value that the graph computes, four bytes each. */
  readonly numbers: number;
  /** Numbers in all of its values together, were none of them forgotten. */
  readonly allNumbers: number;
}

/**
 * The baseline has half a megabyte, 139 nodes, and values of 524,288 numbers at most, 28 million in all. Sixty times its weights 20
 * CPU-seconds on one core could neither train nor score; eight layers of four times its width still pass. Two gigabytes are the most
 * that a graph takes while it runs.
 */
export const GRAPH_LIMITS: GraphLimits = {
  bytes: 32 * 1024 ** 2,
  nodes: 4096,
  numbers: 16 * 1024 ** 2,
  allNumbers: 512 * 1024 ** 2,
};

/** What the evaluation feeds. */
const INPUTS: Readonly<Record<string, Shape>> = { [TOKENS]: [EVALUATION_BATCH, CONTEXT] };

/** The bytes of a candidate's file. @throws Refusal where there is none, or too large a one */
export function readGraph(file: string, { bytes } = GRAPH_LIMITS): Uint8Array {
  if (!existsSync(file)) throw new Refusal('there is no such file; the trial left nothing to score');
  const { size } = statSync(file);
  if (size > bytes) throw new Refusal(`it has ${size} bytes, and at most ${bytes} are read`);
  return readFileSync(file);
}

/** Where a file has this in its second four bytes, ONNX Runtime takes it for one of its own format, whatever else it is. */
const RUNTIME_FORMAT = 'ORTM';

/**
 * Refuses a file that holds anything but what `exportOnnx` can write, or too much of it.
 * @param inputs the shapes of what it will be fed
 * @returns the shapes of its outputs
 * @throws Refusal
 */
export function inspectGraph(
  file: Uint8Array,
  limits: GraphLimits = GRAPH_LIMITS,
  inputs = INPUTS,
): ReadonlyMap<string, Shape> {
  if (Buffer.from(file.subarray(4, 8)).toString('latin1') === RUNTIME_FORMAT) {
    throw new Refusal('it is no ONNX: the runtime would read it in another format');
  }
  const model = readMessage(MODEL, file, 'the file');
  if (model.integers('format')[0] !== BigInt(INTERMEDIATE_REPRESENTATION)) {
    throw new Refusal(`it is no ONNX of format ${INTERMEDIATE_REPRESENTATION}`);
  }
  const imports = model.bytes('operators');
  if (imports.length === 0) throw new Refusal('it is no ONNX: it asks for no operators');
  for (const imported of imports) inspectImport(imported);
  const [content] = model.bytes('graph');
  if (content === undefined) throw new Refusal('it is no ONNX: it holds no graph');
  return inspectContent(readMessage(GRAPH, content, 'the graph'), limits, inputs);
}

function inspectContent(
  graph: Message<'nodes' | 'name' | 'weights' | 'inputs' | 'outputs'>,
  limits: GraphLimits,
  inputs: Readonly<Record<string, Shape>>,
): ReadonlyMap<string, Shape> {
  graph.texts('name');
  const nodes = graph.bytes('nodes');
  if (nodes.length > limits.nodes) {
    throw new Refusal(`the graph has ${nodes.length} nodes, and at most ${limits.nodes} are run`);
  }
  const values = new Values(limits);
  for (const name of namesOf(graph.bytes('inputs'))) {
    const shape = inputs[name];
    if (shape === undefined) throw new Refusal(`the graph has an input ${name}, which nobody feeds`);
    values.add(name, shape);
  }
  for (const weights of graph.bytes('weights')) values.addWeights(weights);
  for (const node of nodes) values.addNode(node);
  return new Map(namesOf(graph.bytes('outputs')).map((name) => [name, values.shapeOf(name)]));
}

function namesOf(values: readonly Uint8Array[]): string[] {
  return values.flatMap((value) => readMessage(VALUE, value, 'an input or output').texts('name'));
}

function inspectImport(bytes: Uint8Array): void {
  const imported = readMessage(OPERATORS_IMPORT, bytes, 'the file');
  checkDomain(imported, 'the file asks for operators');
  if (imported.integers('version')[0] !== BigInt(OPERATOR_SET)) {
    throw new Refusal(`the file asks for another version of the operators than ${OPERATOR_SET}`);
  }
}
