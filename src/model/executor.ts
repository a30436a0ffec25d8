import type { TrialId } from './identity.ts';
import type { ExceededLimit } from './limit.ts';
import type { JobReference, Stage, TrialRequest, Usage } from './trial.ts';

/** How one of a lab's commands ended. The first cause wins. */
export type StageEnding =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'limit'; readonly exceeded: ExceededLimit }
  | { readonly kind: 'cancelled' }
  /** A declared artifact is missing, too large, or not a plain file. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The machine's doing: disk full, program of the engine missing. */
  | { readonly kind: 'fault'; readonly reason: string };

/** What an executor reports of a finished trial: how its last stage ended. The numbers came by `watch.line`. */
export interface Ran {
  readonly stage: Stage;
  readonly ending: StageEnding;
  readonly usage: Usage;
  /** The last output of the stage, at most 2,000 characters, printable. */
  readonly tail: string;
}

/** A trial as an executor gets it. */
export interface Job extends TrialRequest {
  readonly trial: TrialId;
  readonly reference: JobReference;
  readonly slot: number;
  /** Share of the program's budget that it is given: above 0, at most 1. */
  readonly fidelity: number;
}

/** Where a line was read: the file named in RATCHET_METRICS, or standard output. */
export type LineSource = 'metrics' | 'output';

/** How a job is followed while it runs. */
export interface JobWatch {
  /** Aborting cancels the trial: its processes are gone when the submission settles. */
  readonly signal: AbortSignal;
  readonly stage: (stage: Stage | 'preparing') => void;
  /** Each line once, in order within its source. */
  readonly line: (stage: Stage, source: LineSource, text: string) => void;
  /** Now and then, at most ten times a second. */
  readonly usage: (usage: Usage) => void;
  /** Asked once, after a measurement: whether the lab's `checks` are worth running. */
  readonly worthChecking: () => boolean;
}

/** What became of a job that an earlier engine submitted. */
export type Attached = { readonly kind: 'found'; readonly ran: Promise<Ran> } | { readonly kind: 'gone' };

/** What owns slots: this machine, SSH hosts, Slurm. */
export interface Executor {
  readonly name: string;
  /** How many trials it runs at a time. */
  readonly slots: number;
  /** Never rejects for what a candidate did; rejects only when the executor itself is broken. */
  submit(job: Job, watch: JobWatch): Promise<Ran>;
  /** Finds a job again that an earlier engine submitted, by its reference. */
  attach(job: Job, watch: JobWatch): Promise<Attached>;
  /** Ends a job that nobody follows; does nothing where there is none. */
  cancel(job: Job): Promise<void>;
  /** Ends everything it holds open and removes its folders. */
  close(): Promise<void>;
}
