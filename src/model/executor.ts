import type { CurvePoint, JobReference, Outcome, TrialRequest, Usage } from './trial.ts';

/** What a slot is doing right now, for people to watch. */
export interface Progress {
  readonly stage: 'preparing' | 'run' | 'evaluate' | 'checks';
  /** 0 to 1: what the lab reported, else the share of the budget that is used. */
  readonly share: number;
  readonly wallSeconds: number;
}

export interface TrialResult {
  readonly outcome: Outcome;
  readonly usage: Usage;
  readonly curve: readonly CurvePoint[];
}

/** A trial as an executor gets it. */
export interface Job extends TrialRequest {
  readonly reference: JobReference;
  readonly slot: number;
}

export interface JobWatch {
  /** Called now and then, at most ten times a second. */
  readonly progress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/** What became of a job that an earlier engine submitted. */
export type Attached =
  | { readonly kind: 'found'; readonly result: Promise<TrialResult> }
  | { readonly kind: 'gone' };

/** What owns slots: this machine, SSH hosts, Slurm. */
export interface Executor {
  readonly name: string;
  /** How many trials it runs at a time. */
  readonly slots: number;
  /** Never rejects for what a candidate did; rejects only when the executor itself is broken. */
  submit(job: Job, watch: JobWatch): Promise<TrialResult>;
  attach(reference: JobReference, watch: JobWatch): Promise<Attached>;
  cancel(reference: JobReference): Promise<void>;
}
