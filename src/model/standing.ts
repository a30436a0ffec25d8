import type { Commit, ExperimentId } from './identity.ts';
import type { Measurement } from './trial.ts';

/** What a commit scored: the mean of its latest trials under comparable conditions. */
export interface Score {
  /** In the metric's unit. */
  readonly value: number;
  readonly source: Measurement['source'];
  /** How many trials the mean is over, 1 or more. */
  readonly trials: number;
}

/** Where a study stands, on the hardware of the engine that wrote last. */
export interface Standing {
  readonly commit: Commit;
  /** The kept experiments that make up the champion, oldest first. */
  readonly stack: readonly ExperimentId[];
  readonly keeps: number;
  /** Absent before the champion has been measured. */
  readonly champion?: Score;
  /** Measured under the champion's conditions; absent where it was not. */
  readonly baseline?: Score;
  /** Measured under other conditions only: no gain over it can be told. */
  readonly baselineElsewhere?: Score;
}
