import process from 'node:process';
import type { Session } from '../session.ts';

/** For a command that has one thing to do: Ctrl-C, TERM and a lost terminal all end it, and each only once. */
export function listenForEnd(end: () => void): Disposable {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, end);
  return {
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, end);
    },
  };
}

/** One Ctrl-C can arrive twice: from the terminal, and from a parent that hands it on. Milliseconds. */
const SAME_MOMENT = 300;

/**
 * The first Ctrl-C finishes the trials in flight, the second ends them now; TERM ends them now. A lost connection (HUP)
 * ends nothing: the engine goes on without its terminal.
 */
export function listenForSignals(
  session: Session,
  hangUp: () => void,
): Disposable & { interrupted(): boolean } {
  let interrupts = 0;
  let last = Number.NEGATIVE_INFINITY;
  const onInterrupt = () => {
    const now = performance.now();
    if (now - last < SAME_MOMENT) return;
    last = now;
    interrupts += 1;
    session.ask(interrupts === 1 ? 'stop' : 'stop-now');
  };
  const onTerm = () => session.ask('stop-now');
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerm);
  process.on('SIGHUP', hangUp);
  return {
    interrupted: () => interrupts > 0,
    [Symbol.dispose]() {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerm);
      process.off('SIGHUP', hangUp);
    },
  };
}
