import { CHECKPOINTS } from '../../model/trial.ts';
import { normalCdf } from '../../statistics/distributions.ts';
import { type EffectPrior, widthOf } from '../../statistics/effects.ts';
import { errorAfter, keepThreshold, MOST_TRIALS, type Precision } from './worth.ts';

/** What a new idea meets: what changes do in this study, and how well a trial, and its progress, tells that. */
export interface Outlook {
  readonly prior: EffectPrior;
  /** An effect that matters, in the metric's unit: see `worthOfGain`. */
  readonly scale: number;
  readonly precision: Precision;
  /** By how much a lead at each of `CHECKPOINTS` misses the one at the end: variances, falling; none where no progress is told. */
  readonly forecasts: readonly number[];
}

/** How far to take an idea, where a slot earns a known rate elsewhere. All leads are gains over the champion. */
export interface Plan {
  /** At each checkpoint, the least lead with which the first trial goes on. */
  readonly goesOn: readonly number[];
  /** Whether a candidate that is `gain` ahead after so many trials, and no keep, is to be tried again. */
  isWorthAnother(trials: number, gain: number): boolean;
  /** What going on with it then is expected to earn, per trial; at least the plan's rate. */
  worth(trials: number, gain: number): number;
  /** What an idea is expected to be worth from its start on, and the slots that it takes. */
  readonly gain: number;
  readonly slots: number;
}

/**
 * What a gain is worth to the search for more: itself while it is small, and its logarithm beyond what matters. The largest gains of
 * a study are found once; were they worth all that they are, whatever is not as large would be dropped for another one
 * that there may not be. Harms count as they are.
 *
 * @param scale an effect that matters, above 0; in the unit of the gain and of its worth
 */
export function worthOfGain(gain: number, scale: number): number {
  return gain > 0 ? scale * Math.log1p(gain / scale) : gain;
}

/** Points of the grid of leads, at most, and to a standard deviation of a trial's own noise. */
const MOST_POINTS = 200;
const POINTS_A_DEVIATION = 4;
/** In standard deviations: what lies further off is left out. */
const REACH = 4;

/**
 * The best way to stop, to go on, to try again and to give up, found backwards from the last trial (dynamic programming). The mean
 * of fewer trials is that of more of them with noise on top, which does not hang on the effect, and so is a lead at a
 * checkpoint: a step back is a weighted average over what the next look may show.
 *
 * @param rate what a slot earns elsewhere, in the metric's unit, above 0
 */
export function planOf(outlook: Outlook, rate: number): Plan {
  const { precision, forecasts } = outlook;
  const { grid, afterTrials, atCheckpoints, thresholds } = looksOf(outlook);
  let next: Prospect | undefined;
  const triesAgain: number[] = [];
  const prospects: Prospect[] = [];
  for (let trials = MOST_TRIALS; trials >= 1; trials--) {
    const look = afterTrials[trials - 1]!;
    const threshold = thresholds[trials - 1]!;
    const ahead = next && whatFollows(look, next, grid, precision.own / trials / (trials + 1));
    const { prospect, least } = proceed(look, ahead, grid, 1, rate);
    triesAgain[trials - 1] = trials < MOST_TRIALS ? Math.min(threshold, least) : Number.POSITIVE_INFINITY;
    prospects[trials - 1] = prospect;
    next = withKeep(prospect, grid, threshold);
  }
  const goesOn: number[] = [];
  for (let checkpoint = forecasts.length - 1; checkpoint >= 0; checkpoint--) {
    const lost = forecasts[checkpoint]! - (forecasts[checkpoint + 1] ?? 0);
    const look = atCheckpoints[checkpoint]!;
    const ahead = whatFollows(look, next!, grid, lost);
    const slots = (CHECKPOINTS[checkpoint + 1] ?? 1) - CHECKPOINTS[checkpoint]!;
    const { prospect, least } = proceed(look, ahead, grid, slots, rate);
    goesOn[checkpoint] = least;
    next = prospect;
  }
  return {
    goesOn,
    isWorthAnother: (trials, gain) => gain >= (triesAgain[trials - 1] ?? Number.POSITIVE_INFINITY),
    worth: (trials, gain) => Math.max(rate, perSlot(prospects[trials - 1]!, grid, gain)),
    ...fromStart(outlook, next!, grid),
  };
}

