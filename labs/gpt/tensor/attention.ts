/** Scaled dot-product attention in which no position sees a later one. */

import { add, multiply, subtract } from './elementwise.ts';
import { activeFloatTrace, constant, type Tensor, withGradient } from './graph.ts';
import { matmul } from './matmul.ts';
import { softmax, sum } from './reduction.ts';
import { sameShape, shapeError } from './shapes.ts';

export interface AttentionOptions {
  /** Factor on the scores before softmax; by default 1 / sqrt(width of a head). */
  readonly scale?: number;
}

/**
 * softmax(queries x keys^T * scale) x values, where position `i` attends to positions 0 to `i`.
 * All three have the shape [..., context, width].
 */
export function causalAttention(
  queries: Tensor,
  keys: Tensor,
  values: Tensor,
  options: AttentionOptions = {},
): Tensor {
  activeFloatTrace('causalAttention', [queries, keys, values]);
  const shapes = [queries.shape, keys.shape, values.shape];
  if (queries.shape.length < 2) throw shapeError('causalAttention', shapes, 'two axes or more are needed');
  if (
    !sameShape(queries.shape, keys.shape) ||
    !sameShape(queries.shape.slice(0, -1), values.shape.slice(0, -1))
  ) {
    throw shapeError('causalAttention', shapes, 'all sizes but the width of the values must agree');
  }
  const scale = options.scale ?? 1 / Math.sqrt(queries.shape.at(-1)!);
  const scores = matmul(queries, keys, { transposeB: true, scale });
  const weights = softmax(add(scores, causalMask(queries.shape.at(-2)!)));
  const output = matmul(weights, values);
  // The gradient of softmax needs the sum of weights times their slopes, which equals that of output times its slope:
  // a narrower pass (Dao and others 2022, appendix B.4).
  const scoreSlope = (gradient: Tensor): Tensor => {
    const weightSlope = matmul(gradient, values, { transposeB: true });
    return multiply(weights, subtract(weightSlope, sum(multiply(gradient, output), [-1], true)));
  };
  return withGradient(
    output,
    [queries, keys, values],
    [
      (gradient) => matmul(scoreSlope(gradient!), keys, { scale }),
      (gradient) => matmul(scoreSlope(gradient!), queries, { transposeA: true, scale }),
      (gradient) => matmul(weights, gradient!, { transposeA: true }),
    ],
  );
}

/** 0 where a position may look, a number that softmax turns into 0 where it may not. */
function causalMask(context: number): Tensor {
  const data = Float32Array.from({ length: context * context }, (_, index) => {
    return index % context > Math.floor(index / context) ? -1e9 : 0;
  });
  return constant('causal mask', [context, context], data);
}
