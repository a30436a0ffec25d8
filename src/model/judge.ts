import type { Certificate } from './certificate.ts';
import type { ExperimentId, TrialId } from './identity.ts';
import type { Program } from './program.ts';
import type { StudyState } from './study.ts';
import type { AskedTrial, Conditions, CurvePoint, Forecast, Outcome } from './trial.ts';
import type { Verdict } from './verdict.ts';

/**
 * A trial that the judge would like next. Worth is in the metric's unit a slot-second; only its order counts. Where something
 * is switched off, `commit` is the champion's own, and the engine makes the commit without it.
 */
export interface WantedTrial extends AskedTrial {
  readonly worth: number;
}

export interface Judgement {
  readonly experiment: ExperimentId;
  readonly verdict: Verdict;
}

export interface Withdrawal {
  readonly experiment: ExperimentId;
  readonly reason: string;
}

export interface Stop {
  readonly trial: TrialId;
  readonly forecast: Forecast;
  readonly reason: string;
}

/** What follows from the ledger as it stands. */
export interface Decision {
  readonly verdicts: readonly Judgement[];
  /** Kept changes that have lost their standing and leave the champion, each by a new commit. */
  readonly withdrawals: readonly Withdrawal[];
  /** What has been shown on fresh seeds since the last decision. */
  readonly certificates: readonly Certificate[];
  /** Running trials that are not worth their time any more. */
  readonly stops: readonly Stop[];
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
  /** What the running trials have reported so far at the checkpoints that they have passed, by trial. */
  readonly progress: ReadonlyMap<TrialId, readonly CurvePoint[]>;
}

/** The rule that turns evidence into verdicts. Pure: equal arguments, equal decision; no clock, no luck, no I/O. */
export type Judge = (state: StudyState, freeSlots: number, context: JudgeContext) => Decision;
