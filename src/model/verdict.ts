import type { TrialId } from './identity.ts';
import type { ExceededTime } from './limit.ts';
import type { SyntaxSize } from './proposal.ts';
import type { Stage } from './trial.ts';

/** Candidate against the proposal's own parent. Values in the metric's unit; gain is positive when better. */
export interface Comparison {
  readonly candidate: number;
  readonly parent: number;
  readonly gain: number;
  readonly candidateTrials: readonly TrialId[];
  readonly parentTrials: readonly TrialId[];
  /** What the gain was weighed with; absent where a rule takes it as it is. */
  readonly basis?: Basis;
  /** Present when the keep rests on a simpler candidate, not on a gain. */
  readonly size?: SyntaxSize;
}

/** How far a gain is more than luck. Numbers in the metric's unit unless said otherwise. */
export type Basis =
  /** Weighed against what this study's changes have done so far. */
  | {
      readonly kind: 'posterior';
      /** The gain that is to be believed: shrunk towards what is usual. */
      readonly mean: number;
      readonly deviation: number;
      /** Local false discovery rate: the chance that the change does nothing, or harm. 0 to 1. */
      readonly luck: number;
      /** Standard error of the gain as measured, and how many degrees of freedom its noise was learned from. */
      readonly error: number;
      readonly freedom: number;
    }
  /** Ended early: the gain is a forecast from how the trial had gone by `progress`, a share of its budget. */
  | { readonly kind: 'forecast'; readonly progress: number; readonly deviation: number }
  /** Runs under different seeds came out the same, in a lab that is not declared deterministic. */
  | { readonly kind: 'seed-not-controlled' };

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
      readonly evidence: { readonly trial: TrialId; readonly exceeded: ExceededTime };
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

/** The gain that is to be believed: less than was measured, where a judge weighed it against luck. Positive is better. */
export function believedGain({ gain, basis }: Comparison): number {
  return basis?.kind === 'posterior' ? basis.mean : gain;
}

/** Standard error of a gain as it was measured or foretold; 0 where nobody knows of any luck. In the metric's unit. */
export function errorOfGain({ basis }: Comparison): number {
  switch (basis?.kind) {
    case 'posterior':
      return basis.error;
    case 'forecast':
      return basis.deviation;
    case 'seed-not-controlled':
    case undefined:
      return 0;
    default:
      return basis satisfies never;
  }
}

/**
 * Whether an experiment may get another verdict: a discard that was weighed against luck was one by what was known then, and by what a
 * slot earned elsewhere.
 */
export function mayReturn(verdict: Verdict): boolean {
  if (verdict.kind !== 'discard') return false;
  const { basis } = verdict.evidence;
  return basis?.kind === 'forecast' || basis?.kind === 'posterior';
}

/**
 * What a discard on a forecast alone rests on; undefined for every other verdict.
 */
export function forecastOf(
  verdict: Verdict,
): (Comparison & { readonly basis: Basis & { readonly kind: 'forecast' } }) | undefined {
  if (verdict.kind !== 'discard') return undefined;
  const { evidence } = verdict;
  return evidence.basis?.kind === 'forecast' ? { ...evidence, basis: evidence.basis } : undefined;
}

export type VerdictWord = Verdict['kind'];

/**
 * A verdict's reason as a researcher is told it: what a failing evaluation printed last may be what it saw, of data that no researcher
 * sees. What an evaluation says on purpose when it refuses something is told.
 */
export function reasonForResearcher(reason: string): string {
  return reason.replace(/^(the evaluation refused it, (?:exit code \d+|killed by \w+)): .*$/s, '$1');
}
