import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalCdf } from './distributions.ts';
import { logImprovement } from './expected-improvement.ts';

// Reference values: mpmath with 80 digits.
test.each([
  [-1e4, -50000019.3396193, 10000.0002],
  [-300, -45012.3265368146, 300.006666444462],
  [-37, -692.64296016327, 37.0539362024042],
  [-10, -55.5531220361224, 10.1943830334126],
  [-4.000001, -11.8490660100349, 4.43248465885029],
  [-4, -11.8490615775507, 4.43248374187312],
  [-3.9, -11.4103932700724, 4.34093116124401],
  [-1, -2.48512102571264, 1.90427123332969],
  [0, -0.918938533204673, 1.2533141373155],
  [0.5, -0.359827683745064, 0.99092271800411],
  [3, 1.09873966532771, 0.332840968451795],
  [8, 2.07944154167984, 0.125],
  [40, 3.68887945411394, 0.025],
])('ln of the improvement at z = %f', (z, log, slope) => {
  const got = logImprovement(z);
  expect(Math.abs(got.log - log)).toBeLessThan(2e-13 * Math.max(1, Math.abs(log)));
  expect(Math.abs(got.slope / slope - 1)).toBeLessThan(2e-13);
});

test('where the plain formula is stable it says the same', () => {
  fc.assert(
    fc.property(fc.double({ min: -3, max: 10, noNaN: true }), (z) => {
      const plain = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) + z * normalCdf(z);
      expect(logImprovement(z).log).toBeCloseTo(Math.log(plain), 11);
    }),
    { seed: 1 },
  );
});

test('better is better, however far out, and the slope falls from |z| to nothing', () => {
  const anywhere = fc.oneof(
    fc.double({ min: -6, max: 6, noNaN: true }),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  );
  fc.assert(
    fc.property(anywhere, anywhere, (one, other) => {
      const low = logImprovement(Math.min(one, other));
      const high = logImprovement(Math.max(one, other));
      const rounding = 1e-13;
      expect(low.log).toBeLessThanOrEqual(high.log + rounding);
      expect(low.slope).toBeGreaterThanOrEqual(high.slope * (1 - rounding));
      expect(high.slope).toBeGreaterThan(0);
    }),
    { seed: 1 },
  );
});

test('the slope is the derivative', () => {
  for (const z of [-30, -4.1, -3.9, -0.5, 0, 2, 6]) {
    const step = 1e-5;
    const difference = logImprovement(z + step).log - logImprovement(z - step).log;
    expect(difference / (2 * step)).toBeCloseTo(logImprovement(z).slope, 6);
  }
});
