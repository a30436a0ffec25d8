import { describe, expect, test } from 'vitest';
import { crowdWarning, parseSlots, parseTime } from './arguments.ts';

test('a time that is no time at all is refused, as no experiment at all is', () => {
  expect(parseTime('1h30m')).toBe(5400);
  for (const text of ['0s', '0h', '0.0000001s']) expect(() => parseTime(text)).toThrow('above 0');
  expect(() => parseTime('8')).toThrow('without a unit of time');
});

describe('slots', () => {
  test('are 1 to 256', () => {
    expect([parseSlots('1'), parseSlots('256')]).toEqual([1, 256]);
    for (const text of ['257', '1000']) expect(() => parseSlots(text)).toThrow('from 1 to 256');
    for (const text of ['0', '-1', '2.5', 'two']) expect(() => parseSlots(text)).toThrow('from 1 up');
  });

  test('beyond the cores of the machine are warned of', () => {
    expect(crowdWarning(2, 2)).toBeUndefined();
    expect(crowdWarning(100, 2)).toBe(
      '100 slots on 2 cores: trials will share cores, and wall-clock budgets mean less',
    );
    expect(crowdWarning(2, 1)).toContain('2 slots on 1 core:');
  });
});
