import type { Experiment, StudyState } from '../model/study.ts';
import type { Verdict } from '../model/verdict.ts';
import {
  type EffectPrior,
  type Estimate,
  initialPrior,
  learnFrom,
  likelihoodsOf,
} from '../statistics/effects.ts';
import type { Precision } from './worth.ts';

interface Learned {
  readonly verdicts: number;
  readonly scale: number;
  readonly precision: Precision;
  readonly likelihoods: readonly (readonly number[])[];
  readonly prior: EffectPrior;
}

const learned = new WeakMap<StudyState['experiments'], Learned>();

/** The prior is learned again each time the study has grown by this factor: the work of a whole study stays linear. */
const GROWTH = 1.05;

/**
 * What changes of a study do, learned from its verdicts, those on a forecast included. Hangs on the ledger alone: an engine that
 * was started again comes to the same.
 *
 * @param scale an effect that matters, in the metric's unit
 */
export function priorOf(state: StudyState, scale: number, precision: Precision): EffectPrior {
  const known = learned.get(state.experiments);
  if (known?.verdicts === state.verdicts && known.scale === scale && isSame(known.precision, precision))
    return known.prior;
  const start = initialPrior(scale);
  const seen: (readonly number[])[] = [];
  for (const experiment of state.experiments.values()) {
    const values = likelihoodOf(experiment, start, scale, precision);
    if (values) seen.push(values);
  }
  const likelihoods = seen.slice(0, learnedAt(seen.length));
  const isKnown =
    known?.scale === scale &&
    known.likelihoods.length === likelihoods.length &&
    likelihoods.every((values, index) => values === known.likelihoods[index]);
  const prior = isKnown ? known.prior : learnFrom(start, likelihoods);
  learned.set(state.experiments, { verdicts: state.verdicts, scale, precision, likelihoods, prior });
  return prior;
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
  readonly values: readonly number[];
}

const likelihoods = new WeakMap<Verdict, Likelihood>();

function likelihoodOf(
  experiment: Experiment,
  { effects }: EffectPrior,
  scale: number,
  precision: Precision,
): readonly number[] | undefined {
  if (experiment.status !== 'judged') return undefined;
  const { verdict } = experiment;
  const estimate = estimateOf(verdict, scale, precision);
  if (!estimate) return undefined;
  const { error, freedom } = estimate;
  // The noise is learned further, so what a forecast is worth changes.
  const known = likelihoods.get(verdict);
  if (known?.scale === scale && known.error === error && known.freedom === freedom) return known.values;
  const values = likelihoodsOf(effects, estimate);
  likelihoods.set(verdict, { scale, error, freedom, values });
  return values;
}

/** Steps to an octave of a forecast's error, and degrees of freedom from which on more of them change nothing. */
const ERROR_STEPS = 8;
const MOST_FREEDOM = 40;

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
