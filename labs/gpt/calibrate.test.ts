import { describe, expect, it } from 'vitest';
import { calibrate } from './calibrate.ts';

/** Calibrates on a clock that only the probes move, each by the next of `times`. */
async function calibrated(budget: number, times: readonly number[]) {
  let left = budget;
  let probes = 0;
  const steps = await calibrate(
    async () => {
      left -= times[probes++ % times.length]!;
    },
    () => left,
  );
  return { steps, probes, left };
}

describe('calibration', () => {
  it('gives the steps that fill what the probes have left of the budget', async () => {
    const { steps, probes, left } = await calibrated(10, [0.01]);
    expect(probes).toBe(32);
    expect(steps).toBe(Math.round((left - 0.15) / 0.01));
  });

  it('is not misled by slow steps, as long as a quarter are not slow', async () => {
    const { steps, left } = await calibrated(10, [0.05, 0.02, 0.01, 0.03, 0.01, 0.04, 0.01, 0.02]);
    expect(steps).toBe(Math.round((left - 0.15) / 0.01));
  });

  it('probes at least eight steps, and then at most a tenth of what was left', async () => {
    expect((await calibrated(10, [1])).probes).toBe(8);
    expect((await calibrated(5, [0.03])).probes).toBe(17);
  });

  it('gives one step to a candidate too slow for its budget', async () => {
    expect((await calibrated(1, [2])).steps).toBe(1);
  });

  it('refuses a clock that stands still', async () => {
    await expect(calibrated(10, [0])).rejects.toThrow('stood still');
  });
});
