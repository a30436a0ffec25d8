import type { ExceededLimit, TrialBudget } from '../model/limit.ts';
import type { ProcessTree } from './tree.ts';

/** Hard limits on one command, in seconds. There is always one on wall time, so that a command that sleeps ends too. */
export interface Limits {
  readonly wallSeconds: number;
  /** Of the whole tree: user and system time of all its processes. */
  readonly cpuSeconds?: number;
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

/** Looks at a running tree until disposed, and tells once when it passes a limit. */
export function watchLimits(options: {
  readonly tree: ProcessTree;
  readonly limits: Limits;
  readonly onLook: () => void;
  readonly onExceeded: (exceeded: ExceededLimit) => void;
  readonly onFault: (cause: Error) => void;
}): Disposable {
  const { tree, limits } = options;
  const start = performance.now();
  const wallTimer = setTimeout(
    () => {
      const value = (performance.now() - start) / 1000;
      options.onExceeded({ type: 'wall', value, limit: limits.wallSeconds });
    },
    Math.min(limits.wallSeconds * 1000, LONGEST_TIMER),
  );

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
    const { cpuSeconds } = tree.usage;
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
