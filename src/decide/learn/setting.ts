import { expectedLuck } from '../../model/certified.ts';
import type { NoiseStanding } from '../../model/noise-standing.ts';
import { championOn, type StudyState } from '../../model/study.ts';
import { atFidelity, type Conditions } from '../../model/trial.ts';
import { deviationInterval } from '../../statistics/deviation-interval.ts';
import { beliefOf } from '../../statistics/effects.ts';
import { discoveriesOf } from '../certify/campaign.ts';
import { type Knowledge, knowledgeOf } from './knowledge.ts';
import { referenceOf } from './reference.ts';
import { screeningOf, shareInLedger } from './short-trials.ts';
import { type StopRisk, stopRiskOf } from './stop-risk.ts';
import { errorAfter, keepThreshold, LEAST_FREEDOM, precisionOf } from './worth.ts';

/** What the judge goes by at present. All gains in the metric's unit. */
export interface Setting {
  readonly noise: NoiseStanding;
  /**
   * The smallest gain that is told from luck in so many trials, with the champion as well known as it is; undefined where
   * none is.
   */
  readonly tellable: { readonly inOne: number | undefined; readonly inFour: number | undefined };
  /** Share of this study's changes that are taken to be gains, 0 to 1. */
  readonly gains: number;
  /** Expected gain of a slot that takes a new idea to its end. */
  readonly rate: number;
  /** What stopping early costs; undefined where nothing is stopped. */
  readonly stopRisk: StopRisk | undefined;
  /** Of the uncertified changes in the champion, how many are expected to be luck. */
  readonly expectedLuck: number;
  /** Tests for certificates so far, and how many changes stand with at most 5% of false discoveries among them (e-LOND). */
  readonly discoveries: { readonly tests: number; readonly standing: number };
}

const FALSE_DISCOVERIES = 0.05;

/** What the judge of a study goes by, as the ledger stands. */
export function settingOf(state: StudyState, asked: Conditions): Setting {
  // What a study goes by rests on its whole trials, whichever trial was its last.
  const conditions = atFidelity(asked, 1);
  const champion = championOn(state, conditions.hardware);
  const reference = referenceOf(state, champion.commit, conditions);
  const knowledge = knowledgeOf(
    state,
    conditions,
    reference,
    screeningOf(state, conditions, shareInLedger(state)),
  );
  const { noise, prior, rate } = knowledge;
  const discoveries = discoveriesOf(state, conditions, FALSE_DISCOVERIES);
  const precision = precisionOf(noise, Math.max(1, reference.samples.length));
  const tellable = (trials: number) => {
    if (precision.own === 0) return undefined;
    const threshold = keepThreshold(prior, errorAfter(precision, trials), precision.freedom + trials - 1);
    return threshold === Number.POSITIVE_INFINITY ? undefined : threshold;
  };
  return {
    noise: standingOf(knowledge),
    tellable: { inOne: tellable(1), inFour: tellable(4) },
    gains: 1 - beliefOf(prior).luck,
    rate,
    stopRisk: noise.freedom < LEAST_FREEDOM ? undefined : stopRiskOf(state, conditions, knowledge),
    expectedLuck: expectedLuck(state, champion.stack),
    discoveries: { tests: discoveries.tests, standing: discoveries.rejections },
  };
}

function standingOf({ noise }: Knowledge): NoiseStanding {
  const { variance, freedom, correlation } = noise;
  if (freedom >= 2 && variance === 0) return { kind: 'seed-not-controlled' };
  if (freedom < LEAST_FREEDOM) return { kind: 'unknown', freedom };
  const sigma = Math.sqrt(variance);
  const { low, high } = deviationInterval(freedom);
  return { kind: 'learned', sigma, low: sigma * low, high: sigma * high, freedom, correlation };
}
