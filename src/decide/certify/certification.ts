import type { Certificate } from '../../model/certificate.ts';
import type { ExperimentId } from '../../model/identity.ts';
import type { Decision, WantedTrial, Withdrawal } from '../../model/judge.ts';
import { createRandom, seedOf } from '../../model/random.ts';
import { championOn, type StudyState, tossedAt } from '../../model/study.ts';
import type { Comparison } from '../../model/verdict.ts';
import { studentQuantile } from '../../statistics/distributions.ts';
import { type Belief, beliefOf, type Estimate, likelihoodsOf } from '../../statistics/effects.ts';
import { digits } from '../digits.ts';
import type { Knowledge } from '../learn/knowledge.ts';
import { slotTimeOf } from '../learn/slot-time.ts';
import { LEAST_FREEDOM, precisionOf } from '../learn/worth.ts';
import type { Question } from '../question.ts';
import { freshSeed } from '../seeds.ts';
import { type Campaign, findingsOf, lastCampaign } from './campaign.ts';
import { confirmation } from './confirmation.ts';

/** Evidence of 1,000 to one: one false certificate in 1,000 changes that do nothing, however often one looks. */
const ENOUGH = Math.log(1000);
/** Share of all slot time that certificates may take. */
const MOST_SHARE = 0.1;
/** Changes that are worth a campaign of their own: runs are shared, so several cost as much as one. */
const WORTH_A_CAMPAIGN = 4;
/** In the rate of new ideas. */
const FACTOR = 1.5;
/** A change that is luck, or harm, with this chance leaves the champion. */
const WORTHLESS = 0.9;
/** A campaign that has not ended by then ends: what it leaves is provisional. */
const MOST_RUNS = 60;
const COINS = 0x636f696e;
const INTERVAL = 0.975;

type Certification = Pick<Decision, 'wanted' | 'withdrawals' | 'certificates'>;

/** Within its share of the slots' time, or as fast as slots allow. */
export type Pace = 'shared' | 'demanded';

/**
 * Certifies kept changes together: in each run every uncertified change of the champion is left in or taken out by a fair coin,
 * so that all of them share the runs. What is shown on fresh seeds gets its certificate; what is shown worthless leaves. Then
 * the champion as a whole is confirmed in pairs, since effects need not add up.
 */
export function certify(question: Question, pace: Pace = 'shared'): Certification {
  const { state, context, knowledge } = question;
  // Where runs under different seeds score the same, nothing says what another seed would show.
  if (knowledge.noise.variance === 0) return NOTHING;
  const champion = championOn(state, context.conditions.hardware);
  const campaign = lastCampaign(state, context.conditions, champion.stack);
  if (campaign !== undefined && !isOver(state, campaign, champion.stack)) {
    const certificates = certificatesOf(state, campaign);
    return {
      wanted: campaign.started < MOST_RUNS && isAllowed(question, pace) ? [runOf(question, campaign)] : [],
      // What has just been certified stays, whatever is believed of it.
      withdrawals: certificates.length > 0 ? [] : withdrawalsOf(question, campaign),
      certificates,
    };
  }
  if (!isAllowed(question, pace)) return { ...NOTHING, certificates: confirmation(question).certificates };
  const next = beginning(question, pace);
  return next.length > 0 ? { ...NOTHING, wanted: next } : { ...NOTHING, ...confirmation(question) };
}

const NOTHING: Certification = { wanted: [], withdrawals: [], certificates: [] };

/** All that is left of it is settled, or it has had its runs. */
function isOver(state: StudyState, campaign: Campaign, stack: readonly ExperimentId[]): boolean {
  const certified = certifiedOf(state);
  const isSettled = (id: ExperimentId) => certified.has(id) || !stack.includes(id);
  const hadItsRuns = campaign.started >= MOST_RUNS && campaign.inFlight === 0;
  return hadItsRuns || campaign.tossed.every(isSettled);
}

function certifiedOf(state: StudyState): Set<ExperimentId> {
  return new Set(state.certificates.flatMap(({ of }) => (of.kind === 'change' ? of.experiment : [])));
}

/** The first run of a campaign over what the champion holds uncertified, where that is worth one. */
function beginning(question: Question, pace: Pace): WantedTrial[] {
  const { state, context } = question;
  const champion = championOn(state, context.conditions.hardware);
  const certified = certifiedOf(state);
  const fixed = state.inseparable.get(champion.commit);
  const tossed = champion.stack.filter(
    (id) => !certified.has(id) && !fixed?.has(id) && !isKeptForSize(state, id),
  );
  const tried = triedOf(state);
  const fresh = tossed.filter((id) => !tried.has(id));
  const least = pace === 'demanded' ? 1 : WORTH_A_CAMPAIGN;
  if (fresh.length < least) return [];
  return [runOf(question, { champion: champion.commit, tossed, started: 0, inFlight: 0, runs: [] })];
}

