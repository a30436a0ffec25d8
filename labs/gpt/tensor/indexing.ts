/** Operations that take whole numbers as positions. */

import { multiply } from './elementwise.ts';
import { activeFloatTrace, activeTrace, constant, embed, emit, type Tensor, withGradient } from './graph.ts';
import { matmul } from './matmul.ts';
import { logSoftmax, mean, softmax } from './reduction.ts';
import { reshape, zeros } from './shape.ts';
import { shapeError, sizeOf } from './shapes.ts';

/** ONNX's number for 64-bit integers. */
const INT64 = 7;

/** Rows of `table` [rows, width] at `indices` (int32, any shape, from 0 up): shape [...indices, width]. */
export function gather(table: Tensor, indices: Tensor): Tensor {
  activeFloatTrace('gather', [table]);
  activeTrace('gather', [indices]);
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
        return scatterRows(reshape(gradient!, [count, width]), reshape(indices, [count]), rows);
      },
      null,
    ],
  });
}

/** Adds each row of `updates` [count, width] onto row `indices[i]` of a table of zeros: what `gather` undoes. */
function scatterRows(updates: Tensor, indices: Tensor, rows: number): Tensor {
  const [count, width] = [updates.shape[0]!, updates.shape[1]!];
  // ScatterND on several threads adds rows of equal index in whatever order they come; a product always adds alike.
  if (updates.trace.threads !== 1) return matmul(oneHot(indices, rows), updates, { transposeA: true });
  const places = emit({
    operator: 'Cast',
    inputs: [reshape(indices, [count, 1])],
    shape: [count, 1],
    type: 'int32',
    attributes: { to: { kind: 'integer', value: INT64 } },
  });
  return emit({
    operator: 'ScatterND',
    inputs: [zeros([rows, width]), places, updates],
    shape: [rows, width],
    attributes: { reduction: { kind: 'text', value: 'add' } },
    backward: [(gradient) => gradient!, null, (gradient) => gather(gradient!, indices)],
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
  activeFloatTrace('crossEntropy', [logits]);
  activeTrace('crossEntropy', [targets]);
  const shapes = [logits.shape, targets.shape];
  const [rows, classes] = [logits.shape[0]!, logits.shape[1]!];
  if (logits.shape.length !== 2 || targets.shape.length !== 1) {
    throw shapeError('crossEntropy', shapes, 'logits need two axes and targets one');
  }
  if (targets.shape[0] !== rows)
    throw shapeError('crossEntropy', shapes, `${rows} rows of logits, ${targets.shape[0]} targets`);
  if (targets.type !== 'int32')
    throw shapeError('crossEntropy', shapes, `targets must be int32, not ${targets.type}`);
  const column = reshape(targets, [rows, 1]);
  const chosen = logSoftmax(logits);
  const likelihood = emit({
    operator: 'GatherElements',
    inputs: [chosen, column],
    shape: [rows, 1],
    attributes: { axis: { kind: 'integer', value: 1 } },
  });
  const loss = reshape(multiply(mean(likelihood, [0]), -1), [1]);
  return withGradient(
    loss,
    [logits],
    [
      (gradient) => {
        const share = multiply(softmax(logits), 1 / rows);
        const expected = emit({
          operator: 'ScatterElements',
          inputs: [
            share,
            column,
            constant(`-1 / rows:${rows}`, [rows, 1], new Float32Array(rows).fill(-1 / rows)),
          ],
          shape: [rows, classes],
          attributes: { axis: { kind: 'integer', value: 1 }, reduction: { kind: 'text', value: 'add' } },
          backward: [(slope) => slope!, null, null],
        });
        return multiply(expected, gradient!);
      },
    ],
  );
}
