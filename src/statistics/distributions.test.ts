import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  normalCdf,
  normalLogCdf,
  normalQuantile,
  studentCdf,
  studentLogCdf,
  studentLogDensity,
  studentQuantile,
} from './distributions.ts';

// Reference values: mpmath with 60 digits; the incomplete beta function by its continued fraction, evaluated backwards.

function relativeError(value: number, reference: number): number {
  return Math.abs(value / reference - 1);
}

test.each([
  [-1e6, 1, 3.1830988618368455e-7],
  [-1e-6, 1, 0.4999996816901138],
  [-3, 2.5, 0.03628804777451592],
  [-6, 3, 0.004636357446142334],
  [-3, 5, 0.015049623948731288],
  [-40, 7, 7.951089992425185e-10],
  [2, 7, 0.957190335718512],
  [-12, 30, 2.790092707599628e-13],
  [-100, 60, 9.50342224131662e-69],
  [-1000, 121, 3.6642220004195973e-239],
  [-20, 1000, 2.0311442497623856e-75],
  [-3, 100_000, 0.0013502304420323595],
])('the chance of a t below %f with %f degrees of freedom is right to 13 digits', (t, freedom, reference) => {
  expect(relativeError(studentCdf(t, freedom), reference)).toBeLessThan(1e-13);
});

test.each([
  [-1000, 300, -1220.575719865754],
  [-1e6, 1000, -10366.00598514536],
  [-100, 100_000, -4770.985546318548],
])('the logarithm of a t tail goes on where the tail leaves the doubles: %f, %f', (t, freedom, reference) => {
  expect(studentCdf(t, freedom)).toBe(0);
  expect(relativeError(studentLogCdf(t, freedom), reference)).toBeLessThan(1e-14);
});

test.each([
  [1e-100, 11, -3365831887.605664],
  [1e-30, 300, -12.854799430137652],
  [1e-12, 2, -707106.7811854869],
  [0.001, 1, -318.30883898555044],
  [0.025, 7, -2.3646242515927853],
  [0.025, 26, -2.055529438642873],
  [0.3, 0.5, -1.0095258786071661],
  [0.49, 60, -0.025173641480054985],
])('the t quantile at %f with %f degrees of freedom is right to 13 digits', (p, freedom, reference) => {
  expect(relativeError(studentQuantile(p, freedom), reference)).toBeLessThan(1e-13);
});

test.each([
  [0, 1, -1.1447298858494002],
  [-3, 5, -4.057477840598199],
  [40, 7, -22.699391017300172],
  [1.5, 300, -2.0443100982193165],
  [2, 0.5, -2.958451358913674],
])('the log density of t at %f with %f degrees of freedom is right to 14 digits', (t, freedom, reference) => {
  expect(relativeError(studentLogDensity(t, freedom), reference)).toBeLessThan(1e-14);
});

test.each([
  [-37, 5.725571222524577e-300],
  [-30, 4.906713927148187e-198],
  [-20, 2.7536241186062337e-89],
  [-10, 7.619853024160525e-24],
  [-6, 9.86587645037698e-10],
  [-5.66, 7.568649751997714e-9],
  [-5.65, 8.022391850663499e-9],
  [-3, 0.0013498980316300946],
  [-1.96, 0.024997895148220435],
  [-0.68, 0.2482522304535705],
  [-0.67, 0.2514288950953101],
  [-0.1, 0.460172162722971],
  [0, 0.5],
  [0.5, 0.6914624612740131],
  [4, 0.9999683287581669],
  [8, 0.9999999999999994],
])('the chance of a normal below %f is right to 14 digits', (z, reference) => {
  expect(relativeError(normalCdf(z), reference)).toBeLessThan(1e-14);
});

test.each([
  [-1e5, -5000000012.431864],
  [-1000, -500007.8266948122],
  [-40, -804.6084420137538],
  [-6, -20.736768949974707],
  [0.3, -0.4814101615884812],
  [3, -0.001350809964748194],
  [10, -7.619853024160525e-24],
])('the logarithm of a normal tail goes on where the tail leaves the doubles: %f', (z, reference) => {
  expect(relativeError(normalLogCdf(z), reference)).toBeLessThan(1e-14);
});

test.each([
  [1e-300, -37.0470962993612],
  [1e-100, -21.273453560965326],
  [1e-16, -8.222082216130435],
  [1e-9, -5.997807015007687],
  [0.001, -3.0902323061678136],
  [0.025, -1.9599639845400543],
  [0.31, -0.4958503473474533],
  [0.49, -0.02506890825871106],
  [0.999, 3.0902323061678136],
])('the normal quantile at %f is right to 13 digits', (p, reference) => {
  expect(relativeError(normalQuantile(p), reference)).toBeLessThan(1e-13);
});

const freedoms = fc.oneof(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0.3, max: 400, noNaN: true }));
const places = fc.double({ min: -1e4, max: 1e4, noNaN: true });

test('the two tails make one, and the logarithm is that of the chance', () => {
  fc.assert(
    fc.property(places, freedoms, (t, freedom) => {
      const below = studentCdf(t, freedom);
      expect(below + studentCdf(-t, freedom)).toBeCloseTo(1, 13);
      expect(Math.exp(studentLogCdf(t, freedom))).toBe(below);
    }),
    { seed: 1 },
  );
});

test('a quantile undoes the chance that it was asked at', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-200, max: 1 - 1e-9, noNaN: true }), freedoms, (p, freedom) => {
      // Half a degree of freedom at 1e-200 is beyond the doubles.
      fc.pre(Math.log(p) / freedom > -300);
      expect(relativeError(studentCdf(studentQuantile(p, freedom), freedom), p)).toBeLessThan(1e-12);
      expect(relativeError(normalCdf(normalQuantile(p)), p)).toBeLessThan(1e-12);
    }),
    { seed: 1 },
  );
});

test('t comes to the normal as its degrees of freedom grow, and is it without end', () => {
  for (const z of [-8, -3, -0.1, 1.5]) {
    expect(relativeError(studentCdf(z, 1e9), normalCdf(z))).toBeLessThan(1e-5);
    expect(studentLogCdf(z, Number.POSITIVE_INFINITY)).toBe(normalLogCdf(z));
    expect(studentLogDensity(z, 1e9)).toBeCloseTo(studentLogDensity(z, Number.POSITIVE_INFINITY), 5);
  }
  expect(studentQuantile(0.01, Number.POSITIVE_INFINITY)).toBe(normalQuantile(0.01));
});

test('everything lies below infinity, and nothing below its negative', () => {
  expect([normalCdf(Number.NEGATIVE_INFINITY), normalCdf(Number.POSITIVE_INFINITY)]).toEqual([0, 1]);
  expect([studentCdf(Number.NEGATIVE_INFINITY, 3), studentCdf(Number.POSITIVE_INFINITY, 3)]).toEqual([0, 1]);
});

test.each([0, 1, -0.1, Number.NaN])('a quantile at %f is refused', (p) => {
  expect(() => normalQuantile(p)).toThrow('give a chance above 0 and below 1');
});
