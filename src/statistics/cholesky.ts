/**
 * Symmetric positive definite matrices, row after row in one array, of which only the lower half is read or written. All
 * inner loops run along rows, where the next number is already at hand.
 */

/** The sum of products of two runs of numbers; four sums at a time, since each addition waits for the one before. */
function innerProduct(
  one: Float64Array,
  oneFrom: number,
  other: Float64Array,
  otherFrom: number,
  length: number,
): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let index = 0;
  for (; index + 3 < length; index += 4) {
    first += one[oneFrom + index]! * other[otherFrom + index]!;
    second += one[oneFrom + index + 1]! * other[otherFrom + index + 1]!;
    third += one[oneFrom + index + 2]! * other[otherFrom + index + 2]!;
    fourth += one[oneFrom + index + 3]! * other[otherFrom + index + 3]!;
  }
  for (; index < length; index++) first += one[oneFrom + index]! * other[otherFrom + index]!;
  return first + second + (third + fourth);
}

/**
 * Puts the lower factor L of L L' in the place of the matrix's lower half.
 *
 * @returns false where the matrix is not positive definite as far as doubles can tell; its lower half is then spoiled
 */
export function factorise(matrix: Float64Array, size: number): boolean {
  for (let row = 0; row < size; row++) {
    const rowFrom = row * size;
    for (let column = 0; column < row; column++) {
      const from = column * size;
      const rest = matrix[rowFrom + column]! - innerProduct(matrix, rowFrom, matrix, from, column);
      matrix[rowFrom + column] = rest / matrix[from + column]!;
    }
    const square = matrix[rowFrom + row]! - innerProduct(matrix, rowFrom, matrix, rowFrom, row);
    if (!(square > 0)) return false;
    matrix[rowFrom + row] = Math.sqrt(square);
  }
  return true;
}

/** Puts the solution x of L x = b in the place of b. */
export function solveLower(factor: Float64Array, size: number, b: Float64Array): void {
  for (let row = 0; row < size; row++) {
    const from = row * size;
    b[row] = (b[row]! - innerProduct(factor, from, b, 0, row)) / factor[from + row]!;
  }
}

/** Puts the solution x of L' x = b in the place of b. */
export function solveUpper(factor: Float64Array, size: number, b: Float64Array): void {
  for (let row = size - 1; row >= 0; row--) {
    const from = row * size;
    const solved = b[row]! / factor[from + row]!;
    b[row] = solved;
    for (let column = 0; column < row; column++) b[column]! -= solved * factor[from + column]!;
  }
}

/**
 * The lower half of the inverse of L L'.
 *
 * @param inverse receives it
 * @param scratch as large as the others; what was in it is lost
 */
export function invertFactored(
  factor: Float64Array,
  size: number,
  inverse: Float64Array,
  scratch: Float64Array,
): void {
  // Row by row of scratch a column of the inverse of L, which is zero before its own place.
  for (let column = 0; column < size; column++) {
    const from = column * size;
    scratch[from + column] = 1 / factor[from + column]!;
    for (let row = column + 1; row < size; row++) {
      const rowFrom = row * size;
      const sum = innerProduct(factor, rowFrom + column, scratch, from + column, row - column);
      scratch[from + row] = -sum / factor[rowFrom + row]!;
    }
  }
  for (let row = 0; row < size; row++) {
    const from = row * size;
    for (let column = 0; column <= row; column++)
      inverse[from + column] = innerProduct(scratch, from + row, scratch, column * size + row, size - row);
  }
}

/** ln of the determinant of L L'. */
export function logDeterminant(factor: Float64Array, size: number): number {
  let sum = 0;
  for (let index = 0; index < size; index++) sum += Math.log(factor[index * size + index]!);
  return 2 * sum;
}
