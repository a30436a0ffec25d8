import { Refusal } from './refusal.ts';

/**
 * Reads the wire format of protobuf (https://protobuf.dev/programming-guides/encoding) more strictly than others do: whatever two
 * readers might understand differently is refused, so that what was inspected is what the runtime loads.
 */

/** One field of a message, under its number in the message's definition. Integers are the 64 bits as they stand, unsigned. */
export type Field =
  | { readonly kind: 'integer'; readonly number: number; readonly value: bigint }
  | { readonly kind: 'bytes'; readonly number: number; readonly bytes: Uint8Array };

/** The ten groups of seven bits that 64 bits take. */
const LONGEST_INTEGER = 10;

/**
 * The fields of a message, in their order. Of the wire types those two that `exportOnnx` writes.
 * @throws Refusal where its bytes are no message, or a number in it is not in its shortest form
 */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  let offset = 0;

  const integer = (): bigint => {
    let value = 0n;
    for (let group = 0; group < LONGEST_INTEGER; group++) {
      const byte = message[offset++];
      if (byte === undefined) throw cutOff();
      value |= BigInt(byte & 127) << BigInt(7 * group);
      if (byte >= 128) continue;
      if ((byte === 0 && group > 0) || value >= 1n << 64n) break;
      return value;
    }
    throw new Refusal('it is no ONNX: a number in it is longer than it needs to be');
  };
  const bytes = (length: bigint): Uint8Array => {
    if (length > BigInt(message.length - offset)) throw cutOff();
    offset += Number(length);
    return message.subarray(offset - Number(length), offset);
  };

  while (offset < message.length) {
    const tag = integer();
    const number = Number(tag >> 3n);
    switch (tag & 7n) {
      case 0n:
        yield { kind: 'integer', number, value: integer() };
        break;
      case 2n:
        yield { kind: 'bytes', number, bytes: bytes(integer()) };
        break;
      default:
        throw new Refusal(`it is no ONNX: it holds a value of wire type ${tag & 7n}`);
    }
  }
}

function cutOff(): Refusal {
  return new Refusal('it is no ONNX: it ends in the middle of a value');
}
