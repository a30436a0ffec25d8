import { normalCdf } from '../../statistics/distributions.ts';
import {
  type BandLook,
  type Glance,
  type Grid,
  type Look,
  leadOf,
  looksOf,
  type Miss,
  missOf,
  NO_MISS,
  type Outlook,
  REACH,
} from './looks.ts';
import { errorAfter, MOST_TRIALS, worthOfGain } from './worth.ts';

/** How far to take an idea, where a slot earns a known rate elsewhere. All leads are gains over the champion. */
export interface Plan {
  /** Whether the idea goes on with this lead at one of the outlook's glances, by its place among them. */
  goesOn(glance: number, lead: number): boolean;
  /** Whether a candidate that is `gain` ahead after so many trials, and no keep, is to be tried again. */
  isWorthAnother(trials: number, gain: number): boolean;
  /** What going on with this lead at a glance is expected to earn, per trial; at least the plan's rate. */
  promise(glance: number, lead: number): number;
  /** What going on with it then is expected to earn, per trial; at least the plan's rate. */
  worth(trials: number, gain: number): number;
  /** What an idea is expected to be worth from its start on, and the slots that it takes. */
  readonly gain: number;
  readonly slots: number;
}

/**
 * The best way to stop, to go on, to try again and to give up, found backwards from the last trial (dynamic programming). The mean
 * of fewer trials is that of more of them with noise on top, which does not hang on the effect, and so is a lead at a
 * glance, but for what larger effects add to its miss: a step back is a weighted average over what the next look may show, for
 * each band of effects that are foretold alike.
 *
 * @param rate what a slot earns elsewhere, in the metric's unit, above 0
 */
export function planOf(outlook: Outlook, rate: number): Plan {
  const { precision, glances } = outlook;
  const { grid, bands, afterTrials, atGlances, thresholds } = looksOf(outlook);
  let next: Prospect | undefined;
  const triesAgain: number[] = [];
  const prospects: Prospect[] = [];
  for (let trials = MOST_TRIALS; trials >= 1; trials--) {
    const look = afterTrials[trials - 1]!;
    const threshold = thresholds[trials - 1]!;
    const step = { variance: precision.own / trials / (trials + 1), shift: 0 };
    const steps = bands.map(() => step);
    const ahead = next && whatFollows(look, next, grid, steps);
    const { prospect, least } = proceed(look, ahead, grid, 1, rate);
    triesAgain[trials - 1] = trials < MOST_TRIALS ? Math.min(threshold, least) : Number.POSITIVE_INFINITY;
    prospects[trials - 1] = prospect;
    next = withKeep(prospect, grid, threshold);
  }
  const leasts: number[] = [];
  const promises: Prospect[] = [];
  for (let place = glances.length - 1; place >= 0; place--) {
    const steps = bands.map(({ effect }) => stepAfter(glances, place, effect));
    const look = atGlances[place]!;
    const ahead = whatFollows(look, next!, grid, steps);
    const slots = glances[place]!.left - (glances[place + 1]?.left ?? 0);
    const { prospect, least } = proceed(look, ahead, grid, slots, rate);
    leasts[place] = least;
    promises[place] = prospect;
    next = prospect;
  }
  return {
    goesOn: (glance, lead) => lead >= leasts[glance]!,
    promise: (glance, lead) => Math.max(rate, perSlot(promises[glance]!, grid, lead)),
    isWorthAnother: (trials, gain) => gain >= (triesAgain[trials - 1] ?? Number.POSITIVE_INFINITY),
    worth: (trials, gain) => Math.max(rate, perSlot(prospects[trials - 1]!, grid, gain)),
    ...fromStart(outlook, next!, grid),
  };
}

/** How an effect's lead moves from one look to the next. */
interface Step {
  /** What its miss loses. */
  readonly variance: number;
  /** By how much it grows on average. */
  readonly shift: number;
}

function stepAfter(glances: readonly Glance[], place: number, effect: number): Step {
  const [miss, next]: [Miss, Miss] = [glances[place]!, glances[place + 1] ?? NO_MISS];
  return {
    variance: missOf(miss, effect) - missOf(next, effect),
    shift: leadOf(next, effect) - leadOf(miss, effect),
  };
}

