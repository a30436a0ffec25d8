import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../model/random.ts';
import { fitGaussianProcess, type GaussianProcess } from './gaussian-process.ts';

const NONE = { kind: 'none' } as const;
const LEARNED = { kind: 'learned' } as const;

function standardised(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / (Math.sqrt(square) || 1));
}

/** Points of the unit cube, the last coordinate a choice of three, and the values of a smooth function there. */
function observed({ count, seed = 1, deviation = 0 }: { count: number; seed?: number; deviation?: number }) {
  const random = createRandom(seed);
  const points = Array.from({ length: count }, () =>
    Float64Array.of(random(), random(), Math.floor(3 * random())),
  );
  const values = points.map((point) => {
    const [x, y, choice] = [point[0]!, point[1]!, point[2]!];
    // Of a uniform draw, the deviation is the square root of a twelfth.
    const noise = deviation * Math.sqrt(12) * (random() - 0.5);
    return Math.sin(4 * x) + 0.1 * y + (choice === 1 ? 0.8 : 0) + noise;
  });
  return { points, values: standardised(values), choices: [false, false, true] };
}

/** Mean and variance by the textbook's formula and Gauss's elimination, for the hyperparameters of a fit. */
function byTextbook(
  fit: GaussianProcess,
  { points, values, choices }: ReturnType<typeof observed>,
  at: Float64Array,
) {
  const covariance = (one: Float64Array, other: Float64Array) => {
    const square = choices.reduce((sum, isChoice, j) => {
      const apart = isChoice ? Number(one[j] !== other[j]) : one[j]! - other[j]!;
      return sum + (apart / fit.lengths[j]!) ** 2;
    }, 0);
    const r = Math.sqrt(5 * square);
    return fit.priorVariance * (1 + r + r ** 2 / 3) * Math.exp(-r);
  };
  const rows = points.map((one, row) => [
    ...points.map((other, column) => covariance(one, other) + (row === column ? fit.noise : 0)),
    values[row]!,
    covariance(one, at),
  ]);
  for (let pivot = 0; pivot < rows.length; pivot++)
    for (let row = 0; row < rows.length; row++) {
      if (row === pivot) continue;
      const factor = rows[row]![pivot]! / rows[pivot]![pivot]!;
      rows[row] = rows[row]!.map((entry, column) => entry - factor * rows[pivot]![column]!);
    }
  let mean = 0;
  let variance = fit.priorVariance;
  for (const [row, entries] of rows.entries()) {
    const near = covariance(points[row]!, at);
    mean += (near * entries.at(-2)!) / entries[row]!;
    variance -= (near * entries.at(-1)!) / entries[row]!;
  }
  return { mean, variance };
}

test.each([
  ['none', NONE],
  ['learned', LEARNED],
])('predictions are those of the textbook: noise %s', (_, noise) => {
  const data = observed({ count: 14, deviation: noise.kind === 'none' ? 0 : 0.2 });
  const fit = fitGaussianProcess(data.points, data.values, { choices: data.choices, noise });
  for (const place of [
    [0.2, 0.7, 1],
    [0.9, 0.1, 0],
    [3, 3, 2],
  ]) {
    const at = Float64Array.from(place);
    const expected = byTextbook(fit, data, at);
    const { mean, variance } = fit.predict(at);
    expect(mean).toBeCloseTo(expected.mean, 7);
    expect(variance).toBeCloseTo(expected.variance, 7);
  }
});

