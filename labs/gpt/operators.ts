import { Refusal } from './refusal.ts';
import { broadcastShape, resolveAxes, resolveAxis, type Shape, sizeOf } from './tensor/shapes.ts';

/** One node as far as the shapes of its outputs depend on it. */
export interface NodeFacts {
  /** Of its inputs. */
  readonly shapes: readonly Shape[];
  /** The numbers of an input that is a constant. @throws Refusal where it is computed */
  constant(index: number): readonly number[];
  integer(attribute: string): number | undefined;
  integers(attribute: string): readonly number[] | undefined;
}

interface Operator {
  /** Those that `exportOnnx` writes: all others have their default. */
  readonly attributes: readonly string[];
  /** Those of its outputs. @throws Error where the inputs do not fit */
  readonly shapes: (node: NodeFacts) => readonly Shape[];
}

type Rule = Operator['shapes'];

const asFirst: Rule = ({ shapes }) => [shapeAt(shapes, 0)];
const broadcast: Rule = ({ shapes }) => [
  shapes.reduce((joined, shape) => broadcastShape('inputs', joined, shape)),
];

/**
 * The operators of the graphs that `tensor/` exports: each a function of its inputs alone. The shapes that they give are known before
 * anything runs, so that a small file cannot ask for more memory than there is.
 */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ...named('Cos Erf Exp Identity Log Neg Reciprocal Relu Sigmoid Sin Sqrt Tanh', asFirst),
  ...named('Cast', asFirst, 'to'),
  ...named('LogSoftmax Softmax', asFirst, 'axis'),
  ...named('ScatterElements', asFirst, 'axis', 'reduction'),
  ...named('ScatterND', asFirst, 'reduction'),
  ...named('Add Div GreaterOrEqual Max Min Mul Pow Sub', broadcast),
  ...named('MatMul', ({ shapes }) => [product(shapeAt(shapes, 0), shapeAt(shapes, 1))]),
  ...named('Reshape', reshaped),
  ...named('Expand', (node) => [broadcastShape('Expand', shapeAt(node.shapes, 0), node.constant(1))]),
  ...named('OneHot', (node) => [[...shapeAt(node.shapes, 0), single(node.constant(1))]]),
  ...named('GatherElements', ({ shapes }) => [shapeAt(shapes, 1)], 'axis'),
  ...named('Gather', ({ shapes }) => [[...shapeAt(shapes, 1), ...shapeAt(shapes, 0).slice(1)]]),
  ...named('Transpose', transposed, 'perm'),
  ...named('ReduceSum', reduced, 'keepdims'),
  ...named('Concat', joined, 'axis'),
  ...named('Split', parted, 'axis'),
  ...named('Slice', sliced),
  ...named('Pad', padded),
]);

function named(names: string, shapes: Rule, ...attributes: string[]): [string, Operator][] {
  return names.split(' ').map((name) => [name, { attributes, shapes }]);
}

function shapeAt(shapes: readonly Shape[], index: number): Shape {
  const shape = shapes[index];
  if (shape === undefined) throw new Refusal(`an operator has ${shapes.length} inputs, and needs more`);
  return shape;
}

function product(left: Shape, right: Shape): Shape {
  if (left.length < 2 || right.length < 2)
    throw new Refusal('a matrix product has an operand that is no matrix');
  const batch = broadcastShape('MatMul', left.slice(0, -2), right.slice(0, -2));
  return [...batch, left.at(-2)!, right.at(-1)!];
}

function reshaped(node: NodeFacts): Shape[] {
  const shape = node.constant(1);
  // Neither 0 nor -1, which stand for sizes that are found out.
  if (sizeOf(shape) !== sizeOf(shapeAt(node.shapes, 0))) throw new Refusal('a reshaping changes the size');
  return [shape];
}

function transposed({ shapes, integers }: NodeFacts): Shape[] {
  const shape = shapeAt(shapes, 0);
  const axes = resolveAxes('Transpose', shape, integers('perm') ?? []);
  if (axes.length !== shape.length) throw new Refusal('a transposition leaves out an axis');
  return [integers('perm')!.map((axis) => shape.at(axis)!)];
}

function reduced(node: NodeFacts): Shape[] {
  const shape = shapeAt(node.shapes, 0);
  const axes = resolveAxes('ReduceSum', shape, node.constant(1));
  if (axes.length === 0) throw new Refusal('a sum is over no axis');
  return [
    node.integer('keepdims') === 0
      ? shape.filter((_, axis) => !axes.includes(axis))
      : shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
  ];
}

function joined({ shapes, integer }: NodeFacts): Shape[] {
  const first = shapeAt(shapes, 0);
  const axis = resolveAxis('Concat', first, integer('axis') ?? Number.NaN);
  return [
    first.with(
      axis,
      shapes.reduce((length, shape) => length + shape[axis]!, 0),
    ),
  ];
}

function parted(node: NodeFacts): Shape[] {
  const shape = shapeAt(node.shapes, 0);
  const axis = resolveAxis('Split', shape, node.integer('axis') ?? 0);
  return node.constant(1).map((size) => shape.with(axis, size));
}

function sliced(node: NodeFacts): Shape[] {
  const shape = shapeAt(node.shapes, 0);
  const [start, end, axis] = [1, 2, 3].map((index) => single(node.constant(index))) as [
    number,
    number,
    number,
  ];
  const along = resolveAxis('Slice', shape, axis);
  if (node.shapes.length !== 4 || start < 0 || end > shape[along]!) {
    throw new Refusal('a slice takes steps, or counts from the end');
  }
  return [shape.with(along, end - start)];
}

function single(numbers: readonly number[]): number {
  if (numbers.length !== 1)
    throw new Refusal('an operator has several numbers where an exported one has one');
  return numbers[0]!;
}

function padded(node: NodeFacts): Shape[] {
  const shape = shapeAt(node.shapes, 0);
  const pads = node.constant(1);
  if (node.shapes.length !== 2 || pads.length !== 2 * shape.length)
    throw new Refusal('a padding is of some axes only');
  return [shape.map((size, axis) => size + pads[axis]! + pads[axis + shape.length]!)];
}
