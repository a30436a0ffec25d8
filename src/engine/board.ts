import type { Stage, Trial, Usage } from '../model/trial.ts';

/** What one slot is doing, for people to watch. */
export type SlotState =
  | { readonly kind: 'free'; readonly slot: number }
  | {
      readonly kind: 'busy';
      readonly slot: number;
      readonly trial: Trial;
      readonly stage: Stage | 'preparing';
      /** 0 to 1: what the lab reported, else the share of the budget that is used. */
      readonly share: number;
      readonly usage: Usage;
    };

const NOTHING: Usage = { wallSeconds: 0, cpuSeconds: 0, peakMemoryBytes: 0 };

/** Which trial runs in which slot. In memory only: after a restart the ledger tells what was running. */
export class SlotBoard {
  readonly #slots: SlotState[];

  constructor(count: number) {
    this.#slots = Array.from({ length: count }, (_, slot) => ({ kind: 'free', slot }));
  }

  get slots(): readonly SlotState[] {
    return this.#slots;
  }

  /** Numbers of the free slots, lowest first. */
  free(): number[] {
    return this.#slots.flatMap((state) => (state.kind === 'free' ? state.slot : []));
  }

  /** A trial of an earlier engine that had more slots takes none of these. */
  occupy(trial: Trial): void {
    const { slot } = trial;
    if (slot >= this.#slots.length) return;
    this.#slots[slot] = { kind: 'busy', slot, trial, stage: 'preparing', share: 0, usage: NOTHING };
  }

  release(slot: number): void {
    if (slot >= this.#slots.length) return;
    this.#slots[slot] = { kind: 'free', slot };
  }

  update(slot: number, news: Partial<Pick<SlotState & { kind: 'busy' }, 'stage' | 'share' | 'usage'>>): void {
    const state = this.#slots[slot];
    if (state?.kind === 'busy') this.#slots[slot] = { ...state, ...news };
  }
}
