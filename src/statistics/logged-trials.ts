import { beliefOf, type EffectPrior, initialPrior, learnFrom } from './effects.ts';
import {
  backwards,
  forwards,
  type Level,
  levelOf,
  normalised,
  OFFSETS,
  PLACES,
  SHIFTS,
  STEP,
  shiftsBetween,
} from './place-chain.ts';

/** One trial of a log in which every change was tried once. */
export interface LoggedTrial {
  /** Larger is better. In the metric's unit. */
  readonly value: number;
  /** Whether it became the champion that the trials after it started from. */
  readonly isKept: boolean;
}

/** What is to be believed of one change, from the whole log: what came after it tells of its luck too. */
export type ChangeBelief =
  | {
      readonly kind: 'kept';
      /** Chance that the change does nothing, or harm. 0 to 1. */
      readonly luck: number;
      /** Over the champion before, in the metric's unit. */
      readonly gain: number;
      readonly deviation: number;
    }
  | { readonly kind: 'other'; readonly luck: number };

export interface LogBelief {
  /** Of each trial after the first, which is the baseline. */
  readonly changes: readonly ChangeBelief[];
  /** What the baseline and the last champion would score on average; larger is better, in the metric's unit. */
  readonly baseline: Level;
  readonly champion: Level;
}

/** The prior's effects stand half an octave apart: each is taken to be spread over the way to its neighbours, as a share of it. */
const SPREAD = 0.15;
const MOST_ROUNDS = 12;
const SETTLED = 1e-3;
/** Differences beyond so many standard deviations are all the same: far away. */
const FAR = 1e6;

/** A champion of the log, and the trials that started from it. */
interface Reign {
  /** Where the champion's own trial stands among all trials. */
  readonly at: number;
  readonly value: number;
  readonly others: readonly number[];
}

/**
 * Levels of the champions and effects of the changes, from single trials in noise of a known spread. Each champion's level is a
 * hidden place near its own value; a keep moves it by the effect of a change, and every later trial that starts from it is
 * another look at it. Forwards and backwards over the log (Baum and others, 1970), with effects learned from all of it (Efron,
 * Large-Scale Inference, 2010), so that a lucky record counts neither for its own change nor against the next one. Takes
 * time in proportion to the trials.
 *
 * @param trials at least one
 * @param noise `sigma`: standard deviation of one trial; `scale`: an effect that matters. Both in the metric's unit, above 0
 */
export function believeLog(
  trials: readonly LoggedTrial[],
  { sigma, scale }: { readonly sigma: number; readonly scale: number },
): LogBelief {
  let prior = initialPrior(scale / sigma);
  const reigns = reignsOf(trials);
  for (let round = 1; ; round++) {
    const told = tellChain(trials, reigns, sigma, prior);
    const next = learnFrom(prior, told.likelihoods, 0);
    const moved = next.shares.reduce((sum, share, index) => sum + Math.abs(share - prior.shares[index]!), 0);
    if (round === MOST_ROUNDS || moved < SETTLED) return beliefsOf(reigns, sigma, prior, told);
    prior = next;
  }
}

function reignsOf(trials: readonly LoggedTrial[]): Reign[] {
  const reigns: { at: number; value: number; others: number[] }[] = [];
  for (const [at, { value, isKept }] of trials.entries()) {
    if (at === 0 || isKept) reigns.push({ at, value, others: [] });
    else reigns.at(-1)!.others.push(at);
  }
  return reigns;
}

/** What the log tells under one prior. Distributions over places sum to 1. */
interface Told {
  /** Where each champion's level is, from the whole log. */
  readonly levels: readonly Float64Array[];
  /** How likely each shift of the champion's place is, for each keep; up to a factor. */
  readonly shifts: readonly Float64Array[];
  /** Of each trial after the first: how likely it is under each effect; up to a factor. */
  readonly likelihoods: readonly (readonly number[])[];
}

function tellChain(
  trials: readonly LoggedTrial[],
  reigns: readonly Reign[],
  sigma: number,
  prior: EffectPrior,
): Told {
  const distance = (from: number, to: number) => (trials[to]!.value - trials[from]!.value) / sigma;
  const seen = reigns.map(({ at, others }) =>
    lookAt(
      others.map((other) => distance(at, other)),
      prior,
    ),
  );
  const moves = reigns.slice(1).map(({ at }, index) => movesBy(distance(reigns[index]!.at, at), prior));
  const before = forwards(seen, moves);
  const after = backwards(seen, moves);
  const levels = before.map((place, index) =>
    normalised(place.map((share, at) => share * after[index]![at]!)),
  );
  const shifts = moves.map((_, index) =>
    shiftsBetween(
      before[index]!,
      after[index + 1]!.map((share, at) => share * seen[index + 1]![at]!),
    ),
  );
  const likelihoods: number[][] = [];
  for (const [index, { at, others }] of reigns.entries()) {
    if (index > 0)
      likelihoods[at - 1] = likelihoodOfMove(distance(reigns[index - 1]!.at, at), shifts[index - 1]!, prior);
    for (const other of others)
      likelihoods[other - 1] = likelihoodOfOther(distance(at, other), levels[index]!, prior);
  }
  return { levels, shifts, likelihoods };
}

