/** The axes of a symmetric matrix. */
export interface Axes {
  /** Unit eigenvectors as columns, row after row in one array. */
  readonly directions: Float64Array;
  /** The eigenvalue of each column, in no order. */
  readonly values: Float64Array;
}

/** Each sweep squares what is left off the diagonal, once that is small: ten sweeps are more than any matrix here needs. */
const MOST_SWEEPS = 30;
/** Off the diagonal, less than this share of the matrix is nothing. */
const NEGLIGIBLE = 1e-15;

/**
 * Jacobi's method (Golub and Van Loan, Matrix Computations, 8.5): slower than others in many dimensions, exact in few, and
 * the small eigenvalues keep their digits.
 *
 * @param matrix symmetric, row after row, of `size` rows; is left as it was
 */
export function axesOf(matrix: Float64Array, size: number): Axes {
  const rest = matrix.slice();
  const directions = new Float64Array(size * size);
  for (let j = 0; j < size; j++) directions[j * size + j] = 1;
  for (let sweep = 0; sweep < MOST_SWEEPS && !isDiagonal(rest, size); sweep++)
    for (let one = 0; one < size; one++)
      for (let other = one + 1; other < size; other++) rotate(rest, directions, size, one, other);
  return { directions, values: Float64Array.from({ length: size }, (_, j) => rest[j * size + j]!) };
}

function isDiagonal(matrix: Float64Array, size: number): boolean {
  for (let row = 0; row < size; row++)
    for (let column = 0; column < row; column++) {
      const scale = Math.sqrt(Math.abs(matrix[row * size + row]! * matrix[column * size + column]!));
      if (Math.abs(matrix[row * size + column]!) > NEGLIGIBLE * scale) return false;
    }
  return true;
}

/** Turns the plane of two coordinates by the smaller angle that makes their entry zero. */
function rotate(
  matrix: Float64Array,
  directions: Float64Array,
  size: number,
  one: number,
  other: number,
): void {
  const shared = matrix[one * size + other]!;
  if (shared === 0) return;
  const ratio = (matrix[other * size + other]! - matrix[one * size + one]!) / (2 * shared);
  const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.hypot(1, ratio));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = tangent * cosine;
  for (let k = 0; k < size; k++) {
    turn(matrix, k * size + one, k * size + other, cosine, sine);
    turn(directions, k * size + one, k * size + other, cosine, sine);
  }
  for (let k = 0; k < size; k++) turn(matrix, one * size + k, other * size + k, cosine, sine);
  // Rounding would leave a trace here, which the next sweep takes for something.
  matrix[one * size + other] = 0;
  matrix[other * size + one] = 0;
}

function turn(numbers: Float64Array, at: number, otherAt: number, cosine: number, sine: number): void {
  const one = numbers[at]!;
  const other = numbers[otherAt]!;
  numbers[at] = cosine * one - sine * other;
  numbers[otherAt] = sine * one + cosine * other;
}
