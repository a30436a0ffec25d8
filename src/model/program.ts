import type { Digest } from './identity.ts';
import { budgetAt, type StudyLimit, type TrialBudget } from './limit.ts';
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
  /** What a trial may hold at a time, where the program says so: bytes of memory and of disk, and processes with their threads. */
  readonly memory?: number;
  readonly disk?: number;
  readonly processes?: number;
  readonly gpus: number;
}

/** Doors of the sandbox that a program opens for its trials. */
export interface OpenedDoors {
  readonly network: boolean;
  /** Paths that trials see or write to beside their own: absolute, or below `~/`. */
  readonly read: readonly string[];
  readonly write: readonly string[];
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
  /** Paths that no trial sees: relative to the lab, absolute, or below `~/`. */
  readonly sealed: readonly string[];
}

/** A lab's `program.md`, validated: the front matter for the machine and the prose for the researcher. */
export interface Program {
  readonly objective: Objective;
  /** Files, folders or globs, relative to the lab, that a researcher may change. Everything else is locked. */
  readonly edit: readonly string[];
  /** Untracked paths that every trial sees: relative to the lab, absolute, or below `~/`. */
  readonly provide: readonly string[];
  /** Paths, tracked or not, that `evaluate` and `holdout` see and no run and no check does: as those of `provide`. */
  readonly validation: readonly string[];
  readonly sandbox: OpenedDoors;
  /** Runs once a study, where `evaluate` does; what it leaves in RATCHET_PREPARED every trial and evaluation sees, read-only. */
  readonly prepare?: string;
  readonly run: string;
  readonly scoring: Scoring;
  readonly trial: TrialBudget;
  /** Share of `trial` that a short trial gets, which tells what is hopeless before a whole one: above 0, at most a half. */
  readonly screen?: number;
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

/** A program as a trial of a share of the whole budget meets it. */
export function programAt(program: Program, fidelity: number): Program {
  return { ...program, trial: budgetAt(program.trial, fidelity) };
}
