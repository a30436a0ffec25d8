import { BOUNDS } from '../model/bound.ts';
import { quote, type Written } from './metric-line.ts';

/** What was told of the objective in one place. */
export type Told =
  | { readonly kind: 'told'; readonly value: number; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid'; readonly reason: string };

/** One place where metrics are told: the objective must be told once; another metric told twice is none. */
export class Channel {
  readonly #objective: string;
  readonly #place: string;
  readonly #others = new Map<string, number | 'doubled'>();
  #told: Written | undefined;
  #times = 0;

  /** @param place where it is, for messages: 'in the metrics file'. */
  constructor(objective: string, place: string) {
    this.#objective = objective;
    this.#place = place;
  }

  tell(name: string, written: Written): void {
    if (name === this.#objective) {
      this.#told = written;
      this.#times += 1;
    } else if (this.#others.has(name)) {
      this.#others.set(name, 'doubled');
    } else if (written.kind === 'number' && this.#others.size < BOUNDS.metrics) {
      this.#others.set(name, written.value);
    }
  }

  get objective(): Told {
    const told = this.#told;
    if (told === undefined) return { kind: 'missing' };
    if (this.#times > 1) {
      return {
        kind: 'invalid',
        reason: `${this.#objective} stands ${this.#times} times ${this.#place}, not once`,
      };
    }
    if (told.kind === 'number') return { kind: 'told', value: told.value, text: told.text };
    return {
      kind: 'invalid',
      reason: `${this.#objective} is ${quote(told.text)} ${this.#place}, not a finite number`,
    };
  }

  /** Metrics other than the objective that were told once. */
  get others(): Map<string, number> {
    const single = [...this.#others].filter((entry): entry is [string, number] => entry[1] !== 'doubled');
    return new Map(single);
  }
}
