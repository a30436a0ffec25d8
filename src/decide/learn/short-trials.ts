import type { Commit } from '../../model/identity.ts';
import type { Proposal } from '../../model/proposal.ts';
import { championOn, endedTrialsOf, type StudyState } from '../../model/study.ts';
import { atFidelity, CHECKPOINTS, type Conditions, comparable } from '../../model/trial.ts';
import { meanOf } from '../../statistics/noise.ts';
import { assumedVariance, isProgressTold } from './forecast.ts';
import { type Foresight, inAnother, type Standing } from './foresight.ts';
import type { Glance } from './looks.ts';
import { noiseOf } from './noise.ts';
import { onceATrial } from './once-a-trial.ts';
import { candidateTrials, freshTrials, type Measured } from './samples.ts';

/** What short trials tell in a study. Conditions are those of a short trial: nothing is compared across budgets. */
export type Screening =
  /** The program asks for none, whole trials report progress, or short ones fail, save no time, or have told nothing. */
  | { readonly kind: 'none' }
  /** An idea gets a short trial and a whole one, whatever the short one shows. */
  | { readonly kind: 'learning'; readonly conditions: Conditions }
  | { readonly kind: 'known'; readonly conditions: Conditions; readonly foresight: Foresight };

const NONE: Screening = { kind: 'none' };
/** Of a whole trial's time, by the clock of the budget; start-up and evaluation take as long in a short one. */
const MOST_TIME = 0.75;
/** After so many ideas that had both trials it is asked whether a short one tells anything; after the last, short ones are given up. */
const LESSONS = [16, 24, 32, 40] as const;

/**
 * Whether ideas get a short trial first, and what a lead in it says of the gain in a whole one: learned from the ideas of this study
 * that had both, as leads in another metric are, since a gain in so little time may be smaller, larger, or none.
 *
 * @param share of the whole budget that a short trial gets; undefined where the program asks for none
 */
export function screeningOf(state: StudyState, conditions: Conditions, share: number | undefined): Screening {
  if (share === undefined || isProgressTold(state, conditions)) return NONE;
  const short = atFidelity(conditions, share);
  const champion = championOn(state, conditions.hardware).commit;
  if (hasFailed(state, champion, short) || savesNothing(state, champion, short)) return NONE;
  const { foresight, ideas } = lessonOf(state, short);
  if (foresight !== undefined) return { kind: 'known', conditions: short, foresight };
  return ideas < LESSONS.at(-1)! ? { kind: 'learning', conditions: short } : NONE;
}

/** The share that short trials of this study last had; undefined where it had none. */
export function shareInLedger({ ended }: StudyState): number | undefined {
  return [...ended.values()].findLast(({ conditions }) => conditions.fidelity < 1)?.conditions.fidelity;
}

/** A lab that does not take a smaller budget shows it by the champion. */
function hasFailed(state: StudyState, champion: Commit, short: Conditions): boolean {
  return endedTrialsOf(state, champion).some(
    ({ purpose, conditions, outcome }) =>
      purpose === 'champion' &&
      comparable(conditions, short) &&
      (outcome.kind === 'crash' || outcome.kind === 'timeout' || outcome.kind === 'invalid'),
  );
}

/** Nor does one whose trials do the same work whatever time they are given. */
function savesNothing(state: StudyState, champion: Commit, short: Conditions): boolean {
  const shortSeconds = meanSeconds(freshTrials(state, champion, short));
  const wholeSeconds = meanSeconds(freshTrials(state, champion, atFidelity(short, 1)));
  if (shortSeconds === undefined || wholeSeconds === undefined) return false;
  return shortSeconds > MOST_TIME * wholeSeconds;
}

/** By the clock of the budget. */
function meanSeconds(trials: readonly Measured[]): number | undefined {
  if (trials.length === 0) return undefined;
  return meanOf(
    trials.map(({ trial: { usage, conditions } }) =>
      conditions.budget.clock === 'cpu' ? usage.cpuSeconds : usage.wallSeconds,
    ),
  );
}

