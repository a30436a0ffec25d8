import type { Experiment, StudyState } from '../model/study.ts';
import { championOn } from '../model/study.ts';
import { type Conditions, comparable, type EndedTrial } from '../model/trial.ts';
import type { Verdict } from '../model/verdict.ts';
import {
  type EffectPrior,
  type Estimate,
  initialPrior,
  learnFrom,
  likelihoodsOf,
} from '../statistics/effects.ts';
import { learnNoise, type Noise, pairedDifferences, pooled } from '../statistics/noise.ts';
import { candidateTrials, freshTrials, samplesOf } from './samples.ts';
import { type Precision, worthOfTrials } from './worth.ts';

/** Whether other proposals wait for a slot. */
export type Ideas = 'queue' | 'scarce';

/** What a study has taught so far of its noise, of what changes do in it, and of what a slot earns. */
export interface Knowledge {
  readonly noise: Noise;
  readonly prior: EffectPrior;
  /** Expected gain of one trial of a new idea, in the metric's unit; above 0. */
  readonly rate: number;
  /** An effect that matters, in the metric's unit: the objective's smallest effect, or one as large as the noise. */
  readonly scale: number;
  /** Length of a whole trial in seconds of a slot; 0 while none has completed. */
  readonly trialSeconds: number;
}

/** A study's noise in the state that it was learned from; the work is linear in the study, so it is done once a trial. */
const learnedNoise = new WeakMap<
  StudyState['ended'],
  { readonly size: number; readonly conditions: Conditions; readonly noise: Noise }
>();

/** In standard deviations of the champion: a change whose own trials lie further apart is unstable itself. */
const UNSTABLE = 10;

/** From all commits that were run under several seeds, and all changes that met their champion under several. */
export function noiseOf(state: StudyState, conditions: Conditions): Noise {
  const known = learnedNoise.get(state.ended);
  if (known?.size === state.ended.size && comparable(known.conditions, conditions)) return known.noise;
  const champions: number[][] = [];
  const candidates: number[][] = [];
  for (const [commit, trials] of state.trialsOf) {
    if (trials.length < 2) continue;
    const fresh = samplesOf(freshTrials(state, commit, conditions));
    const all = [...fresh, ...samplesOf(candidateTrials(state, commit, conditions))];
    const values = [...new Map(all.map(({ seed, value }) => [seed, value])).values()];
    if (values.length >= 2) (fresh.length > 0 ? champions : candidates).push(values);
  }
  const isStable = stability(champions);
  const pairs: number[][] = [];
  for (const { proposal } of state.experiments.values()) {
    if ((state.trialsOf.get(proposal.commit)?.length ?? 0) < 2) continue;
    const candidate = samplesOf(candidateTrials(state, proposal.commit, conditions));
    const differences = pairedDifferences(
      candidate,
      samplesOf(freshTrials(state, proposal.parent, conditions)),
    );
    if (differences.length >= 2 && isStable(differences)) pairs.push(differences);
  }
  const noise = learnNoise([...champions, ...candidates.filter(isStable)], pairs);
  learnedNoise.set(state.ended, { size: state.ended.size, conditions, noise });
  return noise;
}

/** One change that scores well under one seed and breaks down under the next must not hide every later gain. */
function stability(champions: readonly (readonly number[])[]): (values: readonly number[]) => boolean {
  const { variance } = pooled(champions);
  if (variance === 0) return () => true;
  return (values) => pooled([values]).variance <= UNSTABLE ** 2 * variance;
}

export function knowledgeOf(state: StudyState, conditions: Conditions, champions: number): Knowledge {
  const noise = noiseOf(state, conditions);
  const precision = precisionOf(noise, Math.max(1, champions));
  const prior = priorOf(state, noise, precision);
  const trialSeconds = trialSecondsOf(state, conditions);
  const fresh = noise.variance > 0 ? worthOfTrials(prior, undefined, precision) : 0;
  const scale = scaleOf(state, noise);
  const rate = Math.max(LEAST_RATE * scale, rateOf(state, conditions, trialSeconds, fresh));
  return { noise, prior, trialSeconds, rate, scale };
}

/** However little was found, a new idea may be one: in effects that matter, per trial. */
const LEAST_RATE = 1e-4;
/** With nothing else to do, a slot may as well take what is worth little. */
const SCARCE = 0.1;

/** What a slot earns elsewhere, in the metric's unit a trial: hard while ideas queue, gentle when they are scarce. */
export function earnedElsewhere({ rate }: Knowledge, ideas: Ideas): number {
  return ideas === 'queue' ? rate : rate * SCARCE;
}

