import type { NoiseStanding } from '../../model/noise-standing.ts';
import type { StackReport } from '../../model/stack-report.ts';
import type { Standing } from '../../model/standing.ts';

/** What those who judge make of a state. Handed in: a record tells what was found, it does not weigh. */
export interface Weighed {
  readonly standing: Standing;
  /** Absent before the first trial has ended. */
  readonly judged?: {
    readonly stack: StackReport;
    /** How far equal code scores apart; absent under a rule that takes every score as it is. */
    readonly noise?: NoiseStanding;
  };
}
