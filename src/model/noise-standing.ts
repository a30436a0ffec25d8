/** How the noise of a study is known. */
export type NoiseStanding =
  | { readonly kind: 'unknown'; readonly freedom: number }
  /** Trials under different seeds score the same, and the program does not declare it. */
  | { readonly kind: 'seed-not-controlled' }
  | {
      readonly kind: 'learned';
      /** Standard deviation of one trial, with an interval of 95%, in the metric's unit. */
      readonly sigma: number;
      readonly low: number;
      readonly high: number;
      readonly freedom: number;
      /** Share of the noise that equal seeds have in common, 0 to 1. */
      readonly correlation: number;
    };
