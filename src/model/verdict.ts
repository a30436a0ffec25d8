import type { TrialId } from './identity.ts';
import type { ExceededLimit } from './limit.ts';
import type { SyntaxSize } from './proposal.ts';
import type { Stage } from './trial.ts';

/** Candidate against the proposal's own parent. Values in the metric's unit; gain is positive when better. */
export interface Comparison {
  readonly candidate: number;
  readonly parent: number;
  readonly gain: number;
  readonly candidateTrials: readonly TrialId[];
  readonly parentTrials: readonly TrialId[];
  /** Present when the keep rests on a simpler candidate, not on a gain. */
  readonly size?: SyntaxSize;
}

export type Verdict =
  | { readonly kind: 'keep'; readonly reason: string; readonly evidence: Comparison }
  | { readonly kind: 'discard'; readonly reason: string; readonly evidence: Comparison }
  | {
      readonly kind: 'crash';
      readonly reason: string;
      readonly evidence: { readonly trial: TrialId; readonly stage: Stage };
    }
  | {
      readonly kind: 'timeout';
      readonly reason: string;
      readonly evidence: { readonly trial: TrialId; readonly exceeded: ExceededLimit };
    }
  | {
      readonly kind: 'invalid';
      readonly reason: string;
      /** The trial that went wrong, or the paths of a patch that was never run. */
      readonly evidence: { readonly trial: TrialId } | { readonly paths: readonly string[] };
    }
  | {
      readonly kind: 'inconclusive';
      readonly reason: string;
      readonly evidence: { readonly trials: readonly TrialId[] };
    };

export type VerdictWord = Verdict['kind'];
