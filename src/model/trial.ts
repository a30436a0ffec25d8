import type { Commit, Digest, ExperimentId, HardwareClass, TrialId } from './identity.ts';
import type { ExceededTime, TrialBudget } from './limit.ts';

/** Why a trial is run. A trial belongs to no experiment; verdicts cite trials. */
export type Purpose = 'candidate' | 'champion' | 'noise' | 'certify' | 'audit' | 'transfer' | 'replay';

/** Under which conditions a trial was run; only trials under equal conditions are compared. */
export interface Conditions {
  readonly hardware: HardwareClass;
  readonly budget: TrialBudget;
  /** Share of the full budget that the trial was given, above 0 and at most 1. */
  readonly fidelity: number;
  /** Whether other trials ran on the same machine meanwhile. */
  readonly company: 'alone' | 'beside others';
  /** Over names, sizes and times of what `provide` names. */
  readonly provided: Digest;
}

/** Whether two trials may be compared: company may differ, all else may not. */
export function comparable(a: Conditions, b: Conditions): boolean {
  return (
    a.hardware === b.hardware &&
    a.budget.clock === b.budget.clock &&
    a.budget.seconds === b.budget.seconds &&
    a.fidelity === b.fidelity &&
    a.provided === b.provided
  );
}

/** The same conditions for a trial of a share of the whole budget. */
export function atFidelity(conditions: Conditions, fidelity: number): Conditions {
  return { ...conditions, fidelity };
}

/** A job that an executor can find again after a restart of the engine. In the ledger before the submission. */
export interface JobReference {
  readonly executor: string;
  /** Unique over all studies: submitting it twice starts it once. */
  readonly key: string;
}

/** What is asked of an executor. */
export interface TrialRequest {
  readonly commit: Commit;
  readonly purpose: Purpose;
  /** Given to the lab as RATCHET_SEED; the engine's, never the candidate's: 31 bits. */
  readonly seed: number;
  /** Given as RATCHET_STEPS when a recorded trial is replayed. */
  readonly steps?: number;
  /** Present on a trial of the champion without some of its kept changes. */
  readonly switchedOff?: SwitchedOff;
}

/** A request, and which share of the whole budget it is given. */
export interface AskedTrial extends TrialRequest {
  /** Above 0 and below 1; absent on a whole trial. */
  readonly fidelity?: number;
}

/** What was taken out of which champion. All changes in the order of the champion's stack. */
export interface SwitchedOff {
  readonly champion: Commit;
  /** The changes that a fair coin was tossed for; at least one. */
  readonly tossed: readonly ExperimentId[];
  /** Those of them that were taken out; none where each coin left its change in. */
  readonly experiments: readonly ExperimentId[];
}

/** A validated number; exists only for a trial that completed. */
export interface Measurement {
  readonly value: number;
  readonly source: 'candidate-reported' | 'evaluated';
}

/** Which of a lab's commands something happened in. */
export type Stage = 'run' | 'evaluate' | 'checks';

/** How a trial ended. The first cause wins: a trial killed by its budget is a timeout, whatever it printed after. */
export type Outcome =
  | {
      readonly kind: 'completed';
      readonly measurement: Measurement;
      /**
       * Other metrics, at most 64, as told by whoever told the score: by `evaluate` alone where the program has one. Never
       * among them is what the engine measures itself.
       */
      readonly others: Readonly<Record<string, number>>;
      /** The step count that the lab calibrated, for a replay bit for bit. */
      readonly steps?: number;
      /** Present where the lab's `checks` were run on it: without them there is no keep. */
      readonly checks?: 'passed';
    }
  | { readonly kind: 'crash'; readonly stage: Stage; readonly how: string }
  | { readonly kind: 'timeout'; readonly stage: Stage; readonly exceeded: ExceededTime }
  | { readonly kind: 'invalid'; readonly reason: string }
  /** The machine's doing, not the candidate's: the trial is run again. */
  | { readonly kind: 'fault'; readonly reason: string }
  | { readonly kind: 'cancelled'; readonly reason: string }
  /** Ended by the judge, from what it had reported so far. */
  | { readonly kind: 'stopped'; readonly forecast: Forecast; readonly reason: string };

/** What a trial's own progress says of how it would have ended. */
export interface Forecast {
  /** How far the trial was: a share of its budget, above 0 and below 1. */
  readonly progress: number;
  /** Expected gain over the champion at the end, in the metric's unit; positive is better. */
  readonly gain: number;
  /** Standard deviation of what that gain may turn out to be, in the metric's unit. */
  readonly deviation: number;
}

/** Measured by the engine, never by the candidate. */
export interface Usage {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMemoryBytes: number;
}

export interface Trial extends TrialRequest {
  readonly trial: TrialId;
  readonly slot: number;
  readonly conditions: Conditions;
  readonly job: JobReference;
  /** Milliseconds since 1970. */
  readonly submittedAt: number;
}

export interface EndedTrial extends Omit<Trial, 'job'> {
  readonly outcome: Outcome;
  readonly usage: Usage;
  /** What it had reported at each of `CHECKPOINTS` that it reached, and last. Empty where the lab reports no progress. */
  readonly curve: readonly CurvePoint[];
}

/**
 * Whether a trial is news about the commit that it ran: a replay checks a recorded trial, a transfer trial ran in another
 * setting, and what a short trial scores is compared with short trials alone.
 */
export function speaksForCommit({ purpose, conditions }: Pick<Trial, 'purpose' | 'conditions'>): boolean {
  return purpose !== 'replay' && purpose !== 'transfer' && conditions.fidelity === 1;
}

/**
 * What the engine itself measures of a trial, its evaluation and checks included, under the names that a guard may use:
 * megabytes of 10^6 bytes, and seconds. Undefined for every other name.
 */
export function engineMetric(usage: Usage, name: string): number | undefined {
  switch (name) {
    case 'peak_memory_mb':
      return usage.peakMemoryBytes / 1e6;
    case 'wall_seconds':
      return usage.wallSeconds;
    case 'cpu_seconds':
      return usage.cpuSeconds;
    default:
      return undefined;
  }
}

/** Shares of a trial's budget at which the judge may end it: the first point of a curve at or after each is kept. */
export const CHECKPOINTS = [0.1, 0.2, 0.4, 0.6] as const;

/** One point of a trial's curve: how far it was (0 to 1) and what it had measured by then. */
export interface CurvePoint {
  readonly progress: number;
  readonly values: Readonly<Record<string, number>>;
}
