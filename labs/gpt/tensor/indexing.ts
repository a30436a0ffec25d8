/** Operations that take whole numbers as positions. */

import { multiply, subtract } from './elementwise.ts';
import { activeTrace, constant, embed, emit, type Tensor, withGradient } from './graph.ts';
import { matmul } from './matmul.ts';
import { logSoftmax, mean, softmax } from './reduction.ts';
import { reshape } from './shape.ts';
import { shapeError, sizeOf } from './shapes.ts';

/** Rows of `table` [rows, width] at `indices` (int32, any shape, from 0 up): shape [...indices, width]. */
export function gather(table: Tensor, indices: Tensor): Tensor {
  activeTrace('gather', [table, indices]);
  const shapes = [table.shape, indices.shape];
  if (table.shape.length !== 2) throw shapeError('gather', shapes, 'the table needs two axes');
  if (indices.type !== 'int32')
    throw shapeError('gather', shapes, `indices must be int32, not ${indices.type}`);
  const [rows, width] = [table.shape[0]!, table.shape[1]!];
  return emit({
    operator: 'Gather',
    inputs: [table, indices],
    shape: [...indices.shape, width],
    backward: [
      (gradient) => {
        const count = sizeOf(indices.shape);
        const chosen = oneHot(reshape(indices, [count]), rows);
        return matmul(chosen, reshape(gradient!, [count, width]), { transposeA: true });
      },
      null,
    ],
  });
}

/** A new last axis of `size`, with 1 at each index and 0 elsewhere; no gradient. */
export function oneHot(indices: Tensor, size: number): Tensor {
  activeTrace('oneHot', [indices]);
  if (indices.type !== 'int32')
    throw shapeError('oneHot', [indices.shape], `indices must be int32, not ${indices.type}`);
  const depth = embed(`depth:${size}`, [], new Int32Array([size]));
  const offAndOn = constant('off and on', [2], new Float32Array([0, 1]));
  return emit({ operator: 'OneHot', inputs: [indices, depth, offAndOn], shape: [...indices.shape, size] });
}

/** Mean negative log-likelihood in nats, shape [1], of `targets` (int32 [rows]) under `logits` [rows, classes]. */
export function crossEntropy(logits: Tensor, targets: Tensor): Tensor {
  activeTrace('crossEntropy', [logits, targets]);
  const shapes = [logits.shape, targets.shape];
  const [rows, classes] = [logits.shape[0]!, logits.shape[1]!];
  if (logits.shape.length !== 2 || targets.shape.length !== 1) {
    throw shapeError('crossEntropy', shapes, 'logits need two axes and targets one');
  }
  if (targets.shape[0] !== rows)
    throw shapeError('crossEntropy', shapes, `${rows} rows of logits, ${targets.shape[0]} targets`);
  if (targets.type !== 'int32')
    throw shapeError('crossEntropy', shapes, `targets must be int32, not ${targets.type}`);
  const likelihood = emit({
    operator: 'GatherElements',
    inputs: [logSoftmax(logits), reshape(targets, [rows, 1])],
    shape: [rows, 1],
    attributes: { axis: { kind: 'integer', value: 1 } },
  });
  const loss = reshape(multiply(mean(likelihood, [0]), -1), [1]);
  return withGradient(
    loss,
    [logits],
    [
      (gradient) =>
        multiply(subtract(softmax(logits), oneHot(targets, classes)), multiply(gradient!, 1 / rows)),
    ],
  );
}
