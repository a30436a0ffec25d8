/** What bounds one trial. CPU time is that of its whole process tree; wall time is a lottery on a busy machine. */
export interface TrialBudget {
  readonly clock: 'wall' | 'cpu';
  /** Seconds of that clock, above 0. */
  readonly seconds: number;
}

/** One of the bounds of a whole study; the first one reached ends it. */
export type StudyLimit =
  | { readonly kind: 'time'; readonly seconds: number }
  | { readonly kind: 'experiments'; readonly count: number }
  | { readonly kind: 'cost'; readonly dollars: number };

/** A limit that was exceeded: which one, how far, and where it stood. Units: seconds or bytes, by type. */
export interface ExceededLimit {
  readonly type: 'wall' | 'cpu';
  readonly value: number;
  readonly limit: number;
}

/** `used 65.2 s of cpu time; the limit is 65 s`. */
export function exceededText({ type, value, limit }: ExceededLimit): string {
  return `used ${value.toFixed(1)} s of ${type} time; the limit is ${limit} s`;
}
