import { CHECKPOINTS } from '../../model/trial.ts';
import { type EffectPrior, widthOf } from '../../statistics/effects.ts';
import { errorAfter, keepThreshold, MOST_TRIALS, type Precision, worthOfGain } from './worth.ts';

/** What a new idea meets: what changes do in this study, and how well a trial, and its progress, tells that. */
export interface Outlook {
  readonly prior: EffectPrior;
  /** An effect that matters, in the metric's unit: see `worthOfGain`. */
  readonly scale: number;
  readonly precision: Precision;
  /** What is seen of an idea before its first whole trial has ended, in order; none where nothing is told before. */
  readonly glances: readonly Glance[];
}

/**
 * How the lead at a checkpoint misses the gain at the end. What breaks shows at once, and what is better may start slowly, so real
 * changes are foretold less well than equal code, and the less so the more they do.
 */
export interface Miss {
  /** Of a change that does nothing, in squares of the metric's unit. */
  readonly variance: number;
  /** Standard deviation that an effect adds, as a share of the effect. */
  readonly share: number;
  /** Of a gain so much is shown by then, on average, as a share of it. Harms show whole. */
  readonly shown: number;
}

/** One look at an idea before the end of its first whole trial: at a checkpoint of that, or by a short trial ahead of it. */
export interface Glance extends Miss {
  /** Slots that the idea has taken by then, in whole trials. */
  readonly at: number;
  /** Those that it still takes, from there to the end of its first whole trial. */
  readonly left: number;
}

/** Where one of `CHECKPOINTS` lies in a whole trial. */
export function placeOf(checkpoint: number): Pick<Glance, 'at' | 'left'> {
  const at = CHECKPOINTS[checkpoint]!;
  return { at, left: 1 - at };
}

/** Where nothing is missed any more: at the end. */
export const NO_MISS: Miss = { variance: 0, share: 0, shown: 1 };

/** Variance of an effect's lead, beside that of the value at the end. */
export function missOf({ variance, share }: Miss, effect: number): number {
  return variance + (share * effect) ** 2;
}

/** The lead that an effect has on average. */
export function leadOf({ shown }: Miss, effect: number): number {
  return effect > 0 ? shown * effect : effect;
}

/** Points of the grid of leads, at most, and to a standard deviation of a trial's own noise. */
const MOST_POINTS = 200;
const POINTS_A_DEVIATION = 4;
/** In standard deviations: what lies further off is left out. */
export const REACH = 4;

export interface Grid {
  readonly lowest: number;
  readonly step: number;
  readonly points: number;
}

function gridOf({ prior, precision, glances }: Outlook): Grid {
  const final = errorAfter(precision, 1);
  const threshold = keepThreshold(prior, final, precision.freedom);
  const largest = prior.effects.at(-1)!;
  const [miss] = glances;
  const first =
    miss === undefined ? final : Math.hypot(final, Math.sqrt(missOf(miss, Math.min(threshold, largest))));
  const highest = Math.min(
    largest,
    threshold === Number.POSITIVE_INFINITY ? largest : threshold + REACH * first,
  );
  const lowest = -REACH * first;
  const span = highest + REACH * final - lowest;
  const step = Math.max(Math.sqrt(precision.own) / POINTS_A_DEVIATION, span / MOST_POINTS);
  return { lowest, step, points: Math.ceil(span / step) + 1 };
}

/** One look at effects of a band, for each lead that they may show. */
export interface BandLook {
  /** How often an idea is of this band and shows that lead. */
  readonly chance: Float64Array;
  /** What keeping it is expected to be worth then. */
  readonly worth: Float64Array;
}

/** One look at an idea, in the order of the bands. */
export type Look = readonly BandLook[];

/** Effects of the prior whose leads miss the end alike. */
export interface Band {
  /** The one that stands for them: their mean. */
  readonly effect: number;
  /** Their places in the prior. */
  readonly members: readonly number[];
}

export interface Looks {
  readonly grid: Grid;
  readonly bands: readonly Band[];
  readonly afterTrials: readonly Look[];
  readonly atGlances: readonly Look[];
  /** After one trial, two, and so on, the gain from which on it is a keep. */
  readonly thresholds: readonly number[];
}

/** What is to be seen does not hang on what a slot earns, so it is worked out once. */
const known = new WeakMap<Outlook, Looks>();

export function looksOf(outlook: Outlook): Looks {
  const found = known.get(outlook);
  if (found) return found;
  const { prior, precision, glances } = outlook;
  const grid = gridOf(outlook);
  const bands = bandsOf(outlook);
  const errors = Array.from({ length: MOST_TRIALS }, (_, index) => errorAfter(precision, index + 1));
  const looks: Looks = {
    grid,
    bands,
    afterTrials: errors.map((error) => lookAt(outlook, bands, grid, error ** 2, NO_MISS)),
    atGlances: glances.map((miss) => lookAt(outlook, bands, grid, errors[0]! ** 2, miss)),
    thresholds: errors.map((error, index) => keepThreshold(prior, error, precision.freedom + index)),
  };
  known.set(outlook, looks);
  return looks;
}

/** Bands double what an effect adds to the miss of the first lead, up to so many times; below the first it adds next to nothing. */
const MOST_BANDS = 6;

function bandsOf({ prior, glances }: Outlook): Band[] {
  const miss: Miss = glances[0] ?? NO_MISS;
  const members = new Map<number, number[]>();
  for (const [index, effect] of prior.effects.entries()) {
    const added = 2 * (miss.share * Math.abs(effect) + Math.abs(leadOf(miss, effect) - effect));
    const size = added === 0 ? 0 : Math.max(0, 1 + Math.floor(Math.log2(added / Math.sqrt(miss.variance))));
    const band = Math.min(MOST_BANDS, size) * Math.sign(effect);
    members.set(band, [...(members.get(band) ?? []), index]);
  }
  return [...members.values()].map((places) => {
    const share = places.reduce((sum, index) => sum + prior.shares[index]!, 0);
    const total = places.reduce((sum, index) => sum + prior.shares[index]! * prior.effects[index]!, 0);
    return { effect: share > 0 ? total / share : 0, members: places };
  });
}

/** Effects with a smaller share change no decision. */
const LEAST_SHARE = 1e-7;

/** @param error variance of the value at the end */
function lookAt(
  { prior, scale }: Outlook,
  bands: readonly Band[],
  { lowest, step, points }: Grid,
  error: number,
  miss: Miss,
): Look {
  return bands.map(({ members }) => {
    const look = { chance: new Float64Array(points), worth: new Float64Array(points) };
    for (const index of members) add(look, prior.effects[index]!, prior.shares[index]!);
    for (let point = 0; point < points; point++)
      if (look.chance[point]! > 0) look.worth[point]! /= look.chance[point]!;
    return look;
  });

  function add({ chance, worth }: BandLook, size: number, share: number): void {
    if (share < LEAST_SHARE) return;
    const variance = error + missOf(miss, size);
    const width = widthOf(size);
    const deviation = Math.sqrt(variance + width);
    const middle = leadOf(miss, size);
    const from = Math.max(0, Math.ceil((middle - REACH * deviation - lowest) / step));
    const to = Math.min(points - 1, Math.floor((middle + REACH * deviation - lowest) / step));
    for (let point = from; point <= to; point++) {
      const distance = lowest + point * step - middle;
      const density = (share / deviation) * Math.exp(-((distance / deviation) ** 2) / 2);
      chance[point]! += density;
      worth[point]! += density * worthOfGain(size + (width / (variance + width)) * distance, scale);
    }
  }
}
