import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../model/random.ts';
import { drawFrom, type Evolution, generationSize, learnGeneration, startEvolution } from './evolution.ts';

const DIMENSIONS = 5;

type Objective = (at: Float64Array) => number;

const sphere: Objective = (at) => at.reduce((sum, part) => sum + part * part, 0);

const rosenbrock: Objective = (at) => {
  let sum = 0;
  for (let j = 0; j + 1 < at.length; j++) sum += 100 * (at[j + 1]! - at[j]! ** 2) ** 2 + (1 - at[j]!) ** 2;
  return sum;
};

/** Curvatures from 1 to 1e4 along axes that lie askew: the mirror images of the coordinates' in a slanted plane. */
const ellipsoid: Objective = (at) => {
  const normal = at.map((_, j) => j + 1);
  const along = (2 * at.reduce((sum, part, j) => sum + part * normal[j]!, 0)) / sphere(normal);
  return at.reduce(
    (sum, part, j) => sum + 1e4 ** (j / (DIMENSIONS - 1)) * (part - along * normal[j]!) ** 2,
    0,
  );
};

interface Search {
  readonly seed: number;
  readonly start: Evolution;
  readonly most: number;
}

/** Evaluations until the goal of 1e-9 is reached, as in most published tables; undefined after `most`. */
function evaluationsFor(f: Objective, { seed, start, most }: Search): number | undefined {
  const random = createRandom(seed);
  let evolution = start;
  for (let used = 0; used < most; used += generationSize(DIMENSIONS)) {
    const points = Array.from({ length: generationSize(DIMENSIONS) }, () => drawFrom(evolution, random));
    const ranked = points
      .map((at) => ({ at, value: f(at) }))
      .toSorted((one, other) => one.value - other.value);
    if (ranked[0]!.value < 1e-9) return used;
    evolution = learnGeneration(
      evolution,
      ranked.map(({ at }) => at),
    );
  }
  return undefined;
}

// Over 31 seeds the medians are 608, 1344 and 2000 evaluations; the bounds are half again as many.
test.each([
  ['a sphere', sphere, 900],
  ['a rotated ellipsoid of condition 1e4', ellipsoid, 2000],
  ["Rosenbrock's valley", rosenbrock, 3000],
])('%s is solved from every one of these seeds', (_, f, most) => {
  const start = startEvolution({ mean: new Float64Array(DIMENSIONS).fill(0.1), deviation: 0.3 });
  for (const seed of [1, 2, 3, 4, 5]) expect(evaluationsFor(f, { seed, start, most })).toBeLessThan(most);
});

test('draws have the mean and the covariance that were learned', () => {
  const random = createRandom(7);
  let evolution = startEvolution({ mean: Float64Array.of(1, -2), deviation: 0.5 });
  for (let generation = 0; generation < 10; generation++) {
    const points = Array.from({ length: 6 }, () => drawFrom(evolution, random));
    evolution = learnGeneration(
      evolution,
      points.toSorted((one, other) => one[0]! + 3 * one[1]! - other[0]! - 3 * other[1]!),
    );
  }
  const { mean, deviation, covariance } = evolution;
  const draws = Array.from({ length: 40_000 }, () => drawFrom(evolution, random));
  const variance = deviation ** 2 * Math.max(covariance[0]!, covariance[3]!);
  for (const one of [0, 1]) {
    const center = draws.reduce((sum, at) => sum + at[one]!, 0) / draws.length;
    expect(Math.abs(center - mean[one]!) / Math.sqrt(variance)).toBeLessThan(0.03);
    for (const other of [0, 1]) {
      const products = draws.map((at) => (at[one]! - mean[one]!) * (at[other]! - mean[other]!));
      const shared = products.reduce((sum, product) => sum + product, 0) / draws.length;
      expect(Math.abs(shared - deviation ** 2 * covariance[one * 2 + other]!) / variance).toBeLessThan(0.03);
    }
  }
});

