import type { StudyState } from '../../model/study.ts';
import type { Conditions } from '../../model/trial.ts';
import type { EffectPrior } from '../../statistics/effects.ts';
import type { Noise } from '../../statistics/noise.ts';
import { earningsOf, trialSecondsOf } from './earnings.ts';
import { checkpointGlances } from './forecast.ts';
import type { Glance } from './looks.ts';
import { noiseOf } from './noise.ts';
import { outlookOf, rateOfNewIdeas } from './outlook.ts';
import { priorOf } from './prior.ts';
import type { Reference } from './reference.ts';
import { glancesOf, type Screening } from './short-trials.ts';
import { precisionOf } from './worth.ts';

/** Whether other proposals wait for a slot. */
export type Ideas = 'queue' | 'scarce';

/** What a study has taught so far of its noise, of what changes do in it, and of what a slot earns. */
export interface Knowledge {
  readonly noise: Noise;
  readonly prior: EffectPrior;
  /** What a slot earns with new ideas, in the metric's unit a whole trial; above 0. */
  readonly rate: number;
  /** Whole trials from one keep to the next, as it has been lately. */
  readonly trialsToKeep: number;
  /** An effect that matters, in the metric's unit: the objective's smallest effect, or one as large as the noise. */
  readonly scale: number;
  /** What is seen of ideas before their first whole trial has ended: at checkpoints, or by short trials. */

  readonly glances: readonly Glance[];
  readonly screening: Screening;
  /** Length of a whole trial in seconds of a slot; 0 while none has completed. */
  readonly trialSeconds: number;
}

/** @param screening what short trials tell in this study */
export function knowledgeOf(
  state: StudyState,
  conditions: Conditions,
  champion: Reference,
  screening: Screening,
): Knowledge {
  const noise = noiseOf(state, conditions);
  const champions = Math.max(1, champion.samples.length);
  const scale = scaleOf(state, noise);
  const glances = screening.kind === 'known' ? glancesOf(screening) : checkpointGlances(state, conditions);
  const prior = priorOf(state, scale, precisionOf(noise, champions), glances);
  const trialSeconds = trialSecondsOf(state, conditions);
  const known = { noise, prior, scale, glances, screening, trialSeconds };
  const earnings = earningsOf(state, conditions, trialSeconds, scale);
  const expected = noise.variance > 0 ? rateOfNewIdeas(outlookOf(known, champions)) : 0;
  const trusted = expected * (glances.some(({ share }) => share > 0) ? TRUST_IN_OTHERS : 1);
  const rate = (earnings.gained + EXPECTED_WEIGHT * trusted) / (earnings.trials + EXPECTED_WEIGHT);
  return {
    ...known,
    rate: Math.max(LEAST_RATE * scale, rate),
    trialsToKeep: (earnings.trials + TRIALS_TO_FIRST) / (earnings.keeps + 1),
  };
}

/** However little was found, a new idea may be one: in effects that matter, per trial. */
const LEAST_RATE = 1e-4;
/** What the prior expects of new ideas weighs as much as this many trials of the ledger. */
const EXPECTED_WEIGHT = 20;
/** Before anything was kept the first keep is taken to be so many trials away. */
const TRIALS_TO_FIRST = 10;
/**
 * Of what new ideas are expected to earn where leads in another metric than the objective pick them: how well these do is assumed before
 * it is seen, and the best plan under an assumption earns less than it says.
 */
const TRUST_IN_OTHERS = 0.3;
/** With nothing else to do, a slot may as well take what is worth little. */
const SCARCE = 0.1;

/** What a slot earns elsewhere, in the metric's unit a trial: hard while ideas queue, gentle when they are scarce. */
export function earnedElsewhere({ rate }: Knowledge, ideas: Ideas): number {
  return ideas === 'queue' ? rate : rate * SCARCE;
}

/** What is this far below a trial's noise cannot be told from nothing. */
const FAR_BELOW_NOISE = 1 / 8;

/**
 * The smallest effect that is declared, unless it is far below the noise; where none is, the noise says what can matter. The
 * noise counts by octaves, so that the grid stays put.
 */
function scaleOf(state: StudyState, { variance }: Noise): number {
  const { minimumEffect } = state.study.objective;
  const sigma = variance > 0 ? 2 ** Math.round(Math.log2(variance) / 2) : undefined;
  if (minimumEffect > 0) return Math.max(minimumEffect, (sigma ?? 0) * FAR_BELOW_NOISE);
  return sigma ?? 1;
}