/** How far a commit's short trial is ahead of those that its parent had as champion, turned so that larger is better. */
export function leadOfShortTrial(
  state: StudyState,
  short: Conditions,
  commit: Commit,
  parent: Commit,
): number | undefined {
  const [own] = candidateTrials(state, commit, short);
  const reference = freshTrials(state, parent, short);
  return own === undefined || reference.length === 0 ? undefined : own.sample.value - meanValue(reference);
}

/** What is seen of an idea by its short trial, after which a whole one is still to come. */
export function glancesOf({
  conditions: { fidelity },
  foresight,
}: Screening & { readonly kind: 'known' }): Glance[] {
  const { deviation, share, shown } = foresight;
  return [{ at: fidelity, left: 1, variance: deviation ** 2, share, shown }];
}

interface Lesson {
  readonly foresight: Foresight | undefined;
  /** Ideas that had both trials. */
  readonly ideas: number;
}

/**
 * Learned from the first ideas that had both trials, and from audits: what went on later had a good short trial, by luck too, and
 * would make short trials look as if they told less than they do.
 */
const lessonOf = onceATrial((state, short): Lesson => {
  const pairs = pairsOf(state, short);
  const others = [...pairs.audits, ...equalCode(state, short)];
  for (const count of LESSONS.filter((lesson) => lesson <= pairs.first.length)) {
    const foresight = foresightFrom(state, short, [...pairs.first.slice(0, count), ...others]);
    if (foresight !== undefined) return { foresight, ideas: count };
  }
  return { foresight: undefined, ideas: pairs.first.length };
});

function foresightFrom(
  state: StudyState,
  short: Conditions,
  standings: readonly Standing[],
): Foresight | undefined {
  const whole = atFidelity(short, 1);
  const reached = CHECKPOINTS.findLastIndex((checkpoint) => checkpoint <= short.fidelity);
  const checkpoint = Math.max(0, reached);
  const { variance } = noiseOf(state, whole);
  const assumed = assumedVariance(state, whole, checkpoint);
  return inAnother(standings, state.study.objective.name, variance, assumed, checkpoint);
}

interface Pairs {
  /** Of the first ideas that had both trials, in the order of their whole ones. */
  readonly first: readonly Standing[];
  readonly audits: readonly Standing[];
}

function pairsOf(state: StudyState, short: Conditions): Pairs {
  // By when their whole trials began: what went on by what was learned from others must not take their place.
  const pairs = [...state.experiments.values()]
    .flatMap(({ proposal }) => pairOf(state, short, proposal) ?? [])
    .sort((one, other) => one.trial - other.trial);
  const standingsOf = (isAudit: boolean) =>
    pairs.filter(({ purpose }) => (purpose === 'audit') === isAudit).map(({ standing }) => standing);
  const most = LESSONS.at(-1)!;
  return { first: standingsOf(false).slice(0, most), audits: standingsOf(true).slice(-most) };
}

/** How an idea stood in its short trial, and in the first whole one. */
function pairOf(state: StudyState, short: Conditions, { commit, parent }: Proposal) {
  const at = leadOfShortTrial(state, short, commit, parent);
  if (at === undefined) return undefined;
  const whole = atFidelity(short, 1);
  const [own] = candidateTrials(state, commit, whole);
  const reference = freshTrials(state, parent, whole);
  if (own === undefined || reference.length === 0) return undefined;
  const final = own.sample.value - meanValue(reference);
  const standing: Standing = { at, final, isEqual: false, luck: 1 + 1 / reference.length };
  const { trial, purpose } = own.trial;
  return { trial, purpose, standing };
}

/** Short trials of one champion against those before: all that tells them apart is luck. */
function equalCode(state: StudyState, short: Conditions): Standing[] {
  return [...state.trialsOf.keys()].flatMap((commit) => {
    const own = freshTrials(state, commit, short);
    return own.slice(1).map((trial, index) => {
      const before = own.slice(0, index + 1);
      const at = trial.sample.value - meanValue(before);
      return { at, final: 0, isEqual: true, luck: 1 + 1 / before.length };
    });
  });
}

function meanValue(trials: readonly Measured[]): number {
  return meanOf(trials.map(({ sample }) => sample.value));
}
