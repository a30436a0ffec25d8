/** Sizes of a tensor's axes, outermost first; `[]` is a single number. */
export type Shape = readonly number[];

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function sameShape(left: Shape, right: Shape): boolean {
  return left.length === right.length && left.every((size, axis) => size === right[axis]);
}

/** `[4, 8]`, as every message of this library writes a shape. */
export function describe(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** The error every operation throws: `matmul: [4, 8] x [6, 2]: inner sizes 8 and 6 differ`. */
export function shapeError(operation: string, shapes: readonly Shape[], reason: string): Error {
  return new Error(`${operation}: ${shapes.map(describe).join(' x ')}: ${reason}`);
}

/** The shape two operands broadcast to, aligned at the last axis, sizes of 1 stretched. */
export function broadcastShape(operation: string, left: Shape, right: Shape): Shape {
  const rank = Math.max(left.length, right.length);
  return Array.from({ length: rank }, (_, axis) => {
    const leftSize = left[left.length - rank + axis] ?? 1;
    const rightSize = right[right.length - rank + axis] ?? 1;
    if (leftSize === rightSize || rightSize === 1) return leftSize;
    if (leftSize === 1) return rightSize;
    throw shapeError(operation, [left, right], `sizes ${leftSize} and ${rightSize} do not broadcast`);
  });
}

/** Turns an axis that may count from the end (-1 is the last) into one that counts from the start. */
export function resolveAxis(operation: string, shape: Shape, axis: number): number {
  const resolved = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(axis) || resolved < 0 || resolved >= shape.length) {
    throw shapeError(operation, [shape], `axis ${axis} does not exist`);
  }
  return resolved;
}

/** Axes in increasing order, each once. */
export function resolveAxes(operation: string, shape: Shape, axes: readonly number[]): readonly number[] {
  const resolved = axes
    .map((axis) => resolveAxis(operation, shape, axis))
    .sort((left, right) => left - right);
  if (new Set(resolved).size !== resolved.length) {
    throw shapeError(operation, [shape], `axes ${describe(axes)} name one axis twice`);
  }
  return resolved;
}

/** Throws unless every size is a whole number from 1 up. */
export function checkShape(operation: string, shape: Shape): void {
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 1)) {
    throw shapeError(operation, [shape], 'every size must be a whole number from 1 up');
  }
}
