/** Wakes the loop: whoever changes something rings, and a ring between two waits is not lost. */
export interface Bell {
  ring(): void;
  /** Resolves at once if it has rung since the last wait, else at the next ring. */
  heard(): Promise<void>;
}

export function createBell(): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async heard() {
      if (!rung) await new Promise<void>((resolve) => (wake = resolve));
      rung = false;
      wake = undefined;
    },
  };
}
