import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choiceSite, numberSite } from '../fixtures/sites.ts';
import { choiceAxis, type NumberAxis, numberAxis, placeOn, valueOn } from './axis.ts';
import { settle, visitedOf } from './visited.ts';

const rounded = (value: number) => Number(value.toPrecision(3));
/** Of all sizes between two, as people write them. */
const size = (least: number, most: number) =>
  fc.double({ min: Math.log(least), max: Math.log(most), noNaN: true }).map((log) => rounded(Math.exp(log)));
const axisOf = (values: fc.Arbitrary<number>, isWhole = false) =>
  fc.tuple(values, fc.array(values, { maxLength: 5 })).map(([value, visited]) => ({
    axis: numberAxis(numberSite(value, { whole: isWhole }), visitedOf(visited)),
    visited,
  }));
const within = (scale: 'log' | 'linear', ends: fc.Arbitrary<number>, isWhole = false) =>
  fc
    .tuple(ends, ends, fc.double({ min: 0, max: 1, noNaN: true }))
    .filter(([a, b]) => Math.abs(a - b) > 1e-3 * Math.max(Math.abs(a), Math.abs(b)))
    .map(([a, b, share]) => {
      const range = { low: Math.min(a, b), high: Math.max(a, b), scale };
      const value = range.low + share * (range.high - range.low);
      const site = numberSite(isWhole ? Math.round(value) : value, { whole: isWhole, range });
      return { axis: numberAxis(site, visitedOf([])), visited: [] };
    });

const sizes = size(1e-9, 1e9);
const negatives = sizes.map((value) => -value);
const DECLARED = {
  'a linear range': within('linear', fc.oneof(sizes, negatives)),
  'a logarithmic range': within('log', sizes),
  'a range of whole numbers': within('linear', fc.integer({ min: -1000, max: 1000 }), true),
  'a logarithmic range of whole numbers': within('log', fc.integer({ min: 1, max: 1e6 }), true),
};
const UNDECLARED = {
  'sizes of all orders': axisOf(sizes),
  'negative sizes': axisOf(negatives),
  'what is near one': axisOf(size(1e-6, 0.5).map((distance) => 1 - distance)),
  'nothing and more': axisOf(fc.oneof(fc.constant(0), size(1e-6, 1))),
  'both signs': axisOf(
    fc.oneof(
      fc.constant(0),
      size(1e-3, 1e3),
      size(1e-3, 1e3).map((value) => -value),
    ),
  ),
  'few whole numbers': axisOf(fc.integer({ min: 0, max: 8 }), true),
  'many whole numbers': axisOf(fc.integer({ min: 1, max: 1e6 }), true),
  'whole numbers of both signs': axisOf(fc.integer({ min: -1000, max: 1000 }), true),
};
const ALL = Object.entries({ ...DECLARED, ...UNDECLARED });
const place = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const resolution = fc.double({ min: 1e-6, max: 1e-3, noNaN: true });

/** What lies exactly at a place, whole or not. */
function exactAt(axis: NumberAxis, at: number): number {
  return Number(valueOn({ ...axis, isWhole: false }, at, 1e-12));
}

describe.each(ALL)('on an axis of %s', (_, axes) => {
  it('what is written for a place lies there, to within the resolution or the nearest whole number', () => {
    fc.assert(
      fc.property(axes, place, resolution, ({ axis }, at, resolution) => {
        const value = valueOn(axis, at, resolution);
        if (axis.isWhole) {
          expect(Number.isInteger(Number(value))).toBe(true);
          expect(Math.abs(Number(value) - exactAt(axis, at))).toBeLessThanOrEqual(0.5 + 1e-6);
        } else {
          expect(Math.abs(placeOn(axis, value)! - at)).toBeLessThanOrEqual(resolution);
        }
      }),
    );
  });

  it('what stands there and what was tried has a place between the ends', () => {
    fc.assert(
      fc.property(axes, ({ axis, visited }) => {
        for (const value of [axis.site.value, ...visited]) {
          const at = placeOn(axis, String(value))!;
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at).toBeLessThanOrEqual(1);
          expect(placeOn(axis, String(exactAt(axis, at)))).toBeCloseTo(at, 9);
        }
      }),
    );
  });
});

it.each(Object.entries(DECLARED))('nothing is written beyond %s', (_, axes) => {
  fc.assert(
    fc.property(axes, place, fc.double({ min: 1e-6, max: 1, noNaN: true }), ({ axis }, at, resolution) => {
      const value = Number(valueOn(axis, at, resolution));
      expect(value).toBeGreaterThanOrEqual(axis.site.range!.low);
      expect(value).toBeLessThanOrEqual(axis.site.range!.high);
    }),
  );
});

