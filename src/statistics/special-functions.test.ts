import fc from 'fast-check';
import { expect, test } from 'vitest';
import { logBeta, logGamma, logIncompleteBeta, logLowerGamma } from './special-functions.ts';

// Reference values: mpmath with 60 digits.

test.each([
  [0.001, 6.907178885383854],
  [0.5, 0.5723649429247001],
  [1, 0],
  [1.5, -0.12078223763524522],
  [3.7, 1.4280723266653883],
  [9.9, 12.57717990421988],
  [10, 12.80182748008147],
  [50, 144.5657439463449],
  [1000, 5905.220423209181],
])('ln Gamma(%f)', (x, reference) => {
  expect(Math.abs(logGamma(x) - reference)).toBeLessThan(1e-14 + 2e-16 * Math.abs(reference));
});

test.each([
  [0.5, 0.5, 1.1447298858494002],
  [0.001, 50, 6.903276885609827],
  [2.5, 1e6, -34.254095399436515],
  [9, 10, -12.989014825206334],
  [11, 1000, -60.93570399777191],
  [50, 50, -70.00271747688564],
  [500, 0.5, -2.5346891063280625],
])('ln B(%f, %f) loses no digits to large arguments', (a, b, reference) => {
  expect(Math.abs(logBeta(a, b) - reference)).toBeLessThan(2e-14);
});

test.each([
  [0.5, 0.5, 0.2, -1.220213183944065],
  [2.5, 0.5, 0.7, -1.5940043069978829],
  [11, 9, 0.5, -1.1276201334006557],
  [50, 50, 0.5, -Math.LN2],
  [50, 1000, 0.01, -41.964254778107296],
  [0.001, 50, 0.01, -0.0005632575787488165],
  [1000, 1000, 0.2, -450.49667780806175],
  [5, 3, 1e-5, -54.52012155386185],
])('ln I(%f, %f) at %f', (a, b, x, reference) => {
  expect(Math.abs(logIncompleteBeta(a, b, x) - reference)).toBeLessThan(2e-13);
});

test.each([
  [0.5, 0.005, -2.5300420015472387],
  [1, 1, -0.4586751453870819],
  [2.5, 10, -0.0012505121275026606],
  [9, 2.7, -6.258754624897402],
  [50, 50, -0.6562207983875687],
  [50, 200, -1.6927979958857087e-37],
  [1000, 300, -507.9896393300137],
  [1000, 1100, -0.0010598847333686437],
])('ln P(%f, %f)', (a, x, reference) => {
  expect(Math.abs(logLowerGamma(a, x) - reference)).toBeLessThan(5e-13 * Math.min(1, -reference * 1e3));
});

const parameters = fc.double({ min: 0.01, max: 2000, noNaN: true });
const shares = fc.double({ min: 0, max: 1, noNaN: true });

test('what lies below and what lies above a share make one', () => {
  fc.assert(
    fc.property(parameters, parameters, shares, (a, b, x) => {
      const below = Math.exp(logIncompleteBeta(a, b, x, 1 - x));
      const above = Math.exp(logIncompleteBeta(b, a, 1 - x, x));
      expect(below + above).toBeCloseTo(1, 11);
    }),
    { seed: 1 },
  );
});

test('the incomplete functions grow from nothing to one', () => {
  fc.assert(
    fc.property(parameters, parameters, shares, shares, (a, b, one, other) => {
      const [low, high] = [Math.min(one, other), Math.max(one, other)];
      expect(logIncompleteBeta(a, b, low)).toBeLessThanOrEqual(logIncompleteBeta(a, b, high) + 1e-12);
      expect(logLowerGamma(a, low * b)).toBeLessThanOrEqual(logLowerGamma(a, high * b) + 1e-12);
      expect(logIncompleteBeta(a, b, 0)).toBe(Number.NEGATIVE_INFINITY);
      expect(logIncompleteBeta(a, b, 1)).toBe(0);
      expect(logLowerGamma(a, 0)).toBe(Number.NEGATIVE_INFINITY);
    }),
    { seed: 1 },
  );
});