/** How likely a champion's own trial and those that started from it are, for each place of its level. */
function lookAt(others: readonly number[], prior: EffectPrior): Float64Array {
  const logs = Float64Array.from(OFFSETS, (offset) => {
    let log = (-offset * offset) / 2;
    for (const other of others) log += Math.log(mixture(prior, densities(prior, other - offset, 1)));
    return log;
  });
  const most = logs.reduce((one, another) => Math.max(one, another));
  return logs.map((log) => Math.exp(log - most));
}

/** How likely each shift of the place is, where the champion's own value moved by `distance`. */
function movesBy(distance: number, prior: EffectPrior): Float64Array {
  return Float64Array.from({ length: SHIFTS }, (_, shift) =>
    mixture(prior, densities(prior, effectAt(distance, shift), 0)),
  );
}

/** The effect of a change that moved a champion's value by `distance` and its place by `shift`. */
function effectAt(distance: number, shift: number): number {
  return distance + (shift - (PLACES - 1)) * STEP;
}

/** How likely a difference is under each effect, in noise of `variance`. An effect at an end stands for all that lie beyond it. */
function densities({ effects }: EffectPrior, difference: number, variance: number): number[] {
  const seen = Math.max(-FAR, Math.min(FAR, difference));
  const last = effects.length - 1;
  return effects.map((effect, index) => {
    const miss = seen - effect;
    const isBeyond = (index === 0 && miss < 0) || (index === last && miss > 0);
    const own = Math.max(STEP, SPREAD * Math.abs(effect), isBeyond ? Math.abs(miss) : 0);
    const whole = own * own + variance;
    return Math.exp((-miss * miss) / (2 * whole)) / Math.sqrt(whole);
  });
}

function mixture({ shares }: EffectPrior, likelihood: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < shares.length; index++) sum += shares[index]! * likelihood[index]!;
  return sum;
}

function likelihoodOfMove(distance: number, shifts: Float64Array, prior: EffectPrior): number[] {
  const likelihood = prior.effects.map(() => 0);
  for (const [shift, weight] of shifts.entries()) {
    const density = densities(prior, effectAt(distance, shift), 0);
    for (let index = 0; index < density.length; index++) likelihood[index]! += weight * density[index]!;
  }
  return likelihood;
}

/** The level is known from this trial too: its own part in that is taken out again. */
function likelihoodOfOther(distance: number, level: Float64Array, prior: EffectPrior): number[] {
  const likelihood = prior.effects.map(() => 0);
  for (const [place, weight] of level.entries()) {
    if (weight < 1e-12) continue;
    const density = densities(prior, distance - OFFSETS[place]!, 1);
    const own = mixture(prior, density);
    for (let index = 0; index < density.length; index++)
      likelihood[index]! += (weight * density[index]!) / own;
  }
  return likelihood;
}

function beliefsOf(
  reigns: readonly Reign[],
  sigma: number,
  prior: EffectPrior,
  { levels, shifts, likelihoods }: Told,
): LogBelief {
  const changes: ChangeBelief[] = likelihoods.map((likelihood) => {
    const { luck } = beliefOf(prior, likelihood);
    return { kind: 'other', luck };
  });
  for (const [index, weights] of shifts.entries()) {
    const { at, value } = reigns[index + 1]!;
    const distance = (value - reigns[index]!.value) / sigma;
    const effects = Array.from(weights, (_, shift) => effectAt(distance, shift));
    const shares = weights.map(
      (weight, shift) => weight * mixture(prior, densities(prior, effects[shift]!, 0)),
    );
    const { mean, deviation } = levelOf(effects, shares);
    const { luck } = changes[at - 1]!;
    changes[at - 1] = { kind: 'kept', luck, gain: mean * sigma, deviation: deviation * sigma };
  }
  const levelIn = (index: number): Level => {
    const { mean, deviation } = levelOf(OFFSETS, levels[index]!);
    return { mean: reigns[index]!.value + mean * sigma, deviation: deviation * sigma };
  };
  return { changes, baseline: levelIn(0), champion: levelIn(reigns.length - 1) };
}
