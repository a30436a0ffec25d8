import type { Bell } from './bell.ts';

/**
 * Work that goes on beside the loop: trials, and thinking ahead. Nothing of it is ever left unobserved: each end rings
 * the bell, and the first fault is kept for the loop to throw.
 */
export class Errands {
  readonly #running = new Set<Promise<void>>();
  readonly #bell: Bell;
  #fault: { readonly cause: unknown } | undefined;

  constructor(bell: Bell) {
    this.#bell = bell;
  }

  run(errand: Promise<void>): void {
    const observed: Promise<void> = errand
      .catch((cause: unknown) => {
        this.#fault ??= { cause };
      })
      .finally(() => {
        this.#running.delete(observed);
        this.#bell.ring();
      });
    this.#running.add(observed);
  }

  /** Does something at once, and keeps its fault likewise. */
  attempt(errand: () => void): void {
    try {
      errand();
    } catch (cause) {
      this.#fault ??= { cause };
    }
    this.#bell.ring();
  }

  throwIfFaulty(): void {
    if (this.#fault) throw this.#fault.cause;
  }

  /** Resolves when nothing runs any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
