import type { Experiment, StudyState } from '../../model/study.ts';
import { forecastOf, type Verdict } from '../../model/verdict.ts';
import {
  type EffectPrior,
  type Estimate,
  initialPrior,
  learnFrom,
  likelihoodsOf,
} from '../../statistics/effects.ts';
import { type Glance, type Miss, NO_MISS } from './looks.ts';
import type { Precision } from './worth.ts';

interface Learned {
  readonly verdicts: number;
  /** Verdicts that replaced an earlier one, as parked ideas get them. */
  readonly replaced: number;
  readonly scale: number;
  readonly precision: Precision;
  /** What of the misses hangs on effects, as one text. */
  readonly shares: string;
  /** So many experiments from the first one on are settled, and what was seen of them. */
  readonly settled: number;
  readonly seen: readonly Likelihoods[];
  readonly likelihoods: readonly Likelihoods[];
  readonly prior: EffectPrior;
}

type Likelihoods = readonly number[];

const learned = new WeakMap<StudyState['experiments'], Learned>();

/** In standard deviations of a trial: smaller gains are not told from luck in any number of trials that a change gets. */
const TELLABLE = 0.5;
/** The prior is learned again each time the study has grown by this factor: the work of a whole study stays linear. */
const GROWTH = 1.1;

/**
 * What changes of a study do, learned from its verdicts, those on a forecast included. Hangs on the ledger alone: an engine that
 * was started again comes to the same.
 *
 * @param scale an effect that matters, in the metric's unit
 */
export function priorOf(
  state: StudyState,
  scale: number,
  precision: Precision,
  glances: readonly Glance[],
): EffectPrior {
  const last = learned.get(state.experiments);
  const shares = glances.map(({ share, shown }) => `${share} ${shown}`).join('/');
  const known =
    last?.scale === scale && isSame(last.precision, precision) && last.shares === shares ? last : undefined;
  if (known?.verdicts === state.verdicts) return known.prior;
  const start = initialPrior(scale);
  const replaced = state.verdicts - state.judged;
  const goesOn = known?.replaced === replaced ? known : undefined;
  const { settled, seen, all } = seenIn(state, goesOn, (one) =>
    likelihoodOf(one, start, scale, precision, glances),
  );
  const likelihoods = all.slice(0, learnedAt(all.length));
  const isKnown =
    last?.scale === scale &&
    last.likelihoods.length === likelihoods.length &&
    likelihoods.every((values, index) => values === last.likelihoods[index]);
  const prior = isKnown ? last.prior : learnFrom(start, likelihoods, Math.sqrt(precision.own) * TELLABLE);
  const { verdicts } = state;
  learned.set(state.experiments, {
    verdicts,
    replaced,
    scale,
    precision,
    shares,
    settled,
    seen,
    likelihoods,
    prior,
  });
  return prior;
}

/** What was seen of all experiments, in their order; goes on after those that are known to be settled. */
function seenIn(
  { experiments }: StudyState,
  known: Pick<Learned, 'settled' | 'seen'> | undefined,
  weigh: (experiment: Experiment) => Likelihoods | undefined,
): { readonly settled: number; readonly seen: Likelihoods[]; readonly all: readonly Likelihoods[] } {
  let settled = known?.settled ?? 0;
  const seen = [...(known?.seen ?? [])];
  const rest: Likelihoods[] = [];
  let index = 0;
  for (const experiment of experiments.values()) {
    if (index++ < settled) continue;
    const values = weigh(experiment);
    const isNext = index === settled + 1 && experiment.status !== 'open';
    if (isNext) settled += 1;
    if (values) (isNext ? seen : rest).push(values);
  }
  return { settled, seen, all: [...seen, ...rest] };
}

function isSame(one: Precision, other: Precision): boolean {
  return one.own === other.own && one.left === other.left && one.freedom === other.freedom;
}

/** Of so many hypotheses, how many the prior is learned from: the last number on the way there that was large enough. */
function learnedAt(count: number): number {
  let at = 0;
  for (let next = 1; next <= count; next = Math.floor(at * GROWTH) + 2) at = next;
  return at;
}

interface Likelihood {
  readonly scale: number;
  readonly error: number;
  readonly freedom: number;
  readonly share: number;
  readonly shown: number;
  readonly values: readonly number[];
}

const likelihoods = new WeakMap<Verdict, Likelihood>();

function likelihoodOf(
  experiment: Experiment,
  { effects }: EffectPrior,
  scale: number,
  precision: Precision,
  glances: readonly Glance[],
): readonly number[] | undefined {
  if (experiment.status !== 'judged') return undefined;
  const { verdict } = experiment;
  const estimate = estimateOf(verdict, scale, precision);
  if (!estimate) return undefined;
  const { error, freedom } = estimate;
  const { share, shown } = missOfVerdict(verdict, glances);
  // The noise is learned further, so what a forecast is worth changes.
  const known = likelihoods.get(verdict);
  if (
    known?.scale === scale &&
    known.error === error &&
    known.freedom === freedom &&
    known.share === share &&
    known.shown === shown
  )
    return known.values;
  const values = likelihoodsOf(effects, estimate, share, shown);
  likelihoods.set(verdict, { scale, error, freedom, share, shown, values });
  return values;
}

/** Steps to an octave of a forecast's error, and degrees of freedom from which on more of them change nothing. */
const ERROR_STEPS = 8;
const MOST_FREEDOM = 40;

/** How what a verdict saw misses the end, beyond the error that it states. */
export function missOfVerdict(verdict: Verdict, glances: readonly Glance[]): Miss {
  const forecast = forecastOf(verdict)?.basis;
  if (forecast === undefined) return NO_MISS;
  return glances.findLast(({ at }) => at <= forecast.progress) ?? NO_MISS;
}

/** What a verdict saw, where it saw it with its noise; forecasts by steps, so that most are weighed once. */
function estimateOf(
  verdict: Verdict,
  scale: number,
  { own, left, freedom }: Precision,
): Estimate | undefined {
  if (verdict.kind !== 'keep' && verdict.kind !== 'discard') return undefined;
  const { gain, basis } = verdict.evidence;
  switch (basis?.kind) {
    case 'posterior':
      return { gain, error: basis.error, freedom: basis.freedom };
    case 'forecast': {
      const error = Math.sqrt(basis.deviation ** 2 + own + left) / scale;
      if (!(error > 0)) return undefined;
      const rounded = scale * 2 ** (Math.round(Math.log2(error) * ERROR_STEPS) / ERROR_STEPS);
      return { gain, error: rounded, freedom: Math.min(MOST_FREEDOM, Math.round(freedom)) };
    }
    case 'seed-not-controlled':
    case undefined:
      return undefined;
    default:
      return basis satisfies never;
  }
}
