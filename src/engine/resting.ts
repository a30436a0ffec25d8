import { setTimeout as sleep } from 'node:timers/promises';
import type { Commit } from '../model/identity.ts';
import type { Engine } from './engine.ts';

/** Nobody thinks for a while, where those that could say nothing of use. */
export interface Resting {
  /** Nobody thinks about this champion for so long; a new one, or a ring after that, ends it. */
  begin(champion: Commit, milliseconds: number): void;
  isOn(champion: Commit): boolean;
}

export function createResting(engine: Engine): Resting {
  let resting: { readonly champion: Commit; readonly until: number } | undefined;
  return {
    begin(champion, milliseconds) {
      resting = { champion, until: performance.now() + milliseconds };
      wakeAfter(engine, milliseconds);
    },
    isOn: (champion) => resting?.champion === champion && performance.now() < resting.until,
  };
}

/** Rings the bell then, and keeps the process until then: nothing else may be left that does. */
export function wakeAfter({ abort, errands }: Engine, milliseconds: number): void {
  const waited = sleep(milliseconds + 1, undefined, { signal: abort });
  errands.run(waited.catch(() => undefined));
}
