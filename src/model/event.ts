import type { Certificate } from './certificate.ts';
import type { ChampionMove } from './champion.ts';
import type { HoldoutAnswer } from './holdout.ts';
import type { Commit, Digest, ExperimentId, HardwareClass, StudyId, TrialId } from './identity.ts';
import type { Objective } from './objective.ts';
import type { Proposal } from './proposal.ts';
import type { Price } from './spending.ts';
import type { CurvePoint, Outcome, Trial, Usage } from './trial.ts';
import type { Verdict } from './verdict.ts';

/** A row of somebody else's log. Reported, never measured here. */
export interface ReportedExperiment {
  readonly commit: string;
  /** Absent for a crash, whatever number stood in the file. */
  readonly value?: number;
  readonly verdict: 'keep' | 'discard' | 'crash';
  readonly description: string;
}

/** What holds the trials of an engine on its machine. */
export interface ConfinementKind {
  readonly sandbox: 'bubblewrap' | 'sandbox-exec' | 'none';
  /** Who bounds memory and processes: the system's control groups, or looks at the processes. */
  readonly limits: 'cgroup v1' | 'cgroup v2' | 'sampled';
}

/** Everything that can happen to a study, named noun-verb. The ledger holds these and nothing else. */
export type StudyEvent =
  | {
      readonly kind: 'study-start';
      readonly study: StudyId;
      /** The lab's folder in its repository, '' at the root, else with a slash at the end. */
      readonly lab: string;
      readonly objective: Objective;
      readonly program: Digest;
      readonly baseline: Commit;
      /** Paths that were uncommitted and went into the baseline, at most 100. */
      readonly uncommitted: readonly string[];
      readonly seed: number;
    }
  | {
      readonly kind: 'engine-start';
      readonly version: string;
      readonly node: string;
      readonly pid: number;
      readonly host: string;
      readonly slots: number;
      readonly hardware: HardwareClass;
      /** Digest of program.md as this engine read it; the objective may not change, all else may. */
      readonly program: Digest;
      /** Under which name the judge is known; absent for one that has none, and in the first ledgers. */
      readonly judge?: string;
      /** What holds its trials; absent in the first ledgers, which had nothing that did. */
      readonly confinement?: ConfinementKind;
    }
  | { readonly kind: 'engine-stop'; readonly reason: string }
  | { readonly kind: 'study-pause' }
  | { readonly kind: 'study-resume' }
  | ({ readonly kind: 'proposal-add' } & Proposal)
  | { readonly kind: 'proposal-set-aside'; readonly experiment: ExperimentId; readonly reason: string }
  /** What a model was paid for thinking, whatever came of it. */
  | ({ readonly kind: 'thought-pay'; readonly researcher: string } & Price)
  /** A researcher that could not think, also when it was asked again: a model that cannot be reached, or says no. */
  | { readonly kind: 'thought-fail'; readonly researcher: string; readonly reason: string }
  | ({ readonly kind: 'trial-submit' } & Omit<Trial, 'submittedAt'>)
  | {
      readonly kind: 'trial-end';
      readonly trial: TrialId;
      readonly outcome: Outcome;
      readonly usage: Usage;
      /** The points that a decision used, and the last one; the whole curve is a file. */
      readonly curve: readonly CurvePoint[];
    }
  | {
      readonly kind: 'verdict';
      readonly experiment: ExperimentId;
      readonly verdict: Verdict;
    }
  | ({ readonly kind: 'champion-move' } & ChampionMove)
  /** A kept change that could not be carried over to a champion which had moved on. */
  | {
      readonly kind: 'merge-conflict';
      readonly experiment: ExperimentId;
      readonly champion: Commit;
      /** Relative to the repository, at most 100. */
      readonly paths: readonly string[];
    }
  /** A kept change that cannot be taken out of this champion alone, since others build on it. */
  | {
      readonly kind: 'switch-conflict';
      readonly experiment: ExperimentId;
      readonly champion: Commit;
      /** Relative to the repository, at most 100. */
      readonly paths: readonly string[];
    }
  | ({ readonly kind: 'certificate' } & Certificate)
  /** What the sealed evaluation said of a champion: pass or fail, and nothing else. */
  | ({ readonly kind: 'holdout-answer' } & HoldoutAnswer)
  | {
      readonly kind: 'history-import';
      readonly file: string;
      readonly digest: Digest;
      readonly rows: readonly ReportedExperiment[];
    };

export type EventOf<Kind extends StudyEvent['kind']> = Extract<StudyEvent, { kind: Kind }>;

/** One line of the ledger. */
export interface LedgerEntry {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Version of the event's format. */
  readonly version: number;
  /** Milliseconds since 1970, by the author's clock. */
  readonly at: number;
  /** Who wrote it: one engine on one machine. */
  readonly author: string;
  /** sha256 of the stored bytes of the entry before; 64 zeros at the first. */
  readonly previous: Digest;
  readonly event: StudyEvent;
}
