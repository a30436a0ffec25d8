import type { Digest } from './identity.ts';
import type { StudyLimit, TrialBudget } from './limit.ts';
import type { Objective } from './objective.ts';

/**
 * A metric that may not get worse: a keep that breaks a bound is a discard. `peak_memory_mb`, `wall_seconds` and
 * `cpu_seconds` are the engine's own measurement; any other is told by whoever tells the score.
 */
export interface Guard {
  readonly name: string;
  readonly min?: number;
  readonly max?: number;
}

export interface Resources {
  /** Cores that one trial uses, 1 or more. The number of slots follows from it. */
  readonly cpus: number;
  /** Bytes. */
  readonly memory?: number;
  readonly gpus: number;
}

/** How a score comes about. */
export type Scoring =
  /** The trial prints its own score: shown as candidate-reported wherever it appears. */
  | { readonly kind: 'candidate-reported' }
  /** `command` runs where no candidate's code is, and sees only the declared artifacts. */
  | { readonly kind: 'evaluated'; readonly command: string; readonly artifacts: readonly string[] };

/** An evaluation that no researcher sees: `command` runs where `evaluate` does, and beside it finds the `sealed` paths. */
export interface SealedEvaluation {
  readonly command: string;
  /** Untracked paths that no trial sees: relative to the lab, absolute, or below `~/`. */
  readonly sealed: readonly string[];
}

/** A lab's `program.md`, validated: the front matter for the machine and the prose for the researcher. */
export interface Program {
  readonly objective: Objective;
  /** Files, folders or globs, relative to the lab, that a researcher may change. Everything else is locked. */
  readonly edit: readonly string[];
  /** Untracked paths that every trial sees: relative to the lab, absolute, or below `~/`. */
  readonly provide: readonly string[];
  readonly run: string;
  readonly scoring: Scoring;
  readonly trial: TrialBudget;
  /** Seconds of the trial's clock for start-up and evaluation, on top of the budget. */
  readonly graceSeconds: number;
  readonly limits: readonly StudyLimit[];
  /** A command that must exit with 0 before a keep, in the candidate's commit as it is, without what its run left. */
  readonly checks?: string;
  readonly guards: readonly Guard[];
  readonly holdout?: SealedEvaluation;
  /** Environment of a larger setting, on which `ratchet certify --report` looks whether each kept change still helps. */
  readonly transfer?: Readonly<Record<string, string>>;
  readonly resources: Resources;
  /** True: equal commits score equally whatever the seed, so nothing is repeated. */
  readonly deterministic: boolean;
  readonly prose: string;
  readonly digest: Digest;
}
