/**
 * What changes of one study do, as a distribution over effects: a spike at zero, gains and harms on a grid that grows by half
 * octaves. Learned by expectation maximisation over every hypothesis that was tried, so that the rule which reads it relaxes
 * where gains are many and tightens where they are few (empirical Bayes; Efron, Large-Scale Inference, 2010).
 */
export interface EffectPrior {
  /** Effects in the metric's unit, ascending; positive is better; one of them is zero. */
  readonly effects: readonly number[];
  /** Share of the changes that have each effect; sums to 1. */
  readonly shares: readonly number[];
}

/** What was seen of one change: its gain with its standard error. Both in the metric's unit. */
export interface Estimate {
  readonly gain: number;
  /** Above 0. */
  readonly error: number;
  /** Degrees of freedom that the error was learned with: Infinity where it is known. Above 0. */
  readonly freedom: number;
}

/** What is to be believed of one change. */
export interface Belief {
  /** Share of each effect of the prior, after the estimate. */
  readonly shares: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  /** Local false discovery rate: the chance that the change does nothing, or harm. 0 to 1. */
  readonly luck: number;
}

/** Gains and harms of the grid, in half octaves from `SMALLEST` of the scale on: to 130 and 1,000 of what matters. */
const GAINS = 20;
const HARMS = 26;
const SMALLEST = 0.175;
/** Each effect of the grid stands for those around it: half an octave has this standard deviation, in its effect. */
const WIDTH = 0.1;

/** How much the first beliefs weigh, in hypotheses. A gain in eight is optimistic: few are lost before it is learned. */
const PSEUDO = { zero: 4, harm: 3, gain: 1 };
/**
 * Four times the gain is 0.44 as likely. With all sizes alike a new idea would be believed to be worth more than most gains there
 * are, and small ones would not be tried again.
 */
const RARER = -0.6;
/** However long nothing was found, the next change may be a gain that can be told from luck. */
const LEAST_GAIN_SHARE = 0.03;
const MOST_ROUNDS = 30;
const SETTLED = 1e-4;

/** @param scale an effect that matters, in the metric's unit, above 0: the objective's smallest effect, or the noise. */
export function initialPrior(scale: number): EffectPrior {
  const steps = (count: number) =>
    Array.from({ length: count }, (_, step) => SMALLEST * scale * 2 ** (step / 2));
  const effects = [
    ...steps(HARMS)
      .map((size) => -size)
      .reverse(),
    0,
    ...steps(GAINS),
  ];
  return { effects, shares: pseudoShares(effects) };
}

function pseudoCounts(effects: readonly number[]): number[] {
  const rarities = effects.map((effect) => (effect > 0 ? effect ** RARER : 0));
  const all = rarities.reduce((sum, rarity) => sum + rarity, 0);
  return effects.map((effect, index) => {
    if (effect === 0) return PSEUDO.zero;
    return effect > 0 ? (PSEUDO.gain * rarities[index]!) / all : PSEUDO.harm / HARMS;
  });
}

function pseudoShares(effects: readonly number[]): number[] {
  return normalised(pseudoCounts(effects));
}

/**
 * The prior after all that was seen, from one likelihood of `likelihoodsOf` for each hypothesis. Starts from `from`; the work is
 * linear in hypotheses, effects and rounds.
 */
export function learnFrom(
  from: EffectPrior,
  likelihoods: readonly (readonly number[])[],
  tellable: number,
): EffectPrior {
  const { effects } = from;
  const pseudo = pseudoCounts(effects);
  let shares = from.shares;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const counts = [...pseudo];
    const seen = effects.map(() => 0);
    for (const likelihood of likelihoods) addPosterior(seen, shares, likelihood);
    for (const [index, count] of smoothed(effects, seen).entries()) counts[index]! += count;
    const next = withLeastGain(effects, normalised(counts), tellable);
    const moved = next.reduce((sum, share, index) => sum + Math.abs(share - shares[index]!), 0);
    shares = next;
    if (moved < SETTLED) break;
  }
  return { effects, shares };
}

/**
 * Where one size was seen others near it are likely: counts of gains, and of harms, are averaged with those of their neighbours after
 * each round (EMS; Silverman and others, 1990). Without it all sizes that are not told apart from nothing well would lose their
 * share to those which are not told apart from it at all.
 */
function smoothed(effects: readonly number[], counts: readonly number[]): number[] {
  const zero = effects.indexOf(0);
  return [...blurred(counts.slice(0, zero)), counts[zero]!, ...blurred(counts.slice(zero + 1))];
}

/** Standard deviation of the average, in half octaves of the grid. */
const BLUR = 2;
const KERNEL = Array.from({ length: 3 * BLUR + 1 }, (_, distance) => Math.exp(-((distance / BLUR) ** 2) / 2));

