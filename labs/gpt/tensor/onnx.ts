/**
 * Writes ONNX models: the few protobuf messages of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto that a
 * static float graph needs. Field numbers below are those of that file.
 */

export type Attribute =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'integers'; readonly value: readonly number[] }
  | { readonly kind: 'text'; readonly value: string };

/** `standard` is the ONNX operator set; `runtime` are the extra operators that ONNX Runtime ships (com.microsoft). */
export type Domain = 'standard' | 'runtime';

export type TensorData = Float32Array | Int32Array | BigInt64Array;

export interface OnnxNode {
  readonly operator: string;
  readonly domain: Domain;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface OnnxValue {
  readonly name: string;
  readonly type: 'float32' | 'int32';
  readonly shape: readonly number[];
}

export interface OnnxWeights {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly weights: readonly OnnxWeights[];
}

/** The version of the format, and of the standard operators, that is written. */
export const INTERMEDIATE_REPRESENTATION = 8;
export const OPERATOR_SET = 17;
const RUNTIME_DOMAIN = 'com.microsoft';
/** ONNX's numbers for types: of tensors, and of attributes. */
export const ELEMENT_TYPE = { float32: 1, int32: 6, int64: 7 } as const;
export const ATTRIBUTE_TYPE = { float: 1, integer: 2, text: 3, integers: 7 } as const;

const encoder = new TextEncoder();

/** Serialises a model; the bytes are what `InferenceSession.create` takes. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const graph = join(
    model.nodes.map((node) => bytesField(1, encodeNode(node))),
    textField(2, 'graph'),
    model.weights.map((weights) => bytesField(5, encodeWeights(weights))),
    model.inputs.map((value) => bytesField(11, encodeValue(value))),
    model.outputs.map((value) => bytesField(12, encodeValue(value))),
  );
  const usesRuntime = model.nodes.some((node) => node.domain === 'runtime');
  return join(
    integerField(1, INTERMEDIATE_REPRESENTATION),
    bytesField(7, graph),
    bytesField(8, join(textField(1, ''), integerField(2, OPERATOR_SET))),
    usesRuntime ? bytesField(8, join(textField(1, RUNTIME_DOMAIN), integerField(2, 1))) : [],
  );
}

function encodeNode(node: OnnxNode): Uint8Array {
  return join(
    node.inputs.map((name) => textField(1, name)),
    node.outputs.map((name) => textField(2, name)),
    textField(3, `${node.operator}/${node.outputs[0]}`),
    textField(4, node.operator),
    Object.entries(node.attributes).map(([name, value]) => bytesField(5, encodeAttribute(name, value))),
    node.domain === 'runtime' ? textField(7, RUNTIME_DOMAIN) : [],
  );
}

function encodeAttribute(name: string, attribute: Attribute): Uint8Array {
  return join(
    textField(1, name),
    encodeAttributeValue(attribute),
    integerField(20, ATTRIBUTE_TYPE[attribute.kind]),
  );
}

function encodeAttributeValue(attribute: Attribute): Uint8Array | Uint8Array[] {
  switch (attribute.kind) {
    case 'float':
      return join(tag(2, 5), new Uint8Array(new Float32Array([attribute.value]).buffer));
    case 'integer':
      return integerField(3, attribute.value);
    case 'text':
      return textField(4, attribute.value);
    case 'integers':
      return attribute.value.map((value) => integerField(8, value));
    default:
      return attribute satisfies never;
  }
}

function encodeWeights({ name, shape, data }: OnnxWeights): Uint8Array {
  return join(
    shape.map((size) => integerField(1, size)),
    integerField(2, elementType(data)),
    textField(8, name),
    bytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );
}

function elementType(data: TensorData): number {
  if (data instanceof Float32Array) return ELEMENT_TYPE.float32;
  return data instanceof Int32Array ? ELEMENT_TYPE.int32 : ELEMENT_TYPE.int64;
}

function encodeValue({ name, type, shape }: OnnxValue): Uint8Array {
  const dimensions = join(shape.map((size) => bytesField(1, integerField(1, size))));
  const tensorType = join(integerField(1, ELEMENT_TYPE[type]), bytesField(2, dimensions));
  return join(textField(1, name), bytesField(2, bytesField(1, tensorType)));
}

function textField(field: number, text: string): Uint8Array {
  return bytesField(field, encoder.encode(text));
}

function bytesField(field: number, bytes: Uint8Array): Uint8Array {
  return join(tag(field, 2), variableInteger(bytes.length), bytes);
}

function integerField(field: number, value: number): Uint8Array {
  return join(tag(field, 0), variableInteger(value));
}

function tag(field: number, wireType: number): Uint8Array {
  return variableInteger(field * 8 + wireType);
}

/** Base-128 integer, least significant group first; negative numbers take the ten bytes of their 64-bit complement. */
function variableInteger(value: number): Uint8Array {
  const groups: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const group = Number(rest & 127n);
    rest >>= 7n;
    groups.push(rest > 0n ? group | 128 : group);
  } while (rest > 0n);
  return Uint8Array.from(groups);
}

function join(...parts: readonly (Uint8Array | readonly Uint8Array[])[]): Uint8Array {
  const chunks = parts.flat();
  const joined = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.length;
  }
  return joined;
}
