import { ATTRIBUTE, checkDomain, type Message, NODE, readMessage, WEIGHTS } from './onnx-file.ts';
import { type NodeFacts, OPERATORS } from './operators.ts';
import { Refusal } from './refusal.ts';
import { ATTRIBUTE_TYPE, ELEMENT_TYPE } from './tensor/onnx.ts';
import { describe, type Shape, sizeOf } from './tensor/shapes.ts';

/** Axes of weights, and of what operators take as a shape or as axes: those of `tensor/` have five at most, twice that in a padding. */
const MOST_AXES = 16;

/** Bytes of one number, by ONNX's number for its type. */
const ELEMENT_BYTES: ReadonlyMap<bigint | undefined, bigint> = new Map([
  [BigInt(ELEMENT_TYPE.float32), 4n],
  [BigInt(ELEMENT_TYPE.int32), 4n],
  [BigInt(ELEMENT_TYPE.int64), 8n],
]);

/** All values of a graph by their names, each before it is used: their shapes, and the numbers that operators take as constants. */
export class Values {
  readonly #numbers: number;
  readonly #allNumbers: number;
  readonly #shapes = new Map<string, Shape>();
  readonly #constants = new Map<string, readonly number[]>();
  #sum = 0;

  constructor({ numbers, allNumbers }: { readonly numbers: number; readonly allNumbers: number }) {
    this.#numbers = numbers;
    this.#allNumbers = allNumbers;
  }

  /** @throws Refusal where there is no value of that name, or none yet */
  shapeOf(name: string): Shape {
    const shape = this.#shapes.get(name);
    if (shape === undefined) throw new Refusal(`the graph uses ${name} before it is made`);
    return shape;
  }

  /** @throws Refusal where the name is taken, or the value is too large or none */
  add(name: string, shape: Shape): void {
    if (this.#shapes.has(name)) throw new Refusal(`the graph makes ${name} twice`);
    if (!shape.every((size) => Number.isSafeInteger(size) && size >= 1)) {
      throw new Refusal(`the graph makes ${name} of the shape ${describe(shape)}`);
    }
    const size = sizeOf(shape);
    this.#sum += size;
    if (size > this.#numbers) {
      throw new Refusal(`the graph makes ${name} of ${size} numbers, and at most ${this.#numbers} are made`);
    }
    if (this.#sum > this.#allNumbers) {
      throw new Refusal(`the graph makes more than ${this.#allNumbers} numbers in all`);
    }
    this.#shapes.set(name, shape);
  }

  /** Takes in one block of weights. @throws Refusal where its numbers do not lie in it, as many as it says */
  addWeights(bytes: Uint8Array): void {
    const weights = readMessage(WEIGHTS, bytes, 'a block of weights');
    const [name = ''] = weights.texts('name');
    const [type] = weights.integers('type');
    const each = ELEMENT_BYTES.get(type);
    if (each === undefined) throw new Refusal(`the weights ${name} are neither float32 nor int32 nor int64`);
    const sizes = weights.integers('sizes');
    if (sizes.length > MOST_AXES) throw new Refusal(`the weights ${name} have ${sizes.length} axes`);
    const [data = new Uint8Array()] = weights.bytes('data');
    const needed = sizes.reduce((product, size) => product * size, each);
    if (BigInt(data.length) !== needed) {
      throw new Refusal(`the weights ${name} need ${needed} bytes in the file, and have ${data.length}`);
    }
    this.add(name, sizes.map(Number));
    if (type !== BigInt(ELEMENT_TYPE.float32) && needed <= BigInt(MOST_AXES) * each) {
      this.#constants.set(name, wholeNumbers(data, Number(each)));
    }
  }

  /** Takes in what one node makes. @throws Refusal where it is not to be run, or its inputs do not fit */
  addNode(bytes: Uint8Array): void {
    const node = readMessage(NODE, bytes, 'a node of the graph');
    const [name = ''] = node.texts('operator');
    checkDomain(node, `the operator ${name} is one`);
    const operator = OPERATORS.get(name);
    if (operator === undefined) throw new Refusal(`the operator ${name} is none that may be run`);
    node.texts('name');
    const outputs = node.texts('outputs');
    const facts = this.#factsOf(name, node, operator.attributes);
    const shapes = orUnfit(name, () => operator.shapes(facts));
    if (outputs.length !== shapes.length)
      throw new Refusal(`the operator ${name} has ${outputs.length} outputs`);
    for (const [index, output] of outputs.entries()) this.add(output, shapes[index]!);
  }

  #factsOf(operator: string, node: Message<'inputs' | 'attributes'>, known: readonly string[]): NodeFacts {
    const inputs = node.texts('inputs');
    const attributes = new Map<string, readonly number[]>();
    for (const bytes of node.bytes('attributes')) {
      const { name, numbers } = readAttribute(operator, bytes);
      if (!known.includes(name) || attributes.has(name)) {
        throw new Refusal(`an attribute ${name} is not what an exported ${operator} has, or stands twice`);
      }
      attributes.set(name, numbers);
    }
    return {
      shapes: inputs.map((name) => this.shapeOf(name)),
      constant: (index) => {
        const constant = this.#constants.get(inputs[index] ?? '');
        if (constant !== undefined) return constant;
        throw new Refusal(`what the operator ${operator} makes has a shape that is computed, or is too long`);
      },
      integer: (name) => attributes.get(name)?.[0],
      integers: (name) => attributes.get(name),
    };
  }
}

/** By ONNX's number for the type of an attribute, the field that it lies in. */
const ATTRIBUTE_FIELDS: ReadonlyMap<bigint | undefined, 'integer' | 'text' | 'integers'> = new Map([
  [BigInt(ATTRIBUTE_TYPE.integer), 'integer'],
  [BigInt(ATTRIBUTE_TYPE.text), 'text'],
  [BigInt(ATTRIBUTE_TYPE.integers), 'integers'],
]);

/** Its numbers; none where it is a text. A value beside the type that is told would be another to another reader. */
function readAttribute(operator: string, bytes: Uint8Array): { name: string; numbers: readonly number[] } {
  const attribute = readMessage(ATTRIBUTE, bytes, `an attribute of the operator ${operator}`);
  const [name = ''] = attribute.texts('name');
  const told = ATTRIBUTE_FIELDS.get(attribute.integers('type')[0]);
  const present = {
    integer: attribute.integers('integer').length > 0,
    text: attribute.texts('text').length > 0,
    integers: attribute.integers('integers').length > 0,
  };
  const others = Object.entries(present).filter(([field, isPresent]) => isPresent !== (field === told));
  if (told === undefined || others.length > 0) {
    throw new Refusal(`the attribute ${name} of the operator ${operator} is of two types, or of none`);
  }
  const numbers = told === 'text' ? [] : attribute.integers(told);
  return { name, numbers: numbers.map((number) => Number(BigInt.asIntN(64, number))) };
}

/** Little-endian, as ONNX has them. @param each bytes of one: 4 or 8 */
function wholeNumbers(data: Uint8Array, each: number): number[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: data.length / each }, (_, index) =>
    each === 4 ? view.getInt32(4 * index, true) : Number(view.getBigInt64(8 * index, true)),
  );
}

/** What the shapes of `tensor/` have against inputs is the graph's doing. */
function orUnfit<Result>(operator: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw new Refusal(`the inputs of the operator ${operator} do not fit: ${(cause as Error).message}`, {
      cause,
    });
  }
}
