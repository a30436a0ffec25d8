/** What bounds one trial. CPU time is that of its whole process tree; wall time is a lottery on a busy machine. */
export interface TrialBudget {
  readonly clock: 'wall' | 'cpu';
  /** Seconds of that clock, above 0. */
  readonly seconds: number;
}

/** What a share of a budget comes to. */
export function budgetAt({ clock, seconds }: TrialBudget, fidelity: number): TrialBudget {
  return { clock, seconds: seconds * fidelity };
}

/** One of the bounds of a whole study; the first one reached ends it. */
export type StudyLimit =
  | { readonly kind: 'time'; readonly seconds: number }
  | { readonly kind: 'experiments'; readonly count: number }
  /** What models are paid for thinking, where their price is known. */
  | { readonly kind: 'cost'; readonly dollars: number }
  /** Tokens of models, in and out together. */
  | { readonly kind: 'tokens'; readonly count: number }
  /** Proposals of researchers that are paid for thinking. */
  | { readonly kind: 'proposals'; readonly count: number };

/** A limit of time that was exceeded: seconds. */
export interface ExceededTime {
  readonly type: 'wall' | 'cpu';
  readonly value: number;
  readonly limit: number;
}

/** A limit on what a trial holds at a time that was exceeded: bytes of memory, disk and output; numbers of processes and files. */
export interface ExceededResource {
  readonly type: 'memory' | 'disk' | 'output' | 'processes' | 'files';
  readonly value: number;
  readonly limit: number;
}

/** A limit that was exceeded: which one, how far, and where it stood. */
export type ExceededLimit = ExceededTime | ExceededResource;

/** What a trial may hold at a time, and the whole of what it may print. Bytes, and numbers. */
export type ResourceLimits = Readonly<Record<ExceededResource['type'], number>>;

export function isTime(exceeded: ExceededLimit): exceeded is ExceededTime {
  return exceeded.type === 'wall' || exceeded.type === 'cpu';
}

/** `used 65.2 s of cpu time; the limit is 65 s`, `used 2.1 GiB of memory; the limit is 2 GiB`. */
export function exceededText({ type, value, limit }: ExceededLimit): string {
  switch (type) {
    case 'wall':
    case 'cpu':
      return `used ${value.toFixed(1)} s of ${type} time; the limit is ${limit} s`;
    case 'memory':
    case 'disk':
      return `used ${bytes(value)} of ${type}; the limit is ${bytes(limit)}`;
    case 'output':
      return `printed ${bytes(value)}; the limit is ${bytes(limit)}`;
    case 'processes':
    case 'files':
      return `made ${value} ${type}; the limit is ${limit}`;
    default:
      return type satisfies never;
  }
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

function bytes(value: number): string {
  const power = value < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(value) / 10));
  const amount = value / 1024 ** power;
  return `${power === 0 || Number.isInteger(amount) ? amount : amount.toFixed(1)} ${UNITS[power]}`;
}
