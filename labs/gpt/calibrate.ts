/** Steps that are timed before training, on a copy of the state. */
export const PROBE_STEPS = 8;

/** CPU-seconds kept for what follows the last step: export, and the end of both processes. */
const CLOSING_SECONDS = 0.15;

/**
 * How many steps fit, from the CPU-seconds that each probe step took. Counting steps once, and then training by
 * count, is what makes a trial replayable and keeps the lottery of a busy machine out of its score.
 * The third quickest speaks for all: the first steps warm caches up, and neighbours slow some of the others.
 *
 * @returns at least 1.
 */
export function stepsWithin(cpuSecondsLeft: number, probes: readonly number[]): number {
  const typical = [...probes].sort((a, b) => a - b)[Math.min(2, probes.length - 1)];
  if (typical === undefined || !(typical > 0))
    throw new Error('a calibration needs probe steps that took time');
  return Math.max(1, Math.round((cpuSecondsLeft - CLOSING_SECONDS) / typical));
}
