import {
  compareWith,
  learn,
  missWithout,
  predictNothing,
  type SwitchPrediction,
} from './switch-prediction.ts';

/** One run in which every keep was left on or switched off by a fair coin of its own. */
export interface SwitchedRun {
  readonly on: readonly boolean[];
  /** Larger is better. */
  readonly value: number;
}

/** What runs with switches have shown of each keep so far. */
export interface SwitchedRuns {
  readonly prediction: SwitchPrediction;
  /** ln of what a wealth of 1 has come to by bets on each keep, one for each of `STAKES`. */
  readonly wealth: readonly (readonly number[])[];
}

/** Shares of the wealth that are at stake at most: little for small effects, almost all for large ones. */
const STAKES = [0.5, 0.95] as const;

export function noSwitchedRuns(keeps: number): SwitchedRuns {
  return {
    prediction: predictNothing(keeps),
    wealth: Array.from({ length: keeps }, () => STAKES.map(() => 0)),
  };
}

/**
 * The state after one more run. On each keep a share of its wealth is bet that the keep was on where the run is better than the
 * runs before and the other switches foretell, and off where it is worse. All keeps learn from every run. Where a keep changes
 * nothing, or does harm however the others stand, its coin stays fair whatever the value, and wealth grows only by luck: in any
 * noise, and whether or not the effects of the others add up (testing by betting; Shafer, 2021).
 */
export function withSwitchedRun(
  { prediction, wealth }: SwitchedRuns,
  { on, value }: SwitchedRun,
): SwitchedRuns {
  const run = compareWith(prediction, on, value);
  const grown = wealth.map((logs, keep) => {
    const miss = missWithout(prediction, run, keep + 1);
    if (miss === undefined) return logs;
    const won = (on[keep] ? 1 : -1) * Math.tanh(miss);
    return logs.map((log, index) => log + Math.log1p(STAKES[index]! * won));
  });
  return { prediction: learn(prediction, value, run), wealth: grown };
}

/** ln of the evidence for each keep, an e-value at every moment: at most 1 in 1,000 keeps without a gain ever passes ln(1000). */
export function logSwitchEvidence({ wealth }: SwitchedRuns): number[] {
  return wealth.map((logs) => {
    const most = Math.max(...logs);
    const mean = logs.reduce((sum, log) => sum + Math.exp(log - most), 0) / logs.length;
    return most + Math.log(mean);
  });
}
