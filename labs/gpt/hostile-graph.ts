import { fieldsOf } from './protobuf.ts';
import { CONTEXT, EVALUATION_BATCH, LOGITS, TOKENS, VOCABULARY } from './shapes.ts';
import { encodeModel, type OnnxNode } from './tensor/onnx.ts';

// For tests: ONNX files that no lab writes, and that the runtime would take all the same.

type Content = number | bigint | string | Uint8Array;

/** One field of a protobuf message: an integer, or bytes with their length. */
export function field(number: number, content: Content): Buffer {
  if (typeof content === 'number' || typeof content === 'bigint') {
    return Buffer.concat([integer(number * 8), integer(content)]);
  }
  const bytes = Buffer.from(content as Uint8Array);
  return Buffer.concat([integer(number * 8 + 2), integer(bytes.length), bytes]);
}

function integer(value: number | bigint): Buffer {
  const groups: number[] = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); rest > 0n || groups.length === 0; rest >>= 7n) {
    groups.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
  }
  return Buffer.from(groups);
}

/** A step down into a message: the field, and which of those with its number. */
type Step = readonly [number: number, index: number];

export const GRAPH_FIELD: Step = [7, 0];
export const firstNode: readonly Step[] = [GRAPH_FIELD, [1, 0]];
export const firstWeights: readonly Step[] = [GRAPH_FIELD, [5, 0]];

/** A file with other fields in the message at the end of `path`: what `change` makes of that message's bytes. */
export function changed(
  file: Uint8Array,
  path: readonly Step[],
  change: (message: Uint8Array) => Uint8Array,
): Uint8Array {
  const [step, ...rest] = path;
  if (step === undefined) return change(file);
  const [number, index] = step;
  let seen = 0;
  const parts = [...fieldsOf(file)].map((part) => {
    if (part.kind === 'integer') return field(part.number, part.value);
    const isMeant = part.number === number && seen++ === index;
    return field(part.number, isMeant ? changed(part.bytes, rest, change) : part.bytes);
  });
  if (seen <= index) throw new Error(`there is no field ${number} with the index ${index}`);
  return Buffer.concat(parts);
}

/** A file with more fields at the end of one message. */
export function extended(file: Uint8Array, path: readonly Step[], ...fields: Uint8Array[]): Uint8Array {
  return changed(file, path, (message) => Buffer.concat([message, ...fields]));
}

/** A file without the fields of one number in one message. */
export function without(file: Uint8Array, path: readonly Step[], number: number): Uint8Array {
  return changed(file, path, (message) =>
    Buffer.concat(
      [...fieldsOf(message)]
        .filter((part) => part.number !== number)
        .map((part) => field(part.number, part.kind === 'integer' ? part.value : part.bytes)),
    ),
  );
}

const SHAPE = [EVALUATION_BATCH, CONTEXT, VOCABULARY];

export function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  rest: Partial<OnnxNode> = {},
): OnnxNode {
  return { operator, domain: 'standard', inputs, outputs, attributes: {}, ...rest };
}

/** A graph from bytes to logits that first makes `bytes`, one-hot, of its tokens; the weights begin with `depth`. */
export function graphOf(
  nodes: readonly OnnxNode[],
  wholeNumbers: Readonly<Record<string, readonly number[]>> = {},
): Uint8Array {
  return encodeModel({
    nodes: [node('OneHot', [TOKENS, 'depth', 'off and on'], ['bytes']), ...nodes],
    inputs: [{ name: TOKENS, type: 'int32', shape: [EVALUATION_BATCH, CONTEXT] }],
    outputs: [{ name: LOGITS, type: 'float32', shape: SHAPE }],
    weights: [
      { name: 'depth', shape: [], data: new Int32Array([VOCABULARY]) },
      { name: 'off and on', shape: [2], data: new Float32Array([0, 1]) },
      ...Object.entries(wholeNumbers).map(([name, numbers]) => {
        return { name, shape: [numbers.length], data: BigInt64Array.from(numbers, BigInt) };
      }),
    ],
  });
}
