/** Operations that move numbers without changing them. */

import { activeTrace, embed, emit, emitAll, integers, type Tensor } from './graph.ts';
import { sumTo } from './reduction.ts';
import {
  broadcastShape,
  checkShape,
  describe,
  resolveAxis,
  type Shape,
  sameShape,
  shapeError,
  sizeOf,
} from './shapes.ts';

/** The same numbers in the same order under another shape of equal size. */
export function reshape(tensor: Tensor, shape: Shape): Tensor {
  activeTrace('reshape', [tensor]);
  checkShape('reshape', shape);
  if (sizeOf(shape) !== sizeOf(tensor.shape)) {
    throw shapeError(
      'reshape',
      [tensor.shape, shape],
      `sizes ${sizeOf(tensor.shape)} and ${sizeOf(shape)} differ`,
    );
  }
  if (sameShape(tensor.shape, shape)) return tensor;
  return emit({
    operator: 'Reshape',
    inputs: [tensor, integers(shape)],
    shape,
    type: tensor.type,
    backward: [(gradient) => reshape(gradient!, tensor.shape), null],
  });
}

/** Reorders the axes: axis `i` of the result is axis `permutation[i]` of the operand. */
export function transpose(tensor: Tensor, permutation: readonly number[]): Tensor {
  activeTrace('transpose', [tensor]);
  const order = [...permutation].sort((left, right) => left - right);
  if (order.length !== tensor.shape.length || order.some((axis, index) => axis !== index)) {
    throw shapeError('transpose', [tensor.shape], `${describe(permutation)} is not an order of its axes`);
  }
  if (permutation.every((axis, index) => axis === index)) return tensor;
  const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
  return emit({
    operator: 'Transpose',
    inputs: [tensor],
    shape: permutation.map((axis) => tensor.shape[axis]!),
    type: tensor.type,
    attributes: { perm: { kind: 'integers', value: permutation } },
    backward: [(gradient) => transpose(gradient!, inverse)],
  });
}

/** Repeats the operand along its axes of size 1, and along new leading axes. */
export function expand(tensor: Tensor, shape: Shape): Tensor {
  activeTrace('expand', [tensor]);
  checkShape('expand', shape);
  if (!sameShape(broadcastShape('expand', tensor.shape, shape), shape)) {
    throw shapeError('expand', [tensor.shape, shape], 'the first does not stretch to the second');
  }
  if (sameShape(tensor.shape, shape)) return tensor;
  return emit({
    operator: 'Expand',
    inputs: [tensor, integers(shape)],
    shape,
    type: tensor.type,
    backward: [(gradient) => sumTo(gradient!, tensor.shape), null],
  });
}

/** Cuts an axis into `parts` equal pieces, or into pieces of the given sizes. */
export function split(tensor: Tensor, parts: number | readonly number[], axis: number): Tensor[] {
  activeTrace('split', [tensor]);
  const along = resolveAxis('split', tensor.shape, axis);
  const length = tensor.shape[along]!;
  const sizes = typeof parts === 'number' ? Array.from({ length: parts }, () => length / parts) : [...parts];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (sizes.length === 0 || total !== length || !sizes.every((size) => Number.isInteger(size) && size > 0)) {
    throw shapeError(
      'split',
      [tensor.shape],
      `axis ${axis} of size ${length} does not divide into ${String(parts)}`,
    );
  }
  if (sizes.length === 1) return [tensor];
  const shapes = sizes.map((size) => tensor.shape.with(along, size));
  const outputs = emitAll({
    operator: 'Split',
    inputs: [tensor, integers(sizes)],
    shapes,
    type: tensor.type,
    attributes: { axis: { kind: 'integer', value: along } },
    backward: [
      (...gradients) =>
        concatenate(
          shapes.map((shape, part) => gradients[part] ?? zeros(shape)),
          along,
        ),
      null,
    ],
  });
  return [...outputs];
}

/** Joins tensors end to end along one axis; all their other sizes must agree. */
export function concatenate(tensors: readonly Tensor[], axis: number): Tensor {
  activeTrace('concatenate', tensors);
  const [first] = tensors;
  if (first === undefined) throw new Error('concatenate: there is nothing to join');
  const shapes = tensors.map((tensor) => tensor.shape);
  const along = resolveAxis('concatenate', first.shape, axis);
  for (const tensor of tensors) {
    const agrees = tensor.shape.length === first.shape.length && tensor.type === first.type;
    if (!agrees || !tensor.shape.every((size, at) => at === along || size === first.shape[at])) {
      throw shapeError(
        'concatenate',
        shapes,
        `ranks, types and all sizes but those of axis ${axis} must agree`,
      );
    }
  }
  if (tensors.length === 1) return first;
  const sizes = shapes.map((shape) => shape[along]!);
  const length = sizes.reduce((sum, size) => sum + size, 0);
  return emit({
    operator: 'Concat',
    inputs: tensors,
    shape: first.shape.with(along, length),
    type: first.type,
    attributes: { axis: { kind: 'integer', value: along } },
    backward: tensors.map((_, part) => (gradient) => split(gradient!, sizes, along)[part]!),
  });
}

/** The elements from `start` up to, without, `end` along one axis; both count from 0. */
export function slice(tensor: Tensor, axis: number, start: number, end: number): Tensor {
  activeTrace('slice', [tensor]);
  const along = resolveAxis('slice', tensor.shape, axis);
  const length = tensor.shape[along]!;
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end > length || start >= end) {
    throw shapeError(
      'slice',
      [tensor.shape],
      `${start} to ${end} is no range of axis ${axis}, of size ${length}`,
    );
  }
  if (start === 0 && end === length) return tensor;
  return emit({
    operator: 'Slice',
    inputs: [tensor, integers([start]), integers([end]), integers([along])],
    shape: tensor.shape.with(along, end - start),
    type: tensor.type,
    backward: [(gradient) => pad(gradient!, along, start, length - end), null, null, null],
  });
}

/** Adds zeros before and after along one axis: what `slice` undoes. */
export function pad(tensor: Tensor, axis: number, before: number, after: number): Tensor {
  activeTrace('pad', [tensor]);
  const along = resolveAxis('pad', tensor.shape, axis);
  const length = tensor.shape[along]!;
  const edge = (size: number): number[] => tensor.shape.map((_, at) => (at === along ? size : 0));
  return emit({
    operator: 'Pad',
    inputs: [tensor, integers([...edge(before), ...edge(after)])],
    shape: tensor.shape.with(along, before + length + after),
    backward: [(gradient) => slice(gradient!, along, before, before + length), null],
  });
}

/** Zeros that take no space in the program until it runs. */
export function zeros(shape: Shape): Tensor {
  return expand(embed('zero', [], new Float32Array(1)), shape);
}
