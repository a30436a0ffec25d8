import { type Field, fieldsOf } from './protobuf.ts';
import { Refusal } from './refusal.ts';

/** One kind of message of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto: the part of it that `exportOnnx` writes. */
interface MessageShape<Name extends string> {
  readonly fields: Readonly<Record<number, FieldShape<Name>>>;
  /** What may stand in fields that are never written, for the reason of a refusal. */
  readonly others?: Readonly<Record<number, string>>;
}

type FieldShape<Name extends string> = readonly [name: Name, kind: Field['kind'], times: 'once' | 'repeated'];

/** Fields of one message: the graph's own are its nodes and weights, of which the baseline has 200 together. */
const MOST_FIELDS = 50_000;

function shapeOf<Name extends string>(shape: MessageShape<Name>): MessageShape<Name> {
  return shape;
}

export const MODEL = shapeOf({
  fields: {
    1: ['format', 'integer', 'once'],
    7: ['graph', 'bytes', 'once'],
    8: ['operators', 'bytes', 'repeated'],
  },
  others: { 20: 'training', 25: 'functions of its own' },
});

export const OPERATORS_IMPORT = shapeOf({
  fields: { 1: ['domain', 'bytes', 'once'], 2: ['version', 'integer', 'once'] },
});

export const GRAPH = shapeOf({
  fields: {
    1: ['nodes', 'bytes', 'repeated'],
    2: ['name', 'bytes', 'once'],
    5: ['weights', 'bytes', 'repeated'],
    11: ['inputs', 'bytes', 'repeated'],
    12: ['outputs', 'bytes', 'repeated'],
  },
  others: { 15: 'sparse weights' },
});

/** An input or output. Its type is left to the runtime, which checks it: nothing but a type and a shape fits in. */
export const VALUE = shapeOf({
  fields: { 1: ['name', 'bytes', 'once'], 2: ['type', 'bytes', 'once'] },
});

export const NODE = shapeOf({
  fields: {
    1: ['inputs', 'bytes', 'repeated'],
    2: ['outputs', 'bytes', 'repeated'],
    3: ['name', 'bytes', 'once'],
    4: ['operator', 'bytes', 'once'],
    5: ['attributes', 'bytes', 'repeated'],
    7: ['domain', 'bytes', 'once'],
  },
});

export const ATTRIBUTE = shapeOf({
  fields: {
    1: ['name', 'bytes', 'once'],
    3: ['integer', 'integer', 'once'],
    4: ['text', 'bytes', 'once'],
    8: ['integers', 'integer', 'repeated'],
    20: ['type', 'integer', 'once'],
  },
  others: {
    5: 'a tensor',
    6: 'a graph',
    10: 'tensors',
    11: 'graphs',
    22: 'a sparse tensor',
    23: 'sparse tensors',
  },
});

export const WEIGHTS = shapeOf({
  fields: {
    1: ['sizes', 'integer', 'repeated'],
    2: ['type', 'integer', 'once'],
    8: ['name', 'bytes', 'once'],
    9: ['data', 'bytes', 'once'],
  },
  others: { 13: 'the name of another file', 14: 'data that lies elsewhere' },
});

/** The fields of one message by their names, each in the order of the file. */
export interface Message<Name extends string> {
  integers(name: Name): readonly bigint[];
  bytes(name: Name): readonly Uint8Array[];
  /** @throws Refusal where a text is none that can be printed: it stands in reasons, and in the runtime's own messages */
  texts(name: Name): readonly string[];
}

/**
 * Reads one message, nothing skipped.
 * @param place what it belongs to, for the reason: 'the graph'
 * @throws Refusal where a field is unknown, of another kind, or stands twice where it may stand once, or there are too many
 */
export function readMessage<Name extends string>(
  shape: MessageShape<Name>,
  message: Uint8Array,
  place: string,
): Message<Name> {
  const integers = new Map<Name, bigint[]>();
  const bytes = new Map<Name, Uint8Array[]>();
  const seen = new Set<number>();
  let count = 0;
  for (const field of fieldsOf(message)) {
    const { number } = field;
    if (++count > MOST_FIELDS) throw new Refusal(`${place} has more than ${MOST_FIELDS} parts`);
    const other = shape.others?.[number];
    if (other !== undefined) throw new Refusal(`${place} holds ${other}`);
    const known = shape.fields[number];
    if (known === undefined)
      throw new Refusal(`${place} holds what no exported graph holds, in field ${number}`);
    const [name, kind, times] = known;
    if (field.kind !== kind) throw new Refusal(`${place} has ${name} of another kind than an exported graph`);
    if (times === 'once' && seen.has(number)) throw new Refusal(`${place} tells its ${name} twice`);
    seen.add(number);
    if (field.kind === 'integer') listed(integers, name).push(field.value);
    if (field.kind === 'bytes') listed(bytes, name).push(field.bytes);
  }
  return {
    integers: (name) => integers.get(name) ?? [],
    bytes: (name) => bytes.get(name) ?? [],
    texts: (name) => (bytes.get(name) ?? []).map((text) => decode(text, `${place} has a text, its ${name},`)),
  };
}

/** No domain, or the empty one, is that of the standard. @throws Refusal for any other */
export function checkDomain(message: Message<'domain'>, what: string): void {
  const domain = message.texts('domain').join();
  if (domain !== '') throw new Refusal(`${what} of ${domain}, and none beside the ONNX standard may be run`);
}

function listed<Key, Value>(lists: Map<Key, Value[]>, key: Key): Value[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** No control character, no mark that reorders text, and no longer than a path of names. */
const PRINTABLE = /^\P{C}{0,1000}$/u;

function decode(bytes: Uint8Array, what: string): string {
  try {
    const text = decoder.decode(bytes);
    if (PRINTABLE.test(text)) return text;
  } catch {
    // Refused below: bytes that are no UTF-8.
  }
  throw new Refusal(`${what} that cannot be printed`);
}