describe('an axis that nobody declared', () => {
  const ends = (axis: NumberAxis) => [0, 1].map((at) => Number(valueOn(axis, at, 1e-3)));

  it('reaches one step to both sides of the present value, and as far as was tried', () => {
    expect(ends(numberAxis(numberSite(0.1), visitedOf([])))).toEqual([0.05, 0.2]);
    expect(ends(numberAxis(numberSite(0.1), visitedOf([0.8])))).toEqual([0.05, 0.8]);
    expect(ends(numberAxis(numberSite(0.9), visitedOf([])))).toEqual([0.8, 0.95]);
    expect(ends(numberAxis(numberSite(3), visitedOf([])))).toEqual([2, 4]);
    expect(ends(numberAxis(numberSite(64), visitedOf([256])))).toEqual([32, 256]);
    expect(ends(numberAxis(numberSite(-0.5), visitedOf([])))).toEqual([-0.25, -1]);
  });

  it('goes below zero only where that was tried', () => {
    expect(ends(numberAxis(numberSite(0), visitedOf([])))[0]).toBe(0);
    expect(ends(numberAxis(numberSite(0, { continuous: true }), visitedOf([0.1])))[0]).toBe(0);
    expect(ends(numberAxis(numberSite(0), visitedOf([100])))[0]).toBe(0);
    expect(ends(numberAxis(numberSite(2), visitedOf([-3])))[0]).toBe(-3);
    expect(ends(numberAxis(numberSite(0, { continuous: true }), visitedOf([-0.1])))[0]).toBe(-0.1);
  });

  it('leaves the whole numbers where a fraction was tried, or its name says that it may be one', () => {
    expect(numberAxis(numberSite(2), visitedOf([3])).isWhole).toBe(true);
    expect(numberAxis(numberSite(2), visitedOf([2.5])).isWhole).toBe(false);
    expect(numberAxis(numberSite(2, { continuous: true }), visitedOf([3])).isWhole).toBe(false);
  });

  it('keeps to the whole numbers where fractions broke, whatever its name says, until one is measured', () => {
    const visited = visitedOf([2.5, 2.7]);
    const isWhole = () => numberAxis(numberSite(2, { continuous: true }), visited).isWhole;
    settle(visited, '2.5', 'broken', false);
    expect(isWhole()).toBe(false);
    settle(visited, '2.7', 'broken', false);
    expect(isWhole()).toBe(true);
    settle(visited, '2.9', 'measured', false);
    settle(visited, '2.8', 'broken', true);
    expect(isWhole()).toBe(false);
  });
});

it('a range with a fraction at an end is not one of whole numbers', () => {
  const axis = numberAxis(numberSite(1, { range: { low: 0.1, high: 10, scale: 'log' } }), visitedOf([]));
  expect(valueOn(axis, 0.25, 1e-3)).toBe('0.316');
});

it('has no place for what lies beyond it', () => {
  const axis = numberAxis(numberSite(1, { range: { low: 0, high: 2, scale: 'linear' } }), visitedOf([]));
  for (const value of ['-1', '3', 'NaN', 'Infinity', 'none']) expect(placeOn(axis, value)).toBeUndefined();
  const positive = numberAxis(numberSite(0.1), visitedOf([0.2]));
  for (const value of ['0', '-0.1', '100']) expect(placeOn(positive, value)).toBeUndefined();
});

it('writes no digit that does not matter', () => {
  const share = numberAxis(numberSite(0.5, { range: { low: 0, high: 1, scale: 'linear' } }), visitedOf([]));
  expect(valueOn(share, 1 / 3, 1e-3)).toBe('0.333');
  expect(valueOn(share, 1 / 3, 1e-5)).toBe('0.33333');
  const many = numberAxis(
    numberSite(5e5, { continuous: true, range: { low: 0, high: 1e6, scale: 'linear' } }),
    visitedOf([]),
  );
  expect(valueOn(many, 1 / 3, 1e-3)).toBe('333000');
});

describe('choices', () => {
  const values = fc.uniqueArray(fc.constantFrom('adam', 'lion', 'muon', 'sgd', '', 'Ä'), { minLength: 2 });

  it('keep their order whatever stands there now', () => {
    fc.assert(
      fc.property(values, (values) => {
        const axes = values.map((value) => choiceAxis(choiceSite(value, values)));
        for (const axis of axes) expect(axis.values).toEqual(axes[0]!.values);
      }),
    );
  });

  it('come back from their places', () => {
    fc.assert(
      fc.property(values, (values) => {
        const axis = choiceAxis(choiceSite(values[0]!, values));
        for (const value of values) expect(valueOn(axis, placeOn(axis, value)!, 1e-3)).toBe(value);
        expect(placeOn(axis, 'none of them')).toBeUndefined();
      }),
    );
  });
});