/** What was kept because it is simpler claims no gain that could be certified, or found to be missing. */
function isKeptForSize(state: StudyState, id: ExperimentId): boolean {
  return keptEvidence(state, id)?.size !== undefined;
}

function keptEvidence(state: StudyState, id: ExperimentId): Comparison | undefined {
  const experiment = state.experiments.get(id);
  if (experiment?.status !== 'judged' || experiment.verdict.kind !== 'keep') return undefined;
  return experiment.verdict.evidence;
}

/** Changes that had a campaign; one that could not go on, since a change could not be taken out, does not count. */
function triedOf(state: StudyState): Set<ExperimentId> {
  const tried = new Set<ExperimentId>();
  for (const champion of state.switchedOff.keys()) {
    const tossed = tossedAt(state, champion);
    const fixed = state.inseparable.get(champion);
    if (tossed.some((id) => fixed?.has(id))) continue;
    for (const id of tossed) tried.add(id);
  }
  return tried;
}

/** One at a time, within its share of the slots' time. */
function isAllowed({ state, context }: Question, pace: Pace): boolean {
  if (pace === 'demanded') return true;
  const isRunning = [...state.running.values()].some(({ purpose }) => purpose === 'certify');
  const { all, certify: spent } = slotTimeOf(state, context.conditions);
  return !isRunning && spent < MOST_SHARE * all;
}

function runOf({ state, knowledge }: Question, { champion, tossed }: Campaign): WantedTrial {
  // By the trial's number: other coins for each run of the study, and the same ones after a restart.
  const coin = createRandom(seedOf(state.study.seed ^ COINS, state.nextTrial));
  const experiments = tossed.filter(() => coin() < 0.5);
  return {
    commit: champion,
    seed: freshSeed(state, 0),
    purpose: 'certify',
    switchedOff: { champion, tossed, experiments },
    worth: knowledge.rate * FACTOR,
  };
}

function certificatesOf(state: StudyState, campaign: Campaign): Certificate[] {
  const certified = certifiedOf(state);
  return findingsOf(campaign).flatMap(({ experiment, logE, effect }) => {
    if (logE < ENOUGH || effect === undefined || certified.has(experiment)) return [];
    const reach = studentQuantile(INTERVAL, effect.freedom) * effect.error;
    return {
      of: { kind: 'change' as const, experiment, champion: campaign.champion },
      method: 'switch-off' as const,
      logE,
      effect: { value: effect.gain, low: effect.gain - reach, high: effect.gain + reach },
      trials: campaign.runs.length,
    };
  });
}

/** By all that is known of the study's changes, of what this one showed when it was kept, and of these runs. */
function withdrawalsOf({ state, context, knowledge }: Question, campaign: Campaign): Withdrawal[] {
  const certified = certifiedOf(state);
  const champion = championOn(state, context.conditions.hardware);
  const fixed = state.inseparable.get(champion.commit);
  const worthless = findingsOf(campaign).flatMap(({ experiment, effect }) => {
    if (effect === undefined || effect.error === 0 || effect.freedom < LEAST_FREEDOM) return [];
    if (certified.has(experiment) || fixed?.has(experiment) || !champion.stack.includes(experiment))
      return [];
    const { luck } = beliefAfter(state, knowledge, experiment, effect);
    if (!(luck >= WORTHLESS)) return [];
    const { unit } = state.study.objective;
    const of = unit === '' ? '' : ` ${unit}`;
    const reason = `${campaign.runs.length} runs with and without it: ${digits(effect.gain)}${of}, give or take ${digits(effect.error)}`;
    return { experiment, reason: `it is worth nothing in the champion; ${reason}`, luck };
  });
  // One at a time: without it the others may be worth more.
  const [worst] = worthless.sort((a, b) => b.luck - a.luck);
  return worst ? [{ experiment: worst.experiment, reason: worst.reason }] : [];
}

/** A few runs that say little must not undo what the change was kept for: both count, each with its own error. */
function beliefAfter(
  state: StudyState,
  { prior, noise }: Knowledge,
  experiment: ExperimentId,
  effect: Estimate,
): Belief {
  const runs = likelihoodsOf(prior.effects, effect);
  const evidence = keptEvidence(state, experiment);
  if (evidence === undefined) return beliefOf(prior, runs);
  const { gain, basis } = evidence;
  const { own, left, freedom } = precisionOf(noise, 1);
  // What a rule kept that takes scores as they are was measured once, against one trial.
  const seen = basis?.kind === 'posterior' ? basis : { error: Math.sqrt(own + left), freedom };
  const kept = likelihoodsOf(prior.effects, { gain, error: seen.error, freedom: seen.freedom });
  return beliefOf(
    prior,
    runs.map((likelihood, index) => likelihood * kept[index]!),
  );
}
