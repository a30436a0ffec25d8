import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minimise, type Sloped } from './minimise.ts';

const rosenbrock: Sloped = (at, slope) => {
  slope.fill(0);
  let value = 0;
  for (let j = 0; j + 1 < at.length; j++) {
    const bend = at[j + 1]! - at[j]! ** 2;
    const rest = 1 - at[j]!;
    value += 100 * bend ** 2 + rest ** 2;
    slope[j]! += -400 * bend * at[j]! - 2 * rest;
    slope[j + 1]! += 200 * bend;
  }
  return value;
};

/** A bowl with its bottom at `bottom`, steeper in each further coordinate, and a wave on it. */
const bowl =
  (bottom: readonly number[], wave = 0): Sloped =>
  (at, slope) => {
    let value = 0;
    for (let j = 0; j < at.length; j++) {
      const from = at[j]! - bottom[j]!;
      value += (j + 1) * from ** 2 + wave * Math.cos(5 * from);
      slope[j] = 2 * (j + 1) * from - 5 * wave * Math.sin(5 * from);
    }
    return value;
  };

test('a bent valley is followed to its end within some tens of evaluations', () => {
  const { at, value } = minimise(rosenbrock, Float64Array.of(-1.2, 1, -0.5, 0.8), { evaluations: 150 });
  expect(value).toBeLessThan(1e-6);
  for (const coordinate of at) expect(coordinate).toBeCloseTo(1, 2);
});

test('where the bottom lies outside the box, the nearest place of the box is found', () => {
  const box = { low: Float64Array.of(0, 0, 0), high: Float64Array.of(1, 1, 1) };
  const { at } = minimise(bowl([-1, 0.3, 4]), Float64Array.of(0.5, 0.9, 0.1), { evaluations: 50, box });
  expect(at[0]).toBe(0);
  expect(at[1]).toBeCloseTo(0.3, 5);
  expect(at[2]).toBe(1);
});

test('a valley that ends at a wall of the box is followed along the wall', () => {
  const box = { low: Float64Array.of(-2, -2), high: Float64Array.of(0.5, 2) };
  const { at } = minimise(rosenbrock, Float64Array.of(-1.2, 1), { evaluations: 200, box });
  expect(at[0]).toBeCloseTo(0.5, 6);
  expect(at[1]).toBeCloseTo(0.25, 4);
});

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const cases = fc.integer({ min: 1, max: 6 }).chain((size) =>
  fc.record({
    bottom: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: size, maxLength: size }),
    corners: fc.array(fc.tuple(unit, unit), { minLength: size, maxLength: size }),
    start: fc.array(fc.double({ min: -2, max: 3, noNaN: true }), { minLength: size, maxLength: size }),
    wave: fc.double({ min: 0, max: 2, noNaN: true }),
    evaluations: fc.integer({ min: 1, max: 60 }),
  }),
);

test('no evaluation leaves the box, none is beyond the budget, and the end is never above the start', () => {
  fc.assert(
    fc.property(cases, ({ bottom, corners, start, wave, evaluations }) => {
      const box = {
        low: Float64Array.from(corners, ([one, other]) => Math.min(one, other)),
        high: Float64Array.from(corners, ([one, other]) => Math.max(one, other)),
      };
      const f = bowl(bottom, wave);
      const values: number[] = [];
      const watched: Sloped = (at, slope) => {
        for (let j = 0; j < at.length; j++) {
          expect(at[j]).toBeGreaterThanOrEqual(box.low[j]!);
          expect(at[j]).toBeLessThanOrEqual(box.high[j]!);
        }
        const value = f(at, slope);
        values.push(value);
        return value;
      };
      const end = minimise(watched, Float64Array.from(start), { evaluations, box });
      expect(values.length).toBeLessThanOrEqual(evaluations);
      expect(end.value).toBeLessThanOrEqual(values[0]!);
      expect(f(end.at, new Float64Array(start.length))).toBeCloseTo(end.value, 10);
    }),
    { seed: 1 },
  );
});

test('in any box a coupled bowl ends where each coordinate is level, or held by a wall that it would cross', () => {
  const size = 5;
  const numbers = (length: number, most: number) =>
    fc.array(fc.double({ min: -most, max: most, noNaN: true }), { minLength: length, maxLength: length });
  fc.assert(
    fc.property(numbers(size * size, 1), numbers(size, 2), numbers(size, 0.5), (mixing, bottom, start) => {
      // |M (at - bottom)|^2 and a little of the bowl.
      const f: Sloped = (at, slope) => {
        const from = at.map((coordinate, j) => coordinate - bottom[j]!);
        let value = 0;
        for (let j = 0; j < size; j++) {
          value += 0.1 * from[j]! ** 2;
          slope[j] = 0.2 * from[j]!;
        }
        for (let row = 0; row < size; row++) {
          const mixed = from.reduce((sum, part, j) => sum + mixing[row * size + j]! * part, 0);
          value += mixed ** 2;
          for (let j = 0; j < size; j++) slope[j]! += 2 * mixing[row * size + j]! * mixed;
        }
        return value;
      };
      const box = { low: new Float64Array(size).fill(-0.5), high: new Float64Array(size).fill(0.5) };
      const { at } = minimise(f, Float64Array.from(start), { evaluations: 400, box });
      const slope = new Float64Array(size);
      f(at, slope);
      for (let j = 0; j < size; j++) {
        const isHeld = (at[j] === -0.5 && slope[j]! > 0) || (at[j] === 0.5 && slope[j]! < 0);
        if (!isHeld) expect(Math.abs(slope[j]!)).toBeLessThan(2e-3);
      }
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('no step is longer than the longest', () => {
  const places: Float64Array[] = [];
  const steep: Sloped = (at, slope) => {
    places.push(at.slice());
    return bowl([50, -50])(at, slope);
  };
  minimise(steep, Float64Array.of(0, 0), { evaluations: 30, longestStep: 0.5 });
  expect(places.length).toBeGreaterThan(10);
  for (let index = 1; index < places.length; index++) {
    const [one, other] = [places[index - 1]!, places[index]!];
    expect(Math.hypot(one[0]! - other[0]!, one[1]! - other[1]!)).toBeLessThanOrEqual(0.5 + 1e-12);
  }
});

test('ground so straight that what was learned there leads far too far is no place to stop', () => {
  const straight: Sloped = (at, slope) => {
    const value = Math.sqrt(1 + at[0]! ** 2);
    slope[0] = at[0]! / value;
    return value;
  };
  const { value } = minimise(straight, Float64Array.of(1000), { evaluations: 100 });
  expect(value).toBeLessThan(999);
});

test('a place where the function has no value is not gone to', () => {
  const walled: Sloped = (at, slope) => (at[0]! > 0.2 ? Number.NaN : bowl([1])(at, slope));
  const { at, value } = minimise(walled, Float64Array.of(-1), { evaluations: 60 });
  expect(at[0]).toBeLessThanOrEqual(0.2);
  expect(value).toBeLessThan(0.9);
});

test('a start without a value is where it ends', () => {
  const nowhere: Sloped = () => Number.POSITIVE_INFINITY;
  expect(minimise(nowhere, Float64Array.of(3), { evaluations: 60 }).at).toEqual(Float64Array.of(3));
});
