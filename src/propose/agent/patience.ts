/** How long an agent is waited for, in seconds. */
export interface Patience {
  /** Until it has started and opened a session. */
  readonly openSeconds: number;
  /** Of silence within a turn. */
  readonly idleSeconds: number;
  /** Of a whole turn. */
  readonly turnSeconds: number;
}

export const USUAL_PATIENCE: Patience = { openSeconds: 120, idleSeconds: 600, turnSeconds: 3600 };

export interface Deadline extends Disposable {
  /** Rejects once the patience is over or the signal aborts. */
  readonly passed: Promise<never>;
  /** Something was heard. */
  readonly touch: () => void;
}

export function deadlineOf({ idleSeconds, turnSeconds }: Patience, signal: AbortSignal): Deadline {
  const passed = Promise.withResolvers<never>();
  // Whoever waits for it hears of it; nobody has to.
  passed.promise.catch(() => undefined);
  const over = (what: string) => () => passed.reject(new Error(what));
  const turn = setTimeout(over(`it was not done within ${turnSeconds} s`), turnSeconds * 1000);
  const idle = setTimeout(over(`nothing was heard of it for ${idleSeconds} s`), idleSeconds * 1000);
  const abort = () => passed.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  return {
    passed: passed.promise,
    touch: () => void idle.refresh(),
    [Symbol.dispose]: () => {
      clearTimeout(turn);
      clearTimeout(idle);
      signal.removeEventListener('abort', abort);
    },
  };
}

/** Settles as the first of them; what comes of the others later is nobody's fault. */
export function endsWith<Value>(work: Promise<Value>, others: readonly Promise<never>[]): Promise<Value> {
  for (const one of [work, ...others]) one.catch(() => undefined);
  return Promise.race([work, ...others]);
}
