import type { Certificate } from '../model/certificate.ts';
import type { ExperimentId, TrialId } from '../model/identity.ts';
import type { Decision, WantedTrial, Withdrawal } from '../model/judge.ts';
import { createRandom, seedOf } from '../model/random.ts';
import { championOn, type StudyState } from '../model/study.ts';
import { studentQuantile } from '../statistics/distributions.ts';
import { believe } from '../statistics/effects.ts';
import { type Campaign, findingsOf, lastCampaign } from './campaign.ts';
import type { Question } from './candidate.ts';
import { digits } from './digits.ts';
import { freshSeed } from './seeds.ts';

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
const MOST_RUNS = 120;
const COINS = 0x636f696e;
const INTERVAL = 0.975;

type Certification = Pick<Decision, 'wanted' | 'withdrawals' | 'certificates'>;

/**
 * Certifies kept changes together: in each run every uncertified change of the champion is left in or taken out by a fair coin,
 * so that all of them share the runs. What is shown on fresh seeds gets its certificate; what is shown worthless leaves.
 */
export function certify(question: Question): Certification {
  const { state, context } = question;
  const champion = championOn(state, context.conditions.hardware);
  const campaign = lastCampaign(state, context.conditions, champion.stack);
  if (campaign === undefined || isOver(state, campaign)) {
    return { wanted: beginning(question), withdrawals: [], certificates: [] };
  }
  return {
    wanted: isAllowed(question) ? [runOf(question, campaign)] : [],
    withdrawals: withdrawalsOf(question, campaign),
    certificates: certificatesOf(state, campaign),
  };
}

/** All of it is settled, or it has had its runs. */
function isOver(state: StudyState, campaign: Campaign): boolean {
  const certified = certifiedOf(state);
  return campaign.started >= MOST_RUNS || campaign.tossed.every((id) => certified.has(id));
}

function certifiedOf(state: StudyState): Set<ExperimentId> {
  return new Set(state.certificates.flatMap(({ of }) => (of.kind === 'change' ? of.experiment : [])));
}

/** The first run of a campaign over what the champion holds uncertified, where that is worth one. */
function beginning(question: Question): WantedTrial[] {
  const { state, context, ideas } = question;
  const champion = championOn(state, context.conditions.hardware);
  const certified = certifiedOf(state);
  const fixed = state.inseparable.get(champion.commit);
  const tried = new Set([...state.switchedOff.values()].flatMap((ids) => tossedIn(state, ids)));
  const tossed = champion.stack.filter((id) => !certified.has(id) && !fixed?.has(id));
  const fresh = tossed.filter((id) => !tried.has(id));
  const isWorth = fresh.length >= WORTH_A_CAMPAIGN || (fresh.length > 0 && ideas === 'scarce');
  if (!isWorth || !isAllowed(question)) return [];
  return [runOf(question, { champion: champion.commit, tossed, started: 0, inFlight: 0, runs: [] })];
}

function tossedIn(state: StudyState, ids: readonly TrialId[]): readonly ExperimentId[] {
  const [first] = ids;
  const trial = first === undefined ? undefined : (state.ended.get(first) ?? state.running.get(first));
  return trial?.switchedOff?.tossed ?? [];
}

/** One at a time, within its share of the slots' time; with nothing else to do, whatever it takes. */
function isAllowed({ state, ideas }: Question): boolean {
  let all = 0;
  let spent = 0;
  for (const { purpose, usage } of state.ended.values()) {
    all += usage.wallSeconds;
    if (purpose === 'certify') spent += usage.wallSeconds;
  }
  const isRunning = [...state.running.values()].some(({ purpose }) => purpose === 'certify');
  return !isRunning && (ideas === 'scarce' || spent < MOST_SHARE * all);
}

function runOf({ state, knowledge }: Question, { champion, tossed, started }: Campaign): WantedTrial {
  const coin = createRandom(seedOf(state.study.seed ^ COINS, state.nextTrial + started));
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

/** By all that is known of the study's changes, after these runs. */
function withdrawalsOf({ state, knowledge }: Question, campaign: Campaign): Withdrawal[] {
  const certified = certifiedOf(state);
  const worthless = findingsOf(campaign).flatMap(({ experiment, effect }) => {
    if (effect === undefined || effect.error === 0 || certified.has(experiment)) return [];
    const belief = believe(knowledge.prior, effect);
    if (belief.luck < WORTHLESS) return [];
    const { unit } = state.study.objective;
    const of = unit === '' ? '' : ` ${unit}`;
    const reason = `${campaign.runs.length} runs with and without it: ${digits(effect.gain)}${of}, give or take ${digits(effect.error)}`;
    return { experiment, reason: `it is worth nothing in the champion; ${reason}`, luck: belief.luck };
  });
  // One at a time: without it the others may be worth more.
  const [worst] = worthless.sort((a, b) => b.luck - a.luck);
  return worst ? [{ experiment: worst.experiment, reason: worst.reason }] : [];
}