test('a good point from elsewhere draws the mean towards it, by no more than a long step of its own', () => {
  const start = startEvolution({ mean: new Float64Array(DIMENSIONS), deviation: 0.1 });
  const random = createRandom(5);
  const own = Array.from({ length: 7 }, () => drawFrom(start, random));
  const far = new Float64Array(DIMENSIONS).fill(1e9);
  const { mean, deviation } = learnGeneration(start, [far, ...own]);
  const longest = 0.1 * (Math.sqrt(DIMENSIONS) + (2 * DIMENSIONS) / (DIMENSIONS + 2));
  for (const coordinate of mean) expect(coordinate).toBeGreaterThan(0);
  expect(Math.hypot(...mean)).toBeLessThan(longest);
  expect(deviation).toBeLessThanOrEqual(0.1 * Math.E);
});

test('the best point told again and again speeds a sphere up', () => {
  const optimum = new Float64Array(DIMENSIONS);
  const start = startEvolution({ mean: new Float64Array(DIMENSIONS).fill(1), deviation: 0.3 });
  const after = (told: readonly Float64Array[]): number => {
    const random = createRandom(2);
    let evolution = start;
    for (let generation = 0; generation < 20; generation++) {
      const points = [...told, ...Array.from({ length: 8 - told.length }, () => drawFrom(evolution, random))];
      evolution = learnGeneration(
        evolution,
        points.toSorted((one, other) => sphere(one) - sphere(other)),
      );
    }
    return sphere(evolution.mean);
  };
  expect(after([optimum])).toBeLessThan(after([]) / 10);
});

test('whatever points it is told, it stays a distribution, and what it was before stays too', () => {
  const coordinate = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  const points = fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 0, maxLength: 9 });
  fc.assert(
    fc.property(fc.array(points, { maxLength: 30 }), (generations) => {
      let evolution = startEvolution({ mean: Float64Array.of(0, 0, 0), deviation: 1 });
      for (const generation of generations) {
        const before = structuredClone(evolution);
        const next = learnGeneration(
          evolution,
          generation.map((point) => Float64Array.from(point)),
        );
        expect(evolution).toEqual(before);
        evolution = next;
      }
      const { mean, deviation, axes } = evolution;
      for (const number of [...mean, deviation, ...axes.directions, ...axes.lengths])
        expect(number).toSatisfy(Number.isFinite);
      for (const length of [deviation, ...axes.lengths]) expect(length).toBeGreaterThan(0);
    }),
    { seed: 1 },
  );
});

test.each([
  ['elsewhere', [0, 0], 4],
  ['at its mean', [0.3, 0.7], 4],
  ['at its mean, many times over', [0.3, 0.7], 50],
])('one point for ever, %s, is the point that it ends at', (_, mean, count) => {
  const point = Float64Array.of(0.3, 0.7);
  let evolution = startEvolution({ mean: Float64Array.from(mean), deviation: 1 });
  const points = new Array<Float64Array>(count).fill(point);
  for (let generation = 0; generation < 2500; generation++) evolution = learnGeneration(evolution, points);
  for (const j of [0, 1]) expect(drawFrom(evolution, createRandom(1))[j]).toBeCloseTo(point[j]!, 12);
  // And there it can be told of others.
  const { mean: after, deviation } = learnGeneration(evolution, [Float64Array.of(0.4, 0.9), point]);
  for (const number of [...after, deviation]) expect(number).toSatisfy(Number.isFinite);
});

test('moves far in one direction lengthen the steps, by no more than e each time, before they bend the shape', () => {
  const start = startEvolution({ mean: Float64Array.of(0, 0), deviation: 1 });
  let evolution = start;
  for (let generation = 0; generation < 10; generation++) {
    const points = new Array<Float64Array>(40).fill(Float64Array.of(1e12, 0));
    const next = learnGeneration(evolution, points);
    expect(next.deviation / evolution.deviation).toBeCloseTo(Math.E, 12);
    expect(next.shapePath).toEqual(start.shapePath);
    evolution = next;
  }
});

test('a generation grows with the logarithm of the coordinates', () => {
  expect([1, 2, 5, 10, 16].map(generationSize)).toEqual([4, 6, 8, 10, 12]);
});