function perSlot({ gain, slots }: Prospect, { lowest, step, points }: Grid, lead: number): number {
  const point = Math.min(points - 1, Math.max(0, Math.round((lead - lowest) / step)));
  return slots[point]! > 0 ? gain[point]! / slots[point]! : 0;
}

const ROUNDS = 8;
const SETTLED = 0.01;

/** What new ideas earn a slot under the plan that is best for them, in the metric's unit (Dinkelbach's method). */
export function rateOf(outlook: Outlook): number {
  let rate = Math.sqrt(outlook.precision.own) / 100;
  for (let round = 0; round < ROUNDS; round++) {
    const { gain, slots } = planOf(outlook, rate);
    const better = gain / slots;
    const isSettled = Math.abs(better - rate) <= SETTLED * rate;
    rate = better;
    if (isSettled) break;
  }
  return rate;
}

interface Grid {
  readonly lowest: number;
  readonly step: number;
  readonly points: number;
}

function gridOf({ prior, precision, forecasts }: Outlook): Grid {
  const final = errorAfter(precision, 1);
  const first = Math.hypot(final, Math.sqrt(forecasts[0] ?? 0));
  const threshold = keepThreshold(prior, final, precision.freedom);
  const largest = prior.effects.at(-1)!;
  const highest = Math.min(
    largest,
    threshold === Number.POSITIVE_INFINITY ? largest : threshold + REACH * first,
  );
  const lowest = -REACH * first;
  const span = highest + REACH * final - lowest;
  const step = Math.max(Math.sqrt(precision.own) / POINTS_A_DEVIATION, span / MOST_POINTS);
  return { lowest, step, points: Math.ceil(span / step) + 1 };
}

/** One look at the idea, for each lead that it may show. */
interface Look {
  /** How often it is that lead. */
  readonly chance: Float64Array;
  /** What keeping the idea is expected to be worth then. */
  readonly worth: Float64Array;
}

/** A look with what following the plan is expected to gain from there on, and the slots that it takes. */
interface Prospect extends Look {
  readonly gain: Float64Array;
  readonly slots: Float64Array;
}

interface Looks {
  readonly grid: Grid;
  readonly afterTrials: readonly Look[];
  readonly atCheckpoints: readonly Look[];
  /** After one trial, two, and so on, the gain from which on it is a keep. */
  readonly thresholds: readonly number[];
}

/** What is to be seen does not hang on what a slot earns, so it is worked out once. */
const known = new WeakMap<Outlook, Looks>();

function looksOf(outlook: Outlook): Looks {
  const found = known.get(outlook);
  if (found) return found;
  const { prior, precision, forecasts } = outlook;
  const grid = gridOf(outlook);
  const errors = Array.from({ length: MOST_TRIALS }, (_, index) => errorAfter(precision, index + 1));
  const looks: Looks = {
    grid,
    afterTrials: errors.map((error) => lookAt(outlook, grid, error ** 2)),
    atCheckpoints: forecasts.map((forecast) => lookAt(outlook, grid, errors[0]! ** 2 + forecast)),
    thresholds: errors.map((error, index) => keepThreshold(prior, error, precision.freedom + index)),
  };
  known.set(outlook, looks);
  return looks;
}

/** Effects with a smaller share change no decision. */
const LEAST_SHARE = 1e-7;

function lookAt({ prior, scale }: Outlook, { lowest, step, points }: Grid, variance: number): Look {
  const chance = new Float64Array(points);
  const worth = new Float64Array(points);
  for (const [index, size] of prior.effects.entries()) {
    const share = prior.shares[index]!;
    if (share < LEAST_SHARE) continue;
    const width = widthOf(size);
    const deviation = Math.sqrt(variance + width);
    const from = Math.max(0, Math.ceil((size - REACH * deviation - lowest) / step));
    const to = Math.min(points - 1, Math.floor((size + REACH * deviation - lowest) / step));
    for (let point = from; point <= to; point++) {
      const distance = lowest + point * step - size;
      const density = (share / deviation) * Math.exp(-((distance / deviation) ** 2) / 2);
      chance[point]! += density;
      worth[point]! += density * worthOfGain(size + (width / (variance + width)) * distance, scale);
    }
  }
  for (let point = 0; point < points; point++) if (chance[point]! > 0) worth[point]! /= chance[point]!;
  return { chance, worth };
}

