import { createRandom, seedOf } from '../../src/model/random.ts';
import { CHECKPOINTS } from '../../src/model/trial.ts';
import type { Sample } from '../../src/statistics/noise.ts';

/** What the simulated study is like. Effects in the metric's unit; larger is better. */
export interface Setting {
  /** Standard deviation of one trial's value. */
  readonly sigma: number;
  /** Share of the noise's variance that two commits have in common under one seed. */
  readonly correlation: number;
  readonly noise: 'normal' | 't3';
  /** Share of proposals that are gains, as long as none is used up. */
  readonly good: number;
  /** Smallest and largest gain; log-uniform between. */
  readonly gains: readonly [number, number];
  /** How many different gains there are to be found: a proposal of one that is in the champion already does nothing. */
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
/** What a short trial shows of an effect, and its noise, in standard deviations of a whole trial's. */
const SHOWN_IN_SHORT = 0.7;
const SHORT_NOISE = 1.5;
/** What each stretch between two checkpoints takes away of it. */
const STEPS = STREAM_NOISE.map((noise, index) => Math.sqrt(noise ** 2 - (STREAM_NOISE[index + 1] ?? 0) ** 2));

export interface Idea {
  readonly effect: number;
  readonly crashes: boolean;
  /** Which of the gains it is; undefined for anything else. */
  readonly gain?: number;
}

export interface Completed {
  readonly kind: 'completed';
  readonly sample: Sample;
  /** What it showed at each checkpoint, of the value at its end. */
  readonly curve: readonly number[];
}

export type Run = Completed | { readonly kind: 'stopped'; readonly curve: readonly number[] };

/** One simulated study: true effects that no policy sees, and the slots that it has used. */
export class World {
  readonly setting: Setting;
  /** Slots there are, each the length of one whole trial. */
  readonly slots: number;
  readonly seed: number;
  /** The champion's true value; the baseline's is 0. */
  champion = 0;
  used = 0;
  hypotheses = 0;
  trueKeeps = 0;
  falseKeeps = 0;
  readonly #ideas: () => number;
  readonly #random: () => number;
  readonly #seedNoise = new Map<number, number>();
  readonly #taken = new Set<number>();

  /** Studies of one seed meet the same proposals in the same order, whatever the policy. */
  constructor(setting: Setting, slots: number, seed: number) {
    this.setting = setting;
    this.slots = slots;
    this.seed = seed;
    this.#ideas = createRandom(seedOf(seed, 0));
    this.#random = createRandom(seedOf(seed, 1));
  }

  get isOver(): boolean {
    return this.used >= this.slots;
  }

  propose(): Idea {
    this.hypotheses += 1;
    const kind = this.#ideas();
    const share = this.#ideas();
    const { good, gains, supply } = this.setting;
    if (kind >= good + NO_OPS + CRASHES) return { effect: -logUniform(HARMS, share), crashes: false };
    if (kind >= good) return { effect: 0, crashes: kind >= good + NO_OPS };
    if (supply === Number.POSITIVE_INFINITY) return { effect: logUniform(gains, share), crashes: false };
    const gain = Math.floor(share * supply);
    if (this.#taken.has(gain)) return { effect: 0, crashes: false };
    return { effect: logUniform(gains, (gain + 0.5) / supply), crashes: false, gain };
  }

  /** One trial of code whose true value is `level`; `goesOn` is asked at each checkpoint with the curve so far. */
  run(level: number, seed: number, goesOn?: (curve: readonly number[]) => boolean): Run {
    const value = level + this.#noiseUnder(seed);
    const whole: number[] = [];
    let shown = value;
    for (let index = STEPS.length - 1; index >= 0; index--) {
      shown += STEPS[index]! * this.setting.sigma * this.#normal();
      whole[index] = shown;
    }
    if (goesOn) {
      for (const [index, progress] of CHECKPOINTS.entries()) {
        const curve = whole.slice(0, index + 1);
        if (goesOn(curve)) continue;
        this.used += progress;
        return { kind: 'stopped', curve };
      }
    }
    this.used += 1;
    return { kind: 'completed', sample: { seed, value }, curve: whole };
  }

  /** A short trial of code whose true value is `level`: noisier, and effects are smaller in it. */
  short(level: number, share: number): number {
    this.used += share;
    return SHOWN_IN_SHORT * level + SHORT_NOISE * this.setting.sigma * this.#normal();
  }

  /** One trial of code whose true value is `level` that nobody stops. */
  complete(level: number, seed: number): Completed {
    const run = this.run(level, seed);
    if (run.kind !== 'completed') throw new Error('a trial that nobody stops completes');
    return run;
  }

  /** @param share of the whole budget that the trial had */
  crash(share = 1): void {
    this.used += CRASH_COST * share;
  }

  /** For an oracle, which needs no trial. */
  spend(slots: number): void {
    this.used += slots;
  }

  keep({ effect, gain }: Idea): void {
    this.champion += effect;
    if (gain !== undefined) this.#taken.add(gain);
    if (effect > 0) this.trueKeeps += 1;
    else this.falseKeeps += 1;
  }

  withdraw({ effect, gain }: Idea): void {
    this.champion -= effect;
    if (gain !== undefined) this.#taken.delete(gain);
  }

  #noiseUnder(seed: number): number {
    const { sigma, correlation } = this.setting;
    if (correlation === 0) return sigma * this.#draw();
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
