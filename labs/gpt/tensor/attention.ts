/** Scaled dot-product attention in which no position sees a later one. */

import { add, multiply, subtract } from './elementwise.ts';
import { activeTrace, constant, type Tensor, withGradient } from './graph.ts';
import { matmul } from './matmul.ts';
import { softmax, sum } from './reduction.ts';
import { concatenate, slice, split } from './shape.ts';
import { sameShape, shapeError } from './shapes.ts';

/** Queries are taken in blocks of this many, so that no score is computed that the mask would hide as a whole block. */
const BLOCK = 64;

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
  activeTrace('causalAttention', [queries, keys, values]);
  const shapes = [queries.shape, keys.shape, values.shape];
  if (queries.shape.length < 2) throw shapeError('causalAttention', shapes, 'two axes or more are needed');
  if (
    !sameShape(queries.shape, keys.shape) ||
    !sameShape(queries.shape.slice(0, -1), values.shape.slice(0, -1))
  ) {
    throw shapeError('causalAttention', shapes, 'all sizes but the width of the values must agree');
  }
  const scale = options.scale ?? 1 / Math.sqrt(queries.shape.at(-1)!);
  const context = queries.shape.at(-2)!;
  const rows = context > BLOCK && context % BLOCK === 0 ? BLOCK : context;
  const blocks = split(queries, context / rows, -2).map((block, index) => {
    const seen = (index + 1) * rows;
    return attend(block, slice(keys, -2, 0, seen), slice(values, -2, 0, seen), scale);
  });
  return concatenate(blocks, -2);
}

/** Queries of one block against all keys up to its end; the gradient as in Dao and others 2022, appendix B.4. */
function attend(queries: Tensor, keys: Tensor, values: Tensor, scale: number): Tensor {
  const scores = matmul(queries, keys, { transposeB: true, scale });
  const weights = softmax(add(scores, causalMask(queries.shape.at(-2)!, keys.shape.at(-2)!)));
  const output = matmul(weights, values);
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

/** 0 where a position may look, a number that softmax turns into 0 where it may not; rows are the last of `columns`. */
function causalMask(rows: number, columns: number): Tensor {
  const data = Float32Array.from({ length: rows * columns }, (_, index) => {
    return index % columns > columns - rows + Math.floor(index / columns) ? -1e9 : 0;
  });
  return constant('causal mask', [rows, columns], data);
}
