import type { Commit, ExperimentId } from './identity.ts';

/** What a change adds, in the metric's unit; positive is better. */
export interface KnownEffect {
  readonly value: number;
  /** Of 95%; absent where a score was taken as it is. */
  readonly interval?: { readonly low: number; readonly high: number };
}

/** A change that the champion holds, or held. */
export interface ChangeReport {
  readonly experiment: ExperimentId;
  readonly hypothesis: string;
  readonly standing: 'certified' | 'provisional' | 'withdrawn';
  /** Why it was withdrawn. */
  readonly reason?: string;
  /** By its certificate, else by the switch-off runs so far, else by the verdict that kept it. */
  readonly effect: KnownEffect & { readonly by: 'certificate' | 'switch-off runs' | 'verdict' };
  /** In the larger setting, where it was run there. */
  readonly transfer?: KnownEffect & { readonly finding: 'helps' | 'harms' | 'unclear' };
}

/** The champion's gain over the baseline, as a whole and by its parts. */
export interface StackSum {
  readonly predicted: KnownEffect;
  /** All trials of both sides that nothing was picked by, where there are any. */
  readonly measured?: KnownEffect & {
    readonly by: 'certificate' | 'fresh trials' | 'trials that made it champion';
  };
  /** Whether both agree within what is known of them; absent where that cannot be told. */
  readonly finding?: 'adds up' | 'less than its parts' | 'more than its parts';
}

export interface StackReport {
  readonly champion: Commit;
  /** In the order of the stack, then those that left it. */
  readonly changes: readonly ChangeReport[];
  readonly sum: StackSum;
  readonly costs: readonly Cost[];
  readonly compute?: EquivalentCompute;
  /** Tests for certificates so far, and how many of them are discoveries at a false discovery rate of `alpha` (e-LOND). */
  readonly discoveries: { readonly tests: number; readonly rejections: number; readonly alpha: number };
}

/** What a trial of the baseline and one of the champion come to on average, in one metric other than the objective. */
export interface Cost {
  readonly name: string;
  readonly baseline: number;
  readonly champion: number;
}

/** How soon the champion is as far as the baseline is at its end. */
export interface EquivalentCompute {
  /** The metric that both report on their way: the objective, or what the lab streams instead. */
  readonly metric: string;
  /** Share of the baseline's budget, 0 to 1: the mean of the champion's trials. */
  readonly share: number;
  /** Whether it was that far at the first point it reported: then the share is an upper bound. */
  readonly isBound: boolean;
  readonly trials: number;
}