function perSlot(prospect: Prospect, { lowest, step, points }: Grid, lead: number): number {
  const point = Math.min(points - 1, Math.max(0, Math.round((lead - lowest) / step)));
  let gained = 0;
  let taken = 0;
  for (const { chance, gain, slots } of prospect) {
    gained += chance[point]! * gain[point]!;
    taken += chance[point]! * slots[point]!;
  }
  return taken > 0 ? gained / taken : 0;
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

/** A look at one band, with what following the plan is expected to gain from there on, and the slots that it takes. */
interface BandProspect extends BandLook {
  readonly gain: Float64Array;
  readonly slots: Float64Array;
}

type Prospect = readonly BandProspect[];
type Following = Pick<BandProspect, 'gain' | 'slots'>;

/** What is expected of the next look at each band. */
function whatFollows(look: Look, next: Prospect, grid: Grid, steps: readonly Step[]): Following[] {
  return look.map((band, index) => bandFollows(band, next[index]!, grid, steps[index]!));
}

function bandFollows(look: BandLook, next: BandProspect, { step, points }: Grid, move: Step): Following {
  const deviation = Math.max(Math.sqrt(move.variance), step / 2);
  const reach = Math.min(points - 1, Math.ceil((REACH * deviation) / step));
  const bell = Float64Array.from({ length: reach + 1 }, (_, distance) =>
    Math.exp(-(((distance * step) / deviation) ** 2) / 2),
  );
  const shift = Math.round(move.shift / step);
  const gain = new Float64Array(points);
  const slots = new Float64Array(points);
  for (let point = 0; point < points; point++) {
    if (look.chance[point] === 0) continue;
    const middle = point + shift;
    let total = 0;
    let gained = 0;
    let taken = 0;
    const to = Math.min(points - 1, middle + reach);
    for (let other = Math.max(0, middle - reach); other <= to; other++) {
      const weight = next.chance[other]! * bell[Math.abs(other - middle)]!;
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

/**
 * Goes on from the least lead on from which that is worth more than its slots earn elsewhere: nobody knows which band an idea is of.
 * What is further behind stops. Far enough behind the model may find a change large enough to turn out a gain after all: it
 * knows no better than that such changes are large.
 */
function proceed(
  look: Look,
  ahead: readonly Following[] | undefined,
  { lowest, step, points }: Grid,
  slots: number,
  rate: number,
): { readonly prospect: Prospect; readonly least: number } {
  const prospect = look.map((band) => ({
    ...band,
    gain: new Float64Array(points),
    slots: new Float64Array(points),
  }));
  let least = points;
  if (ahead !== undefined) {
    for (let point = points - 1; point >= 0 && surplusAt(point, look, ahead, slots, rate) >= 0; point--)
      least = point;
  }
  for (const [band, { chance, gain, slots: taken }] of prospect.entries()) {
    for (let point = least; point < points; point++) {
      if (chance[point] === 0) continue;
      gain[point] = ahead![band]!.gain[point]!;
      taken[point] = slots + ahead![band]!.slots[point]!;
    }
  }
  // Each point stands for the leads around it; those beyond the grid go on.
  return { prospect, least: lowest + (least - 0.5) * step };
}

/** What going on earns beyond what its slots would elsewhere, weighed by how often that lead is seen; 0 where it never is. */
function surplusAt(
  point: number,
  look: Look,
  ahead: readonly Following[],
  slots: number,
  rate: number,
): number {
  let surplus = 0;
  for (const [band, { chance }] of look.entries()) {
    const { gain, slots: later } = ahead[band]!;
    surplus += chance[point]! * (gain[point]! - rate * (slots + later[point]!));
  }
  return surplus;
}

function withKeep(prospect: Prospect, { lowest, step, points }: Grid, threshold: number): Prospect {
  for (const { worth, gain, slots } of prospect) {
    for (let point = Math.max(0, Math.ceil((threshold - lowest) / step)); point < points; point++) {
      gain[point] = worth[point]!;
      slots[point] = 0;
    }
  }
  return prospect;
}

/** An average over all leads of the first look; those beyond the grid go on to their end, and are kept. */
function fromStart(
  { prior, scale, precision, glances: [glance] }: Outlook,
  first: Prospect,
  { lowest, step, points }: Grid,
): Pick<Plan, 'gain' | 'slots'> {
  const density = step / Math.sqrt(2 * Math.PI);
  const look = glance?.at ?? 1;
  const rest = glance?.left ?? 0;
  let gain = 0;
  let slots = look;
  for (const band of first) {
    for (let point = 0; point < points; point++) {
      const chance = band.chance[point]! * density;
      gain += chance * band.gain[point]!;
      slots += chance * band.slots[point]!;
    }
  }
  const highest = lowest + (points - 0.5) * step;
  const final = errorAfter(precision, 1);
  for (const [index, effect] of prior.effects.entries()) {
    if (effect <= 0) continue;
    const seen: Miss = glance ?? NO_MISS;
    const deviation = Math.hypot(final, Math.sqrt(missOf(seen, effect)));
    const beyond = prior.shares[index]! * normalCdf((leadOf(seen, effect) - highest) / deviation);
    gain += beyond * worthOfGain(effect, scale);
    slots += beyond * rest;
  }
  return { gain, slots };
}
