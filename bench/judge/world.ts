import { createRandom } from '../../src/model/random.ts';
import { CHECKPOINTS } from '../../src/model/trial.ts';
import type { Sample } from '../../src/statistics/noise.ts';

/** What the simulated study is like. Effects in the metric's unit; larger is better. */
export interface Setting {
  readonly name: string;
  /** Slots, each the length of one whole trial. */
  readonly slots: number;
  /** Standard deviation of one trial's value. */
  readonly sigma: number;
  /** Share of the noise's variance that two commits have in common under one seed. */
  readonly correlation: number;
  readonly noise: 'normal' | 't3';
  /** Share of proposals that are gains. */
  readonly good: number;
  /** Smallest and largest gain; log-uniform between. */
  readonly gains: readonly [number, number];
  /** How many gains there are to be found before only half as many are left; Infinity for a supply without end. */
  readonly supply: number;
  readonly minimumEffect: number;
}

const NO_OPS = 0.3;
const CRASHES = 0.08;
/** Share of a slot that a crash takes: most crash at their start. */
const CRASH_COST = 0.1;
const HARMS = [0.0005, 0.05] as const;
/** What a trial's progress adds to the noise of its end at each checkpoint, in standard deviations of that noise. */
const STREAM_NOISE = [3, 2, 1.2, 0.8] as const;

export interface Idea {
  readonly effect: number;
  readonly crashes: boolean;
}

export type Run =
  | { readonly kind: 'completed'; readonly sample: Sample; readonly curve: readonly number[] }
  | { readonly kind: 'stopped'; readonly curve: readonly number[] }
  | { readonly kind: 'crash' };

/** One simulated study: true effects that no policy sees, and the slots that it has used. */
export class World {
  readonly setting: Setting;
  /** The champion's true value; the baseline's is 0. */
  champion = 0;
  used = 0;
  hypotheses = 0;
  trueKeeps = 0;
  falseKeeps = 0;
  readonly #random: () => number;
  readonly #seedNoise = new Map<number, number>();

  constructor(setting: Setting, seed: number) {
    this.setting = setting;
    this.#random = createRandom(seed);
  }

  get isOver(): boolean {
    return this.used >= this.setting.slots;
  }

  propose(): Idea {
    this.hypotheses += 1;
    const kind = this.#random();
    const crashes = this.#random() < CRASHES;
    const size = this.#random();
    const { good, gains, supply } = this.setting;
    const left = good * 0.5 ** (this.trueKeeps / supply);
    if (kind < left) return { effect: logUniform(gains, size), crashes };
    if (kind < left + NO_OPS) return { effect: 0, crashes };
    return { effect: -logUniform(HARMS, size), crashes };
  }

  /** One trial of code whose true value is `level`; `goesOn` is asked at each checkpoint with the curve so far. */
  run(level: number, seed: number, goesOn: (curve: readonly number[]) => boolean = () => true): Run {
    const noise = this.#noiseUnder(seed);
    const value = level + noise;
    const steps = CHECKPOINTS.map((_, index) => {
      const variance = STREAM_NOISE[index]! ** 2 - (STREAM_NOISE[index + 1] ?? 0) ** 2;
      return Math.sqrt(variance) * this.setting.sigma * this.#normal();
    });
    const curve: number[] = [];
    for (const [index, progress] of CHECKPOINTS.entries()) {
      curve.push(value + steps.slice(index).reduce((sum, step) => sum + step, 0));
      if (goesOn(curve)) continue;
      this.used += progress;
      return { kind: 'stopped', curve };
    }
    this.used += 1;
    return { kind: 'completed', sample: { seed, value }, curve };
  }

  crash(): void {
    this.used += CRASH_COST;
  }

  keep(effect: number): void {
    this.champion += effect;
    if (effect > 0) this.trueKeeps += 1;
    else this.falseKeeps += 1;
  }

  withdraw(effect: number): void {
    this.champion -= effect;
  }

  #noiseUnder(seed: number): number {
    const { sigma, correlation } = this.setting;
    const shared = this.#seedNoise.get(seed) ?? this.#draw();
    this.#seedNoise.set(seed, shared);
    return sigma * (Math.sqrt(correlation) * shared + Math.sqrt(1 - correlation) * this.#draw());
  }

  /** Variance 1 whatever the shape. */
  #draw(): number {
    if (this.setting.noise === 'normal') return this.#normal();
    const scale = Math.sqrt((this.#normal() ** 2 + this.#normal() ** 2 + this.#normal() ** 2) / 3);
    return this.#normal() / scale / Math.sqrt(3);
  }

  #normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#random()));
    return radius * Math.cos(2 * Math.PI * this.#random());
  }
}

function logUniform([low, high]: readonly [number, number], share: number): number {
  return low * (high / low) ** share;
}
