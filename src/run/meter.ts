import type { Usage } from '../model/trial.ts';

/** Adds up what the stages of a trial use. */
export interface Meter {
  add(usage: Usage): void;
  /** What the trial has used if the stage at hand has used this much so far. */
  with(usage: Usage): Usage;
  total(): Usage;
}

export function createMeter(): Meter {
  let sum: Usage = { wallSeconds: 0, cpuSeconds: 0, peakMemoryBytes: 0 };
  const plus = (usage: Usage): Usage => ({
    wallSeconds: sum.wallSeconds + usage.wallSeconds,
    cpuSeconds: sum.cpuSeconds + usage.cpuSeconds,
    peakMemoryBytes: Math.max(sum.peakMemoryBytes, usage.peakMemoryBytes),
  });
  return {
    add: (usage) => {
      sum = plus(usage);
    },
    with: plus,
    total: () => sum,
  };
}
