import fc from 'fast-check';
import { expect, test } from 'vitest';
import { axesOf } from './symmetric-eigenvectors.ts';

const symmetric = fc
  .integer({ min: 1, max: 9 })
  .chain((size) =>
    fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: size * size, maxLength: size * size }),
  )
  .map((numbers) => {
    const size = Math.sqrt(numbers.length);
    const entry = (row: number, column: number) =>
      numbers[Math.max(row, column) * size + Math.min(row, column)]!;
    const matrix = Float64Array.from(numbers, (_, at) => entry(Math.floor(at / size), at % size));
    return { matrix, size };
  });

test('directions are perpendicular units, and along them the matrix only stretches', () => {
  fc.assert(
    fc.property(symmetric, ({ matrix, size }) => {
      const { directions, values } = axesOf(matrix, size);
      for (let axis = 0; axis < size; axis++) {
        for (let other = 0; other < size; other++) {
          let product = 0;
          for (let j = 0; j < size; j++)
            product += directions[j * size + axis]! * directions[j * size + other]!;
          expect(product).toBeCloseTo(axis === other ? 1 : 0, 12);
        }
        for (let row = 0; row < size; row++) {
          let stretched = 0;
          for (let j = 0; j < size; j++) stretched += matrix[row * size + j]! * directions[j * size + axis]!;
          expect(stretched).toBeCloseTo(values[axis]! * directions[row * size + axis]!, 12);
        }
      }
    }),
    { seed: 1 },
  );
});

test('small values keep their digits beside large ones', () => {
  // Beside 1e12, two values that multiply to their block's determinant.
  const { values } = axesOf(Float64Array.of(2, 1e-4, 0, 1e-4, 1e-6, 0, 0, 0, 1e12), 3);
  const [least, middle, most] = values.toSorted();
  expect(most).toBe(1e12);
  expect(middle! * least!).toBeCloseTo(2e-6 - 1e-8, 18);
  expect(middle! + least!).toBeCloseTo(2 + 1e-6, 14);
});
