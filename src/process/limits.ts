import type { ExceededLimit, ResourceLimits, TrialBudget } from '../model/limit.ts';
import type { ControlGroup } from './control-group.ts';
import type { DiskUse } from './disk-use.ts';
import type { ProcessTree } from './tree.ts';

/** Hard limits on one command. There is always one on wall time, so that a command that sleeps ends too. */
export interface Limits {
  /** Seconds. */
  readonly wallSeconds: number;
  /** Of the whole tree: user and system time of all its processes. */
  readonly cpuSeconds?: number;
  /** What it may hold at a time. @default whatever there is */
  readonly resources?: ResourceLimits;
}

/** How much longer than its CPU budget a command may take by the clock on the wall. */
const WALL_FOR_CPU = 4;

/**
 * A command may use its budget and its grace together. Under a budget of CPU time it may take four times as long by the wall:
 * a busy machine must not end it, and a sleeping candidate must not hold its slot for ever.
 */
export function limitsOf(budget: TrialBudget, graceSeconds: number): Limits {
  const seconds = budget.seconds + graceSeconds;
  switch (budget.clock) {
    case 'wall':
      return { wallSeconds: seconds };
    case 'cpu':
      return { wallSeconds: seconds * WALL_FOR_CPU, cpuSeconds: seconds };
    default:
      return budget.clock satisfies never;
  }
}

/** Between two looks at a running tree, in milliseconds: from, growing to. */
const FIRST_LOOK = 10;
const LONGEST_LOOK = 200;
/** The longest time a timer can wait for, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A timer that is so late was not late by itself: this process, or the machine, was stopped. Milliseconds. */
const ASLEEP = 500;
/** How long it takes then, at most, until what happened meanwhile is heard of, in milliseconds. */
const HEARING = 100;

/** Looks at a running tree until disposed, and tells once when it passes a limit. */
export function watchLimits(
  options: Watched & {
    readonly limits: Limits;
    readonly onLook: () => void;
    readonly onExceeded: (exceeded: ExceededLimit) => void;
    readonly onFault: (cause: Error) => void;
  },
): Disposable {
  const { tree, limits } = options;
  const start = performance.now();
  const end = start + Math.min(limits.wallSeconds * 1000, LONGEST_TIMER);
  let wallTimer = setTimeout(endByWall, end - start);

  /**
   * A timer may be due a millisecond early, and nothing is over its limit before it. A process that was stopped finds its timers
   * due before it hears what ended meanwhile, maybe long before its limit.
   */
  function endByWall(): void {
    const now = performance.now();
    if (now < end) {
      wallTimer = setTimeout(endByWall, Math.ceil(end - now));
    } else if (now - end > ASLEEP) {
      wallTimer = setTimeout(tellWall, HEARING);
    } else {
      tellWall();
    }
  }

  function tellWall(): void {
    const value = (performance.now() - start) / 1000;
    options.onExceeded({ type: 'wall', value, limit: limits.wallSeconds });
  }

  let pause = FIRST_LOOK;
  let lastCpuSeconds = 0;
  let lastLook = start;
  let lookTimer = setTimeout(look, pause);

  function look(): void {
    try {
      tree.look();
    } catch (cause) {
      options.onFault(new Error('the processes of a trial could not be listed', { cause }));
      return;
    }
    options.onLook();
    const cpuSeconds = cpuSecondsOf(options);
    const overHeld = limits.resources && exceededResource(limits.resources, options);
    if (overHeld) options.onExceeded(overHeld);
    if (limits.cpuSeconds !== undefined && cpuSeconds > limits.cpuSeconds) {
      options.onExceeded({ type: 'cpu', value: cpuSeconds, limit: limits.cpuSeconds });
    }
    const now = performance.now();
    const cpusInUse = Math.max(1, ((cpuSeconds - lastCpuSeconds) * 1000) / (now - lastLook));
    lastCpuSeconds = cpuSeconds;
    lastLook = now;
    pause = Math.min(pause * 1.5, LONGEST_LOOK);
    // Near the limit, look as often as at first, so that no trial gets a fifth of a second more than another.
    const left =
      limits.cpuSeconds === undefined ? pause : ((limits.cpuSeconds - cpuSeconds) * 1000) / cpusInUse;
    lookTimer = setTimeout(look, Math.max(FIRST_LOOK, Math.min(pause, left)));
  }

  return {
    [Symbol.dispose]: () => {
      clearTimeout(wallTimer);
      clearTimeout(lookTimer);
    },
  };
}

/** CPU time of a tree so far, in seconds: by the system's own count where there is one, which nothing escapes. */
export function cpuSecondsOf({ tree, group }: Pick<Watched, 'tree' | 'group'>): number {
  return Math.max(tree.usage.cpuSeconds, group?.cpuSeconds() ?? 0);
}

/** A tree under limits, and who counts for it. */
export interface Watched {
  readonly tree: ProcessTree;
  /** What the system counts of the tree, where it does. */
  readonly group: ControlGroup | undefined;
  readonly disk: DiskUse | undefined;
  /** Bytes that it has printed so far. */
  readonly printed: () => number;
}

/** The first limit of what it may hold that a tree has passed. Where the system bounds it as a group, that one says. */
export function exceededResource(
  limits: ResourceLimits,
  { tree, group, disk, printed }: Watched,
): ExceededLimit | undefined {
  const over = (type: 'memory' | 'processes' | 'output', value: number): ExceededLimit | undefined =>
    value > limits[type] ? { type, value, limit: limits[type] } : undefined;
  const { residentBytes, processes } = tree.now;
  const held =
    group === undefined ? (over('memory', residentBytes) ?? over('processes', processes)) : group.exceeded();
  return held ?? over('output', printed()) ?? disk?.exceeded();
}
