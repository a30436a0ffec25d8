import type { Commit, ExperimentId } from './identity.ts';

/** What was re-tested: one kept change against the champion without it, or a whole champion against an earlier one. */
export type Claim =
  | { readonly kind: 'change'; readonly experiment: ExperimentId; readonly champion: Commit }
  | { readonly kind: 'stack'; readonly champion: Commit; readonly against: Commit };

/**
 * A claim that held on fresh seeds. `logE` is the natural logarithm of the evidence against luck: at least that of 1,000,
 * so that one false certificate is expected in 1,000 claims that are all luck, however often one looks.
 */
export interface Certificate {
  readonly of: Claim;
  readonly method: 'switch-off' | 'pairs';
  readonly logE: number;
  /** The effect in the metric's unit, positive is better, with an interval of 95%. */
  readonly effect: { readonly value: number; readonly low: number; readonly high: number };
  /** How many fresh trials it rests on. */
  readonly trials: number;
}
