import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../model/random.ts';
import { candidatesOf, moved, scaleOf, writeNumber } from './scale.ts';

const float = (value: number) => ({ value, whole: false, continuous: true });
const whole = (value: number) => ({ value, whole: true, continuous: false });
const likely = (site: Parameters<typeof candidatesOf>[0]) =>
  candidatesOf(site, createRandom(1))
    .filter(({ weight }) => weight >= 0.6)
    .map(({ value }) => value)
    .sort((a, b) => a - b);

describe('the next values of a number', () => {
  it('double and halve what is a size or a rate', () => {
    expect(likely(float(3e-4))).toEqual([1.5e-4, 6e-4]);
    expect(likely(float(0.1))).toEqual([0.05, 0.2]);
    expect(likely(whole(128))).toEqual([64, 256]);
    expect(likely(whole(4))).toEqual([2, 8]);
    expect(likely(whole(768))).toEqual([384, 1536]);
    expect(likely(whole(10_000))).toEqual([5_000, 20_000]);
    expect(likely(float(-0.5))).toEqual([-1, -0.25]);
  });

  it('double and halve the distance to one of what is near one', () => {
    expect(likely(float(0.999))).toEqual([0.998, 0.9995]);
    expect(likely(float(0.95))).toEqual([0.9, 0.975]);
  });

  it('step where numbers are few', () => {
    expect(likely(whole(2))).toEqual([1, 3]);
    expect(likely(whole(3))).toEqual([2, 4]);
  });

  it('begin small from nothing', () => {
    expect(likely(float(0))).toEqual([0.1]);
    expect(likely(whole(0))).toEqual([1]);
  });

  it('leave the whole numbers only where the name allows it', () => {
    expect(likely({ value: 1, whole: true, continuous: true })).toEqual([0.5, 2]);
    expect(likely({ value: 1, whole: true, continuous: false })).toEqual([0, 2]);
  });

  it('stay whole, keep their sign, and stay below one where they were near it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer(), (value, seed) => {
        for (const candidate of candidatesOf(whole(value), createRandom(seed))) {
          expect(Number.isInteger(candidate.value)).toBe(true);
          expect(candidate.value).toBeGreaterThanOrEqual(0);
        }
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: 0.8, max: 0.99999, noNaN: true }), fc.integer(), (value, seed) => {
        for (const candidate of candidatesOf(float(value), createRandom(seed)))
          expect(candidate.value).toBeLessThan(1);
      }),
    );
  });

  it('lie between the ends that its author declared', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer(), (value, seed) => {
        const site = { ...whole(value), range: { low: 1, high: 5, scale: 'linear' } } as const;
        for (const candidate of candidatesOf(site, createRandom(seed))) {
          expect(candidate.value).toBeGreaterThanOrEqual(1);
          expect(candidate.value).toBeLessThanOrEqual(5);
        }
      }),
    );
  });

  it('come back to a value by the opposite step', () => {
    fc.assert(
      fc.property(fc.integer({ min: -20, max: 10 }), (exponent) => {
        const site = float(2 ** exponent);
        expect(scaleOf(float(moved(site, 1, 14))).kind).toBeDefined();
        expect(moved(float(moved({ ...site }, -1, 14)), 1, 14)).toBeCloseTo(site.value, 12);
      }),
    );
  });
});

describe('a number is written', () => {
  const site = (text: string, pointed = false) => ({ text, pointed });

  it.each([
    ['3e-4', 6e-4, '6e-4'],
    ['1e-3', 0.5, '0.5'],
    ['0.02', 0.04, '0.04'],
    ['128', 256, '256'],
    ['-5', -6, '-6'],
  ])('as it was: %s, then %d as %s', (text, value, expected) => {
    expect(writeNumber(site(text), value)).toBe(expected);
  });

  it('with its point where the language needs it', () => {
    expect(writeNumber(site('1.5', true), 3)).toBe('3.0');
    expect(writeNumber(site('1e-3', true), 1e-4)).toBe('1e-4');
  });

  it('so that it reads back the same', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom('1', '1.0', '1e-3'),
        (value, text) => {
          expect(Number(writeNumber(site(text, true), value))).toBe(value === 0 ? 0 : value);
        },
      ),
    );
  });
});
