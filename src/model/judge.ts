import type { ExperimentId, TrialId } from './identity.ts';
import type { Program } from './program.ts';
import type { StudyState } from './study.ts';
import type { Conditions, Outcome, TrialRequest } from './trial.ts';
import type { Verdict } from './verdict.ts';

/** A trial that the judge would like next. Worth is in the metric's unit a slot-second; only its order counts. */
export interface WantedTrial extends TrialRequest {
  readonly worth: number;
}

export interface Judgement {
  readonly experiment: ExperimentId;
  readonly verdict: Verdict;
}

/** What follows from the ledger as it stands. */
export interface Decision {
  readonly verdicts: readonly Judgement[];
  /** Kept changes that have lost their standing and leave the champion. */
  readonly withdrawals: readonly ExperimentId[];
  /** Best first, at most as many as there are free slots. */
  readonly wanted: readonly WantedTrial[];
  /** Present when nothing can be judged any more: the champion itself does not yield a measurement. */
  readonly impasse?: { readonly trial: TrialId; readonly outcome: Outcome };
}

/** What a judge may know besides the ledger. */
export interface JudgeContext {
  readonly program: Program;
  /** Under which trials are run now; only trials under comparable conditions count. */
  readonly conditions: Conditions;
}

/** The rule that turns evidence into verdicts. Pure: equal arguments, equal decision; no clock, no luck, no I/O. */
export type Judge = (state: StudyState, freeSlots: number, context: JudgeContext) => Decision;
