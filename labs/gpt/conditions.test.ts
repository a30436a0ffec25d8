import { describe, expect, it } from 'vitest';
import { readConditions } from './conditions.ts';

describe('the conditions of a trial', () => {
  it('are seed 1 and 20 CPU-seconds when run by hand', () => {
    expect(readConditions({})).toEqual({ seed: 1, duration: { kind: 'budget', cpuSeconds: 20 } });
  });

  it('take the seed and the budget from the engine', () => {
    expect(readConditions({ RATCHET_SEED: '2147483647', RATCHET_BUDGET: '4.5' })).toEqual({
      seed: 2147483647,
      duration: { kind: 'budget', cpuSeconds: 4.5 },
    });
  });

  it('follow the recorded steps on replay, whatever the budget', () => {
    const replayed = readConditions({ RATCHET_SEED: '0', RATCHET_BUDGET: '20', RATCHET_STEPS: '350' });
    expect(replayed).toEqual({ seed: 0, duration: { kind: 'steps', steps: 350 } });
  });

  it.each([
    ['RATCHET_SEED', '-1'],
    ['RATCHET_SEED', '1.5'],
    ['RATCHET_SEED', 'one'],
    ['RATCHET_BUDGET', '0'],
    ['RATCHET_BUDGET', '20s'],
    ['RATCHET_BUDGET', 'Infinity'],
    ['RATCHET_STEPS', '0'],
    ['RATCHET_STEPS', '2.5'],
  ])('refuse %s=%s, by name', (name, value) => {
    expect(() => readConditions({ [name]: value })).toThrow(`${name} is "${value}"`);
  });
});
