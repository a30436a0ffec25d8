/** How a trial stands against its champion at one checkpoint, and how it ended, where it did. */
export interface Standing {
  readonly at: number;
  readonly final: number;
  /** Whether both sides ran the same code. */
  readonly isEqual: boolean;
  /** Variance that luck alone gives `final`, in that of one trial. */
  readonly luck: number;
}

/** What one checkpoint tells of the end. */
export interface Foresight {
  readonly metric: string;
  /** Expected gain at the end for each unit of lead at the checkpoint. */
  readonly slope: number;
  /** Of the gain that a trial which does nothing will then show, in the metric's unit. */
  readonly deviation: number;
  /** What a real effect adds to that deviation, as a share of the effect. */
  readonly share: number;
  /** Share of a gain that its lead shows on average. */
  readonly shown: number;
}

/** Before this many trials have shown how well their progress told their end, none is stopped. */
const LEAST_PAIRS = { objective: 4, other: 12 };
/** What is assumed of a checkpoint before it is learned has this weight, in trials. */
const ASSUMED_WEIGHT = 2;

/** How well leads in the objective itself tell its end. */
export function inObjective(
  standings: readonly Standing[],
  metric: string,
  slope: number,
  assumed: number,
): Foresight | undefined {
  if (standings.length < LEAST_PAIRS.objective) return undefined;
  const squares = standings.reduce((sum, { at, final }) => sum + (final - slope * at) ** 2, 0);
  const deviation = Math.sqrt((ASSUMED_WEIGHT * assumed + squares) / (ASSUMED_WEIGHT + standings.length));
  return { metric, slope, deviation, share: 0, shown: 1 };
}

/** Runs of equal code say nothing of what a gain looks like: so many changes must have. */
const LEAST_CHANGES = 4;
/** In standard errors: a metric whose leads go with gains less clearly than this foretells nothing. */
const CLEAR = 2;

/**
 * How large a lead goes with a gain is learned from gains and harms that are clear of the noise; how far leads scatter by
 * themselves, from runs of equal code. So a lead is an estimate of the gain with an error of its own, not a share of it: a rule
 * that foretold the most likely end instead would shrink all leads towards nothing, and stop gains with the rest.
 */
export function inAnother(
  standings: readonly Standing[],
  metric: string,
  own: number,
  assumed: number,
  checkpoint: number,
): Foresight | undefined {
  if (standings.length < LEAST_PAIRS.other) return undefined;
  const equal = standings.filter(({ isEqual }) => isEqual);
  const changes = standings.filter(({ isEqual }) => !isEqual);
  if (changes.length < LEAST_CHANGES) return undefined;
  if (!goesWithGains(changes, own)) return undefined;
  const size = leadOfGains(changes, own);
  if (size === 0) return undefined;
  const squares = equal.reduce((sum, { at }) => sum + (at / size) ** 2, 0);
  const luck = equal.reduce((sum, one) => sum + one.luck, 0);
  const weight = ASSUMED_WEIGHT + equal.length;
  const spread = (ASSUMED_WEIGHT * (assumed + own) + squares) / weight;
  // What the value at the end has as luck of its own is counted apart.
  const beyond = spread - (own * (ASSUMED_WEIGHT + luck)) / weight;
  const variance = Math.max(0, beyond);
  const leads = changes.map(({ at, final }) => ({ lead: at / size, final }));
  return {
    metric,
    slope: 1 / size,
    deviation: Math.sqrt(variance),
    ...missOfEffects(leads, own, spread, checkpoint),
  };
}

/** Whether leads rise and fall with gains: least squares through the origin, in which no change counts more than a clear one. */
function goesWithGains(changes: readonly Standing[], own: number): boolean {
  const weighed = changes.map(({ at, final }) => ({ at, final, weight: 1 / (own + final * final) }));
  const squares = weighed.reduce((sum, { final, weight }) => sum + weight * final * final, 0);
  const slope = weighed.reduce((sum, { at, final, weight }) => sum + weight * at * final, 0) / squares;
  const left = weighed.reduce(
    (sum, { at, final, weight }) => sum + (weight * final * (at - slope * final)) ** 2,
    0,
  );
  return Math.abs(slope) > (CLEAR * Math.sqrt(left)) / squares;
}

