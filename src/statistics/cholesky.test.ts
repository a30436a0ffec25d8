import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factorise, invertFactored, logDeterminant, solveLower, solveUpper } from './cholesky.ts';

/** A A' of some A of random numbers, and a little more on the diagonal. */
const matrices = fc
  .integer({ min: 1, max: 11 })
  .chain((size) =>
    fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: size * size, maxLength: size * size }),
  )
  .map((numbers) => {
    const size = Math.sqrt(numbers.length);
    const matrix = new Float64Array(size * size);
    for (let row = 0; row < size; row++)
      for (let column = 0; column < size; column++) {
        let sum = row === column ? 0.1 : 0;
        for (let k = 0; k < size; k++) sum += numbers[row * size + k]! * numbers[column * size + k]!;
        matrix[row * size + column] = sum;
      }
    return { matrix, size };
  });

test('a factor solves what its matrix asks, and gives the inverse', () => {
  fc.assert(
    fc.property(matrices, ({ matrix, size }) => {
      const factor = matrix.slice();
      expect(factorise(factor, size)).toBe(true);
      const inverse = new Float64Array(size * size);
      invertFactored(factor, size, inverse, new Float64Array(size * size));
      for (let column = 0; column < size; column++) {
        const solved = matrix.slice(column * size, (column + 1) * size);
        solveLower(factor, size, solved);
        solveUpper(factor, size, solved);
        for (let row = 0; row < size; row++) {
          expect(solved[row]).toBeCloseTo(row === column ? 1 : 0, 9);
          let product = 0;
          for (let k = 0; k < size; k++)
            product += matrix[column * size + k]! * inverse[Math.max(row, k) * size + Math.min(row, k)]!;
          expect(product).toBeCloseTo(row === column ? 1 : 0, 9);
        }
      }
    }),
    { seed: 1 },
  );
});

test('the determinant is that of the matrix', () => {
  const factor = Float64Array.of(4, 2, 0.6, 2, 5, 1, 0.6, 1, 3);
  expect(factorise(factor, 3)).toBe(true);
  expect(logDeterminant(factor, 3)).toBeCloseTo(Math.log(44.6), 14);
});

test.each([
  ['indefinite', [1, 2, 2, 1]],
  ['singular', [1, 1, 1, 1]],
  ['not a number', [1, 0, Number.NaN, 1]],
])('a matrix that is %s has no factor', (_, numbers) => {
  expect(factorise(Float64Array.from(numbers), 2)).toBe(false);
});