type Following = Pick<Prospect, 'gain' | 'slots'>;

/** What is expected of the next look, where its lead differs from this one's by noise of `variance`. */
function whatFollows(look: Look, next: Prospect, { step, points }: Grid, variance: number): Following {
  const deviation = Math.max(Math.sqrt(variance), step / 2);
  const reach = Math.min(points - 1, Math.ceil((REACH * deviation) / step));
  const bell = Float64Array.from({ length: reach + 1 }, (_, distance) =>
    Math.exp(-(((distance * step) / deviation) ** 2) / 2),
  );
  const gain = new Float64Array(points);
  const slots = new Float64Array(points);
  for (let point = 0; point < points; point++) {
    if (look.chance[point] === 0) continue;
    let total = 0;
    let gained = 0;
    let taken = 0;
    const to = Math.min(points - 1, point + reach);
    for (let other = Math.max(0, point - reach); other <= to; other++) {
      const weight = next.chance[other]! * bell[Math.abs(other - point)]!;
      total += weight;
      gained += weight * next.gain[other]!;
      taken += weight * next.slots[other]!;
    }
    if (total === 0) continue;
    gain[point] = gained / total;
    slots[point] = taken / total;
  }
  return { gain, slots };
}

/** Goes on wherever that is worth more than its slots earn elsewhere; `least` is the least lead where it is. */
function proceed(
  look: Look,
  ahead: Following | undefined,
  { lowest, step, points }: Grid,
  slots: number,
  rate: number,
): { readonly prospect: Prospect; readonly least: number } {
  const prospect = { ...look, gain: new Float64Array(points), slots: new Float64Array(points) };
  // Leads beyond the grid go on.
  let least = lowest + (points - 0.5) * step;
  if (ahead === undefined) return { prospect, least };
  for (let point = points - 1; point >= 0; point--) {
    const taken = slots + ahead.slots[point]!;
    if (ahead.gain[point]! <= rate * taken) continue;
    prospect.gain[point] = ahead.gain[point]!;
    prospect.slots[point] = taken;
    // Each point stands for the leads around it.
    least = lowest + (point - 0.5) * step;
  }
  return { prospect, least };
}

function withKeep(prospect: Prospect, { lowest, step, points }: Grid, threshold: number): Prospect {
  for (let point = Math.max(0, Math.ceil((threshold - lowest) / step)); point < points; point++) {
    prospect.gain[point] = Math.max(0, prospect.worth[point]!);
    prospect.slots[point] = 0;
  }
  return prospect;
}

/** An average over all leads of the first look; those beyond the grid go on to their end, and are kept. */
function fromStart(
  { prior, scale, precision, forecasts }: Outlook,
  first: Prospect,
  { lowest, step, points }: Grid,
): Pick<Plan, 'gain' | 'slots'> {
  const density = step / Math.sqrt(2 * Math.PI);
  const look = forecasts.length > 0 ? CHECKPOINTS[0] : 1;
  let gain = 0;
  let slots = look;
  for (let point = 0; point < points; point++) {
    const chance = first.chance[point]! * density;
    gain += chance * first.gain[point]!;
    slots += chance * first.slots[point]!;
  }
  const highest = lowest + (points - 0.5) * step;
  const deviation = Math.hypot(errorAfter(precision, 1), Math.sqrt(forecasts[0] ?? 0));
  for (const [index, effect] of prior.effects.entries()) {
    if (effect <= 0) continue;
    const beyond = prior.shares[index]! * normalCdf((effect - highest) / deviation);
    gain += beyond * worthOfGain(effect, scale);
    slots += beyond * (1 - look);
  }
  return { gain, slots };
}
