/** Matrix products. */

import { multiply, scaledFrom } from './elementwise.ts';
import { activeFloatTrace, emit, type Tensor } from './graph.ts';
import { sumTo } from './reduction.ts';
import { reshape, transpose } from './shape.ts';
import { broadcastShape, type Shape, shapeError } from './shapes.ts';

export interface MatmulOptions {
  /** Swap the last two axes of the left operand first. */
  readonly transposeA?: boolean;
  /** Swap the last two axes of the right operand first. */
  readonly transposeB?: boolean;
  /** Factor on every element of the product. */
  readonly scale?: number;
}

/**
 * Matrix product over the last two axes; leading axes are batches and broadcast. Both operands need at least two axes.
 * Transposing and scaling here is free, where `transpose` and `multiply` would pass over memory.
 */
export function matmul(left: Tensor, right: Tensor, options: MatmulOptions = {}): Tensor {
  activeFloatTrace('matmul', [left, right]);
  const { transposeA = false, transposeB = false, scale = 1 } = options;
  if (left.shape.length < 2 || right.shape.length < 2) {
    throw shapeError('matmul', [left.shape, right.shape], 'each operand needs two axes or more');
  }
  const [rows, inner] = matrixSizes(left.shape, transposeA);
  const [otherInner, columns] = matrixSizes(right.shape, transposeB);
  if (inner !== otherInner) {
    const flags = `${transposeA ? ', A transposed' : ''}${transposeB ? ', B transposed' : ''}`;
    throw shapeError(
      'matmul',
      [left.shape, right.shape],
      `inner sizes ${inner} and ${otherInner} differ${flags}`,
    );
  }
  const batch = broadcastShape('matmul', left.shape.slice(0, -2), right.shape.slice(0, -2));
  if (right.shape.length === 2 && left.shape.length > 2 && !transposeA) {
    // One weight matrix for the whole batch: a single large product, and above all a single product for its gradient.
    const flat = reshape(left, [left.shape.slice(0, -1).reduce((a, b) => a * b, 1), inner]);
    return reshape(matmul(flat, right, options), [...batch, rows, columns]);
  }
  const [leftScaled, rightScaled] = [scaledFrom(left), scaledFrom(right)];
  const factor = scale * (leftScaled?.factor ?? 1) * (rightScaled?.factor ?? 1);
  return product(
    leftScaled?.source ?? left,
    rightScaled?.source ?? right,
    { transposeA, transposeB, scale: factor },
    [...batch, rows, columns],
  );
}

function product(left: Tensor, right: Tensor, options: Required<MatmulOptions>, shape: Shape): Tensor {
  const { transposeA, transposeB, scale } = options;
  if (left.trace.dialect === 'standard') return standardProduct(left, right, options, shape);
  return emit({
    operator: 'FusedMatMul',
    domain: 'runtime',
    inputs: [left, right],
    shape,
    attributes: {
      transA: { kind: 'integer', value: transposeA ? 1 : 0 },
      transB: { kind: 'integer', value: transposeB ? 1 : 0 },
      alpha: { kind: 'float', value: scale },
    },
    backward: [
      (gradient) => {
        const slope = transposeA
          ? matmul(right, gradient!, { transposeA: transposeB, transposeB: true, scale })
          : matmul(gradient!, right, { transposeB: !transposeB, scale });
        return sumTo(slope, left.shape);
      },
      (gradient) => {
        const slope = transposeB
          ? matmul(gradient!, left, { transposeA: true, transposeB: transposeA, scale })
          : matmul(left, gradient!, { transposeA: !transposeA, scale });
        return sumTo(slope, right.shape);
      },
    ],
  });
}

function standardProduct(
  left: Tensor,
  right: Tensor,
  options: Required<MatmulOptions>,
  shape: Shape,
): Tensor {
  const a = options.transposeA ? swapLastAxes(left) : left;
  const b = options.transposeB ? swapLastAxes(right) : right;
  const plain: Tensor = emit({
    operator: 'MatMul',
    inputs: [a, b],
    shape,
    backward: [
      (gradient) => sumTo(matmul(gradient!, b, { transposeB: true }), a.shape),
      (gradient) => sumTo(matmul(a, gradient!, { transposeA: true }), b.shape),
    ],
  });
  return multiply(plain, options.scale);
}

function swapLastAxes(tensor: Tensor): Tensor {
  const axes = tensor.shape.map((_, axis) => axis);
  return transpose(tensor, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}

function matrixSizes(shape: Shape, transposed: boolean): [rows: number, columns: number] {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  return transposed ? [columns, rows] : [rows, columns];
}
