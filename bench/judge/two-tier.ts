import { estimateGain, learnNoise, meanOf, type Noise, type Sample } from '../../src/statistics/noise.ts';
import { logTEValue, momentsOf } from '../../src/statistics/t-e-process.ts';
import { type Claim, type Policy, plainScreen, type Stop } from './policy.ts';
import type { Completed, Idea, World } from './world.ts';

const EQUAL_TRIALS = 8;
const FIRST_PASS = 0.8;
const SECOND_PASS = 1.8;
const SURE_PASS = 3.3;
/** Trials of the champion from which on one trial may be enough. */
const WELL_KNOWN = 4;
const RUNS_AFTER_KEEP = 2;
const HEARTBEAT = 20;
const KEEPS_A_CERTIFICATION = 16;
const MOST_CERTIFY_RUNS = 6;
/** Below this many standard errors after all of its runs a kept change is weak, and dropped. */
const WEAK = 1;
const LOG_EVIDENCE = Math.log(1000);
/** Of its own early stop: deviations of grace, and the share of stopped trials that run to their end all the same. */
const GRACE = 1.96;
const AUDITED = 0.05;

/** A rule of thumb in two stages: a provisional keep by z of one or two trials, then certification of 16 of them together. */
export function twoTier(stop: Stop): Policy {
  return (world) => new TwoTier(world, stop).play();
}

/** Holds what the rule knows between two trials. */
class TwoTier {
  readonly #world: World;
  readonly #stop: Stop;
  /** Fresh trials of the champion. */
  #fresh: Completed[] = [];
  readonly #equal: number[][] = [];
  /** Per checkpoint: how far completed trials were from their end. */
  readonly #distances: number[][] = [];
  #noise: Noise;
  #provisional: Idea[] = [];
  readonly #certified: number[] = [];
  #lastRun = 0;
  #nextSeed = 1;
  #stopped = 0;

  constructor(world: World, stop: Stop) {
    this.#world = world;
    this.#stop = stop;
    this.#equal.push([]);
    this.#noise = learnNoise([], []);
    for (let trial = 0; trial < EQUAL_TRIALS; trial++) this.#runChampion();
  }

  play(): Claim {
    const world = this.#world;
    while (!world.isOver) {
      if (world.used - this.#lastRun >= HEARTBEAT) this.#runChampion();
      const idea = world.propose();
      if (idea.crashes) world.crash();
      else if (this.#passes(idea)) this.#keep(idea);
    }
    return { value: meanOf(this.#values()), certified: this.#certified };
  }

  #passes(idea: Idea): boolean {
    const level = this.#world.champion + idea.effect;
    const [seed = 0, other = 0] = this.#fresh.slice(-2).map(({ sample }) => sample.seed);
    const first = this.#world.run(level, seed, this.#screen());
    if (first.kind === 'stopped') return false;
    this.#learnDistances(first);
    const z = this.#z([first.sample]);
    if (z < FIRST_PASS) return false;
    if (z >= SURE_PASS && this.#fresh.length >= WELL_KNOWN) return true;
    const second = this.#world.complete(level, other);
    return this.#z([first.sample, second.sample]) >= SECOND_PASS;
  }

  #z(samples: readonly Sample[]): number {
    const champion = this.#fresh.map(({ sample }) => sample);
    const { gain, error } = estimateGain(samples, champion, this.#noise)!;
    return gain / error;
  }

  #keep(idea: Idea): void {
    this.#world.keep(idea);
    this.#provisional.push(idea);
    this.#renew();
    if (this.#provisional.length >= KEEPS_A_CERTIFICATION) this.#certify();
  }

  /** Each change is taken out of the stack alone, in turn with fresh runs of the whole stack. */
  #certify(): void {
    const world = this.#world;
    const whole: number[] = [];
    const groups = this.#provisional.map((idea) => ({ idea, values: [] as number[], isOpen: true }));
    for (let round = 0; round < MOST_CERTIFY_RUNS && !world.isOver; round++) {
      whole.push(this.#runChampion());
      for (const group of groups) {
        if (!group.isOpen || world.isOver) continue;
        const seed = this.#fresh.at(-1)!.sample.seed;
        group.values.push(world.complete(world.champion - group.idea.effect, seed).sample.value);
        const evidence = logTEValue({
          candidate: momentsOf(whole),
          champion: momentsOf(group.values),
          headStart: { squares: this.#noise.variance * this.#noise.freedom, freedom: this.#noise.freedom },
        });
        if (evidence < LOG_EVIDENCE) continue;
        this.#certified.push(group.idea.effect);
        group.isOpen = false;
      }
    }
    const sigma = Math.sqrt(this.#noise.variance);
    const weak = groups.filter(({ values, isOpen }) => {
      if (!isOpen || values.length === 0) return false;
      const error = sigma * Math.sqrt(1 / whole.length + 1 / values.length);
      return (meanOf(whole) - meanOf(values)) / error < WEAK;
    });
    for (const { idea } of weak) world.withdraw(idea);
    this.#provisional = [];
    if (weak.length > 0) this.#renew();
  }

  #renew(): void {
    this.#fresh = [];
    this.#equal.push([]);
    for (let run = 0; run < RUNS_AFTER_KEEP; run++) this.#runChampion();
  }

  #runChampion(): number {
    const run = this.#world.complete(this.#world.champion, this.#nextSeed++);
    this.#fresh.push(run);
    this.#equal.at(-1)!.push(run.sample.value);
    this.#noise = learnNoise(this.#equal, []);
    this.#learnDistances(run);
    this.#lastRun = this.#world.used;
    return run.sample.value;
  }

  #values(): number[] {
    return this.#fresh.map(({ sample }) => sample.value);
  }

  #learnDistances({ sample, curve }: Completed): void {
    for (const [checkpoint, shown] of curve.entries()) {
      this.#distances[checkpoint] ??= [];
      this.#distances[checkpoint].push(shown - sample.value);
    }
  }

  #screen(): ((curve: readonly number[]) => boolean) | undefined {
    const reference = (checkpoint: number) => meanOf(this.#fresh.map(({ curve }) => curve[checkpoint]!));
    switch (this.#stop) {
      case 'none':
        return undefined;
      case 'plain':
        return plainScreen(this.#world, reference);
      case 'own':
        return this.#gentleScreen(reference);
      default:
        return this.#stop satisfies never;
    }
  }

  #gentleScreen(reference: (checkpoint: number) => number): (curve: readonly number[]) => boolean {
    const { minimumEffect } = this.#world.setting;
    let isAudited = false;
    return (curve) => {
      if (isAudited) return true;
      const checkpoint = curve.length - 1;
      const distances = this.#distances[checkpoint]!;
      const middle = meanOf(distances);
      const variance = meanOf(distances.map((distance) => (distance - middle) ** 2));
      const deviation = Math.sqrt(variance * (1 + 1 / this.#fresh.length));
      if (curve.at(-1)! - reference(checkpoint) + GRACE * deviation >= minimumEffect) return true;
      this.#stopped += 1;
      isAudited = this.#stopped % Math.round(1 / AUDITED) === 0;
      return isAudited;
    };
  }
}