test('slopes are those of finite differences, and choices have none', () => {
  const { points, values, choices } = observed({ count: 20 });
  const fit = fitGaussianProcess(points, values, { choices, noise: NONE });
  const meanSlope = new Float64Array(3);
  const varianceSlope = new Float64Array(3);
  const step = 1e-5;
  for (const place of [
    [0.31, 0.62, 1],
    [0.05, 0.5, 2],
  ]) {
    const at = Float64Array.from(place);
    expect(fit.slope(at, meanSlope, varianceSlope)).toEqual(fit.predict(at));
    for (const j of [0, 1]) {
      const above = fit.predict(at.with(j, at[j]! + step));
      const below = fit.predict(at.with(j, at[j]! - step));
      expect(meanSlope[j]).toBeCloseTo((above.mean - below.mean) / (2 * step), 5);
      expect(varianceSlope[j]).toBeCloseTo((above.variance - below.variance) / (2 * step), 5);
    }
    expect([meanSlope[2], varianceSlope[2]]).toEqual([0, 0]);
  }
});

/** Points of a grid, no two alike, so that whatever values they have some function has. */
const scattered = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })), {
    minLength: 1,
    maxLength: 10,
    selector: ([x, y]) => 6 * x + y,
  })
  .chain((cells) =>
    fc.record({
      points: fc.constant(cells.map(([x, y]) => Float64Array.of(x / 5, y / 5))),
      values: fc
        .array(fc.double({ min: -2, max: 2, noNaN: true }), {
          minLength: cells.length,
          maxLength: cells.length,
        })
        .map(standardised),
    }),
  );

test('without noise the function goes through its points, and nothing is left to doubt there', () => {
  fc.assert(
    fc.property(scattered, ({ points, values }) => {
      const fit = fitGaussianProcess(points, values, { choices: [false, false], noise: NONE });
      for (const [index, point] of points.entries()) {
        const { mean, variance } = fit.predict(point);
        expect(mean).toBeCloseTo(values[index]!, 3);
        expect(variance).toBeLessThan(1e-6);
      }
    }),
    { seed: 1, numRuns: 50 },
  );
});

test('the variance is above nothing and never above the prior one, wherever one asks', () => {
  const place = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(scattered, place, place, fc.boolean(), ({ points, values }, x, y, learns) => {
      const noise = learns ? LEARNED : NONE;
      const fit = fitGaussianProcess(points, values, { choices: [false, false], noise });
      for (const at of [Float64Array.of(x, y), ...points]) {
        const { variance } = fit.predict(at);
        expect(variance).toBeGreaterThan(0);
        expect(variance).toBeLessThanOrEqual(fit.priorVariance);
      }
    }),
    { seed: 1, numRuns: 50 },
  );
});

test('what matters has a short length, what does not a long one', () => {
  const { points, values, choices } = observed({ count: 40 });
  const { lengths } = fitGaussianProcess(points, values, { choices, noise: NONE });
  expect(lengths[1]! / lengths[0]!).toBeGreaterThan(2);
});

test('noise is found at about its size, and known errors are not taken for it', () => {
  const { points, values, choices } = observed({ count: 60, deviation: 0.3, seed: 4 });
  const { noise } = fitGaussianProcess(points, values, { choices, noise: LEARNED });
  // The values were divided by their deviation, about 0.9.
  const actual = (0.3 / 0.9) ** 2;
  expect(noise).toBeGreaterThan(actual / 3);
  expect(noise).toBeLessThan(actual * 2);
  const errors = values.map(() => actual);
  const known = fitGaussianProcess(points, values, { choices, noise: { kind: 'learned', errors } });
  expect(known.noise).toBeLessThan(actual / 4);
});

test('the evidence is larger for values that a smooth function has', () => {
  const { points, values, choices } = observed({ count: 30 });
  const shuffled = values.toSorted((one, other) => Math.sin(1e4 * one) - Math.sin(1e4 * other));
  const smooth = fitGaussianProcess(points, values, { choices, noise: NONE });
  const rough = fitGaussianProcess(points, shuffled, { choices, noise: NONE });
  expect(smooth.evidence).toBeGreaterThan(rough.evidence + 20);
});

