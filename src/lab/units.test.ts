import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatDollars,
  formatDuration,
  formatTrialBudget,
  parseBytes,
  parseDollars,
  parseDuration,
  parseTrialBudget,
  type Quantity,
} from './units.ts';

const value = <Value>(quantity: Quantity<Value>): Value => {
  if (quantity.kind === 'problem') throw new Error(`${quantity.problem}; ${quantity.mend}`);
  return quantity.value;
};

describe('durations', () => {
  test.each([
    ['20s', 20],
    ['90 s', 90],
    ['5m', 300],
    ['5 min', 300],
    ['8h', 28_800],
    ['1h30m', 5_400],
    ['1h 30m 5s', 5_405],
    ['2d', 172_800],
    ['250ms', 0.25],
    ['1.5s', 1.5],
    [' 20S ', 20],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toEqual({ kind: 'value', value: seconds });
  });

  test.each([
    ['20', 'write `20s`'],
    ['1.5', 'write `1.5s`'],
    ['-20', 'write `20s`'],
    ['1e3', 'write `1e3s`'],
    ['', 'write `20s`, `5m`, `8h` or `1h30m`'],
    ['soon', 'write `20s`, `5m`, `8h` or `1h30m`'],
    ['20s cpu', 'write `20s`, `5m`, `8h` or `1h30m`'],
    ['30m1h', 'write `20s`, `5m`, `8h` or `1h30m`'],
    ['5s5s', 'write `20s`, `5m`, `8h` or `1h30m`'],
    ['20 seconds', 'write `20s`, `5m`, `8h` or `1h30m`'],
    ['-5s', 'write `20s`, `5m`, `8h` or `1h30m`'],
    ['1,5s', 'write `20s`, `5m`, `8h` or `1h30m`'],
    ['400d', 'write `365d` or less'],
  ])('%j is refused and mended: %s', (text, mend) => {
    expect(parseDuration(text)).toMatchObject({ kind: 'problem', mend });
  });

  test('whole seconds survive writing and reading', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 365 * 86_400 }), (seconds) => {
        expect(value(parseDuration(formatDuration(seconds)))).toBe(seconds);
      }),
    );
  });

  test('what is written is true to half of its last digit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (seconds) => {
        const error = Math.abs(value(parseDuration(formatDuration(seconds))) - seconds);
        const allowed = seconds < 1 ? 0.0005 : seconds < 60 ? 0.05 : 0.5;
        expect(error).toBeLessThanOrEqual(allowed + 1e-6);
      }),
    );
  });

  test('no text makes it throw, and what it reads lies between 0 and a year', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^[0-9.]{0,4} ?[dhms]{0,2}[0-9]{0,3}[hms]?$/));
    fc.assert(
      fc.property(texts, (text) => {
        const read = parseDuration(text);
        if (read.kind === 'value') {
          expect(read.value).toBeGreaterThanOrEqual(0);
          expect(read.value).toBeLessThanOrEqual(365 * 86_400);
        }
      }),
    );
  });

  test.each([
    [0, '0s'],
    [0.0001, '0s'],
    [0.25, '250ms'],
    [0.9996, '1s'],
    [4.5, '4.5s'],
    [59.97, '1m'],
    [90, '1m30s'],
    [28_800, '8h'],
    [183_600, '2d3h'],
  ])('%d seconds are written %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe('trial budgets', () => {
  test('count wall time, or processor time where they say cpu', () => {
    expect(parseTrialBudget('20s')).toEqual({ kind: 'value', value: { clock: 'wall', seconds: 20 } });
    expect(parseTrialBudget('20s cpu')).toEqual({ kind: 'value', value: { clock: 'cpu', seconds: 20 } });
    expect(parseTrialBudget('1m30s CPU ')).toEqual({ kind: 'value', value: { clock: 'cpu', seconds: 90 } });
  });

  test.each([
    ['20', 'write `20s`'],
    ['20 cpu', 'write `20s cpu`'],
    ['0s', 'write `20s`'],
    ['20s gpu', 'write `20s`, `5m`, `8h` or `1h30m`'],
    ['cpu', 'write `20s`, `5m`, `8h` or `1h30m`'],
  ])('%j is refused and mended: %s', (text, mend) => {
    expect(parseTrialBudget(text)).toMatchObject({ kind: 'problem', mend });
  });

  test('survive writing and reading', () => {
    fc.assert(
      fc.property(fc.constantFrom('wall', 'cpu'), fc.integer({ min: 1, max: 1e6 }), (clock, seconds) => {
        const budget = { clock, seconds } as const;
        expect(value(parseTrialBudget(formatTrialBudget(budget)))).toEqual(budget);
      }),
    );
  });
});

describe('memory', () => {
  test.each([
    ['2GiB', 2 ** 31],
    ['512 MB', 512e6],
    ['100kB', 100e3],
    ['1.5 gib', 1.5 * 2 ** 30],
    ['900B', 900],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseBytes(text)).toEqual({ kind: 'value', value: bytes });
  });

  test.each([
    ['2', 'write `2GiB` or `2MiB`'],
    ['2G', 'write `2GiB` or `512MB`'],
    ['0 GiB', 'write `2GiB` or `512MB`'],
    ['-1GiB', 'write `2GiB` or `512MB`'],
    ['99999999TiB', 'write `2GiB` or `512MB`'],
    ['much', 'write `2GiB` or `512MB`'],
  ])('%j is refused and mended: %s', (text, mend) => {
    expect(parseBytes(text)).toMatchObject({ kind: 'problem', mend });
  });

  test('what is written is true to half a percent, and to the byte below a kibibyte', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 50 }), (bytes) => {
        const read = value(parseBytes(formatBytes(bytes)));
        expect(Math.abs(read - bytes)).toBeLessThanOrEqual(bytes < 1024 ? 0 : bytes * 0.005);
      }),
    );
  });
});

describe('money', () => {
  test.each([
    ['$5', 5],
    ['$0.50', 0.5],
    [' $ 12 ', 12],
  ])('%s is %d dollars', (text, dollars) => {
    expect(parseDollars(text)).toEqual({ kind: 'value', value: dollars });
  });

  test.each([
    ['5', 'write `$5`'],
    ['0.5', 'write `$0.5`'],
    ['5 USD', 'write `$5`'],
    ['$1,000', 'write `$5`'],
    ['$0', 'write `$5`'],
    ['-3', 'write `$5`'],
  ])('%j is refused and mended: %s', (text, mend) => {
    expect(parseDollars(text)).toMatchObject({ kind: 'problem', mend });
  });

  test('whole cents survive writing and reading', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (cents) => {
        expect(value(parseDollars(formatDollars(cents / 100)))).toBe(cents / 100);
      }),
    );
  });
});