/**
 * Lead for each unit of gain, as half of the changes have more and half have less of it: changes differ in it by more than any noise,
 * and a few breakdowns must not decide for all. What is within the noise counts less.
 */
function leadOfGains(changes: readonly Standing[], own: number): number {
  const ratios = changes
    .filter(({ final }) => final !== 0)
    .map(({ at, final }) => ({ ratio: at / final, weight: (final * final) / (own + final * final) }))
    .sort((one, other) => one.ratio - other.ratio);
  let left = ratios.reduce((sum, { weight }) => sum + weight, 0) / 2;
  for (const { ratio, weight } of ratios) {
    left -= weight;
    if (left <= 0) return ratio;
  }
  return 0;
}

/** Half of all normal draws lie within so many standard deviations. */
const HALF_WITHIN = 0.6745;
/**
 * What is assumed of real changes at each checkpoint before some are seen, with the weight of so many of them: what is better may
 * start slowly, and training curves cross.
 */
const ASSUMED_SHOWN = [0.3, 0.5, 0.75, 0.9] as const;
const ASSUMED_SHARES = [0.7, 0.5, 0.3, 0.15] as const;
const ASSUMED_CHANGES = 4;
/** In standard deviations of a trial: what is well within says nothing of real changes. */
const REAL = 3;
/** One breakdown or one head start does not decide for all: of a gain no more is taken to be shown than this, or less. */
const MOST_SHOWN = 2;
const LEAST_SHOWN = -1;
/** From which share on, up to which, and in which steps it is looked for; at the largest nothing is foretold. */
const SMALLEST_SHARE = 1 / 16;
const LARGEST_SHARE = 4;
const SHARE_STEP = 2 ** (1 / 4);
/** What is shown of a gain is told by steps, so that what hangs on it is learned again only when it has moved. */
const SHOWN_STEP = 1 / 20;

/** A change's lead, in what it says of the gain at the end, and that gain. */
interface Lead {
  readonly lead: number;
  readonly final: number;
}

/** What of gains is shown by a checkpoint, and by which share of their effects leads of real changes miss that, beyond luck. */
function missOfEffects(
  leads: readonly Lead[],
  own: number,
  spread: number,
  checkpoint: number,
): Pick<Foresight, 'share' | 'shown'> {
  const weighed = leads.map((one) => ({
    ...one,
    weight: (one.final ** 2 / (one.final ** 2 + REAL ** 2 * own)) ** 2,
  }));
  const shown = shownOf(weighed, checkpoint);
  const misses = weighed.map(({ lead, final, weight }) => ({
    miss: Math.abs(lead - (final > 0 ? shown * final : final)),
    effect: Math.abs(final),
    weight,
  }));
  return { shown, share: shareOf(misses, spread, ASSUMED_SHARES[checkpoint]!) };
}

function shownOf(leads: readonly (Lead & { readonly weight: number })[], checkpoint: number): number {
  let weights = ASSUMED_CHANGES;
  let sum = ASSUMED_CHANGES * ASSUMED_SHOWN[checkpoint]!;
  for (const { lead, final, weight } of leads) {
    if (final <= 0) continue;
    weights += weight;
    sum += weight * Math.min(MOST_SHOWN, Math.max(LEAST_SHOWN, lead / final));
  }
  const steps = Math.round(sum / weights / SHOWN_STEP);
  return Math.min(1, Math.max(0, steps * SHOWN_STEP));
}

/** As much as makes half of the misses lie where half of normal draws would. */
function shareOf(
  misses: readonly { readonly miss: number; readonly effect: number; readonly weight: number }[],
  spread: number,
  assumed: number,
): number {
  const half = (misses.reduce((sum, { weight }) => sum + weight, 0) + ASSUMED_CHANGES) / 2;
  const within = (share: number) =>
    misses.reduce(
      (sum, { miss, effect, weight }) =>
        sum + (miss <= HALF_WITHIN * Math.hypot(Math.sqrt(spread), share * effect) ? weight : 0),
      share >= assumed ? ASSUMED_CHANGES : 0,
    );
  if (within(0) >= half) return 0;
  let share = SMALLEST_SHARE;
  while (share < LARGEST_SHARE && within(share) < half) share *= SHARE_STEP;
  return share;
}
