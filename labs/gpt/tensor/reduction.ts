/** Operations that fold axes away, and softmax, which folds to normalise. */

import { multiply, subtract } from './elementwise.ts';
import { activeFloatTrace, emit, integers, type Tensor } from './graph.ts';
import { expand, reshape } from './shape.ts';
import { resolveAxes, type Shape, sameShape, sizeOf } from './shapes.ts';

/** Sums over `axes`, which may count from the end; they leave the shape, or stay as 1 with `keepDimensions`. */
export function sum(tensor: Tensor, axes: readonly number[], keepDimensions = false): Tensor {
  activeFloatTrace('sum', [tensor]);
  const folded = resolveAxes('sum', tensor.shape, axes);
  const kept = tensor.shape.map((size, axis) => (folded.includes(axis) ? 1 : size));
  const shape = keepDimensions ? kept : tensor.shape.filter((_, axis) => !folded.includes(axis));
  if (sameShape(kept, tensor.shape)) return reshape(tensor, shape);
  return emit({
    operator: 'ReduceSum',
    inputs: [tensor, integers(folded)],
    shape,
    attributes: { keepdims: { kind: 'integer', value: keepDimensions ? 1 : 0 } },
    backward: [(gradient) => expand(reshape(gradient!, kept), tensor.shape), null],
  });
}

/** Arithmetic mean over `axes`, with the same rules as `sum`. */
export function mean(tensor: Tensor, axes: readonly number[], keepDimensions = false): Tensor {
  const folded = sum(tensor, axes, keepDimensions);
  return multiply(folded, sizeOf(folded.shape) / sizeOf(tensor.shape));
}

/** exp(x) over its sum along the last axis, computed without overflow. */
export function softmax(tensor: Tensor): Tensor {
  activeFloatTrace('softmax', [tensor]);
  const output: Tensor = emit({
    operator: 'Softmax',
    inputs: [tensor],
    shape: tensor.shape,
    attributes: { axis: { kind: 'integer', value: -1 } },
    backward: [
      (gradient) => {
        const weighted = multiply(gradient!, output);
        return subtract(weighted, multiply(output, sum(weighted, [-1], true)));
      },
    ],
  });
  return output;
}

/** The logarithm of `softmax`, computed without underflow. */
export function logSoftmax(tensor: Tensor): Tensor {
  activeFloatTrace('logSoftmax', [tensor]);
  return emit({
    operator: 'LogSoftmax',
    inputs: [tensor],
    shape: tensor.shape,
    attributes: { axis: { kind: 'integer', value: -1 } },
    backward: [(gradient) => subtract(gradient!, multiply(softmax(tensor), sum(gradient!, [-1], true)))],
  });
}

/** Sums away what broadcasting stretched, so that a gradient fits the operand it belongs to. */
export function sumTo(tensor: Tensor, shape: Shape): Tensor {
  const added = tensor.shape.length - shape.length;
  const stretched = tensor.shape.flatMap((size, axis) => {
    return axis < added || (shape[axis - added] === 1 && size !== 1) ? [axis] : [];
  });
  const folded = stretched.length > 0 ? sum(tensor, stretched, true) : tensor;
  return reshape(folded, shape);
}