/** How well a candidate will be known against a champion of so many trials. */
export function precisionOf(noise: Noise, champions: number): Precision {
  const { variance, correlation, freedom, likeness } = noise;
  return {
    own: variance * (1 - correlation ** 2),
    left: (variance * (1 - correlation) ** 2) / champions,
    freedom: Math.max(1, Math.min(freedom, likeness)),
  };
}

/** Where no smallest effect is declared, the noise says what can matter; by octaves, so that the grid stays put. */
function scaleOf(state: StudyState, { variance }: Noise): number {
  const { minimumEffect } = state.study.objective;
  if (minimumEffect > 0) return minimumEffect;
  return variance > 0 ? 2 ** Math.round(Math.log2(variance) / 2) : 1;
}

interface Learned {
  readonly scale: number;
  readonly likelihoods: readonly (readonly number[])[];
  readonly prior: EffectPrior;
}

const learnedPriors = new WeakMap<StudyState['experiments'], Learned>();
const likelihoods = new WeakMap<Verdict, { readonly key: string; readonly values: readonly number[] }>();

/** Learned again with each verdict, from all of them. */
function priorOf(state: StudyState, noise: Noise, precision: Precision): EffectPrior {
  const scale = scaleOf(state, noise);
  const start = initialPrior(scale);
  const seen: (readonly number[])[] = [];
  for (const experiment of state.experiments.values()) {
    const values = likelihoodOf(experiment, start, scale, precision);
    if (values) seen.push(values);
  }
  const known = learnedPriors.get(state.experiments);
  const isSame =
    known?.scale === scale &&
    known.likelihoods.length === seen.length &&
    seen.every((values, index) => values === known.likelihoods[index]);
  if (isSame) return known.prior;
  const prior = learnFrom(start, seen);
  learnedPriors.set(state.experiments, { scale, likelihoods: seen, prior });
  return prior;
}

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
  // The noise is learned further, so what a forecast is worth changes: an engine that was started again must come to the same.
  const key = `${scale}/${estimate.error}/${estimate.freedom}`;
  const known = likelihoods.get(verdict);
  if (known?.key === key) return known.values;
  const values = likelihoodsOf(effects, estimate);
  likelihoods.set(verdict, { key, values });
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

/** Trials whose length is averaged. */
const TIMED = 20;

function trialSecondsOf(state: StudyState, conditions: Conditions): number {
  const seconds: number[] = [];
  for (const trial of [...state.ended.values()].slice(-10 * TIMED)) {
    if (trial.outcome.kind !== 'completed' || !comparable(trial.conditions, conditions)) continue;
    seconds.push(trial.usage.wallSeconds);
  }
  const last = seconds.slice(-TIMED);
  return last.length === 0 ? 0 : last.reduce((sum, value) => sum + value, 0) / last.length;
}

/** After this many whole trials what was earned counts half: the first gains are the largest, and supplies run dry. */
const HALF_LIFE = 30;
/** What the prior expects of new ideas weighs as much as this many trials of the ledger. */
const EXPECTED_WEIGHT = 20;

/** Gains that were kept, as far as they are believed, per whole trial of slot time; the latest count most. */
function rateOf(state: StudyState, conditions: Conditions, trialSeconds: number, fresh: number): number {
  if (trialSeconds === 0) return fresh;
  const gains = gainsByTrial(state, conditions);
  let earned = 0;
  let spent = 0;
  for (const { trial, usage } of state.ended.values()) {
    const length = usage.wallSeconds / trialSeconds;
    const rest = 0.5 ** (length / HALF_LIFE);
    earned = earned * rest + (gains.get(trial) ?? 0);
    spent = spent * rest + length;
  }
  return (earned + fresh * EXPECTED_WEIGHT) / (spent + EXPECTED_WEIGHT);
}

/** The believed gain of each change in the champion, at the last trial that its keep cites. */
function gainsByTrial(state: StudyState, { hardware }: Conditions): Map<EndedTrial['trial'], number> {
  const gains = new Map<EndedTrial['trial'], number>();
  for (const id of championOn(state, hardware).stack) {
    const experiment = state.experiments.get(id);
    if (experiment?.status !== 'judged' || experiment.verdict.kind !== 'keep') continue;
    const { basis, gain, candidateTrials: cited } = experiment.verdict.evidence;
    const last = cited.at(-1);
    if (last !== undefined) gains.set(last, Math.max(0, basis?.kind === 'posterior' ? basis.mean : gain));
  }
  return gains;
}