/** Every count is shared out among the places around it: their sum stays. */
function blurred(counts: readonly number[]): number[] {
  const shared = counts.map(() => 0);
  for (const [place, count] of counts.entries()) {
    const weights = counts.map((_, other) => KERNEL[Math.abs(other - place)] ?? 0);
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [other, weight] of weights.entries()) shared[other]! += (count * weight) / all;
  }
  return shared;
}

function addPosterior(counts: number[], shares: readonly number[], likelihood: readonly number[]): void {
  let total = 0;
  for (let index = 0; index < counts.length; index++) total += shares[index]! * likelihood[index]!;
  if (!(total > 0)) return;
  for (let index = 0; index < counts.length; index++)
    counts[index]! += (shares[index]! * likelihood[index]!) / total;
}

/** Smaller gains than can be told are no evidence that there are none, and none that there are. */
function withLeastGain(effects: readonly number[], shares: number[], tellable: number): number[] {
  const least = Math.min(tellable, effects.at(-1)!);
  let gains = 0;
  for (const [index, effect] of effects.entries()) if (effect > 0 && effect >= least) gains += shares[index]!;
  if (gains >= LEAST_GAIN_SHARE) return shares;
  return shares.map((share, index) =>
    effects[index]! > 0 && effects[index]! >= least
      ? (share * LEAST_GAIN_SHARE) / gains
      : (share * (1 - LEAST_GAIN_SHARE)) / (1 - gains),
  );
}

/**
 * How likely the estimate is under each effect and those that it stands for, up to a common factor: Student's t, normal where
 * the error is known.
 *
 * @param share standard deviation that an effect adds to the estimate's error, as a share of the effect
 * @param shown share of a gain that the estimate shows on average; it shows harms whole
 */
export function likelihoodsOf(
  effects: readonly number[],
  { gain, error, freedom }: Estimate,
  share = 0,
  shown = 1,
): number[] {
  const [lowest, highest] = [effects[0]!, effects.at(-1)!];
  // The outermost effects stand for all beyond them: what is further away than the grid is no more likely to be nothing.
  const within = Math.min(highest, Math.max(lowest, gain));
  const logs = effects.map((effect) => {
    const spread = Math.sqrt(error * error + widthOf(effect) + (share * effect) ** 2);
    const isOutermost = effect === lowest || effect === highest;
    const z = ((isOutermost ? within : gain) - (effect > 0 ? shown * effect : effect)) / spread;
    const narrowness = Math.log(error / spread);
    if (freedom === Number.POSITIVE_INFINITY) return narrowness - (z * z) / 2;
    return narrowness - ((freedom + 1) / 2) * Math.log1p((z * z) / freedom);
  });
  const most = Math.max(...logs);
  return logs.map((log) => Math.exp(log - most));
}

export function believe(prior: EffectPrior, estimate: Estimate): Belief {
  const likelihood = likelihoodsOf(prior.effects, estimate);
  const shares = normalised(prior.shares.map((share, index) => share * likelihood[index]!));
  return summed(prior.effects, shares, (effect) => nearby(effect, estimate));
}

/** What is believed of a change of which nothing was seen, or of which `likelihood` was. */
export function beliefOf({ effects, shares: before }: EffectPrior, likelihood?: readonly number[]): Belief {
  const shares = likelihood ? normalised(before.map((share, index) => share * likelihood[index]!)) : before;
  return summed(effects, shares, (effect) => ({ mean: effect, variance: widthOf(effect) }));
}

/** Variance of the effects that one of the grid stands for, in squares of its unit. */
export function widthOf(effect: number): number {
  return (WIDTH * effect) ** 2;
}

interface Nearby {
  readonly mean: number;
  readonly variance: number;
}

/** Which of the effects that this one stands for it is, after the estimate. */
function nearby(effect: number, { gain, error }: Estimate): Nearby {
  const width = widthOf(effect);
  const weight = width / (width + error ** 2);
  return { mean: effect + weight * (gain - effect), variance: weight * error ** 2 };
}

function summed(
  effects: readonly number[],
  shares: readonly number[],
  nearbyOf: (effect: number) => Nearby,
): Belief {
  let mean = 0;
  let square = 0;
  let luck = 0;
  for (const [index, effect] of effects.entries()) {
    const share = shares[index]!;
    const near = nearbyOf(effect);
    mean += share * near.mean;
    square += share * (near.mean * near.mean + near.variance);
    if (effect <= 0) luck += share;
  }
  // A sum of shares may round to a little more than all of them.
  return { shares, mean, deviation: Math.sqrt(Math.max(0, square - mean * mean)), luck: Math.min(1, luck) };
}

function normalised(values: readonly number[]): number[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => value / total);
}
