import type { Commit, ExperimentId, HardwareClass } from './identity.ts';

/** Why the champion moved. */
export type MoveCause =
  | { readonly kind: 'keep'; readonly experiment: ExperimentId }
  | { readonly kind: 'merge'; readonly experiment: ExperimentId }
  | { readonly kind: 'withdrawal'; readonly experiment: ExperimentId; readonly reason: string };

export interface ChampionMove {
  readonly class: HardwareClass;
  readonly from: Commit;
  readonly to: Commit;
  /** The kept experiments that make up `to`, oldest first. */
  readonly stack: readonly ExperimentId[];
  readonly cause: MoveCause;
}

/** The best commit so far on one class of hardware. Computed by replaying the ledger, never stored as truth. */
export interface Champion {
  readonly commit: Commit;
  readonly stack: readonly ExperimentId[];
}