const choices = [false, false];
const same = Array.from({ length: 12 }, () => Float64Array.of(0.5, 0.5));
test.each([
  ['no point', [], []],
  ['one point', same.slice(0, 1), [0]],
  ['one point of another value', same.slice(0, 1), [1]],
  ['points that coincide and agree', same, same.map(() => 0)],
  ['points that coincide and contradict each other', same, same.map((_, index) => (index % 2 ? 1 : -1))],
  ['values of no common scale at points that coincide', same, same.map((_, index) => 1e9 * (index % 3))],
  ['constant values', observed({ count: 30 }).points, new Array<number>(30).fill(0)],
  [
    'points closer than doubles tell',
    same.map((at, k) => at.map((x) => x + k * 1e-16)),
    same.map((_, k) => k / 12),
  ],
])('%s make a process', (_, points, values) => {
  for (const noise of [NONE, LEARNED]) {
    const fit = fitGaussianProcess(points, values, { choices, noise });
    const slope = new Float64Array(2);
    const { mean, variance } = fit.slope(Float64Array.of(0.4, 0.6), slope, new Float64Array(2));
    for (const point of points) expect(fit.predict(point).variance).toBeGreaterThan(0);
    for (const number of [mean, variance, fit.evidence, fit.noise, ...fit.lengths, ...slope])
      expect(number).toSatisfy(Number.isFinite);
  }
});

test('where rounding is larger than the jitter the variance is still above nothing', () => {
  const points = Array.from({ length: 30 }, (_, k) => Float64Array.of((k / 30) * 1e-6));
  const values = points.map((_, k) => 1000 * Math.sin(k * k));
  const fit = fitGaussianProcess(points, values, { choices: [false], noise: NONE });
  for (const point of points) expect(fit.predict(point).variance).toBeGreaterThan(0);
});

test.each([
  ['point', [0.1, Number.NaN], 1],
  ['value', [0.1, 0.2], Number.POSITIVE_INFINITY],
])('a %s that is not finite is a fault that says so', (_, point, value) => {
  const points = [Float64Array.from(point), Float64Array.of(0.2, 0.3)];
  expect(() => fitGaussianProcess(points, [value, -1], { choices, noise: NONE })).toThrow('not finite');
});

test('equal data make equal fits', () => {
  const { points, values } = observed({ count: 15, deviation: 0.1 });
  const fits = [1, 2].map(() =>
    fitGaussianProcess(points, values, { choices: [false, false, true], noise: LEARNED }),
  );
  expect(fits[0]!.evidence).toBe(fits[1]!.evidence);
  expect(fits[0]!.lengths).toEqual(fits[1]!.lengths);
});

test('a fit that goes on from one of much the same values is about as probable, in fewer steps', () => {
  for (const noise of [NONE, LEARNED]) {
    const { points, values, choices } = observed({ count: 60, deviation: noise === NONE ? 0 : 0.2 });
    const like = fitGaussianProcess(points.slice(0, 40), standardised(values.slice(0, 40)), {
      choices,
      noise,
    });
    const anew = fitGaussianProcess(points, values, { choices, noise });
    const onward = fitGaussianProcess(points, values, { choices, noise, like });
    expect(Math.abs(onward.evidence - anew.evidence)).toBeLessThan(0.5);
  }
});

test('a fit that cannot go on from another starts anew', () => {
  const { points, values, choices } = observed({ count: 20 });
  const anew = fitGaussianProcess(points, values, { choices, noise: NONE });
  // All points are one to it, and no rounding leaves its covariance a factor.
  const like = { ...anew, lengths: [1e9, 1e9, 1e9], priorVariance: 1e12 };
  expect(fitGaussianProcess(points, values, { choices, noise: NONE, like }).lengths).toEqual(anew.lengths);
});

test('the mean alone is that of the prediction', () => {
  const { points, values, choices } = observed({ count: 30 });
  const process = fitGaussianProcess(points, values, { choices, noise: LEARNED });
  for (const at of [Float64Array.of(0.1, 0.9, 2), points[3]!])
    expect(process.mean(at)).toBe(process.predict(at).mean);
});
