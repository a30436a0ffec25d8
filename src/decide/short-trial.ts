import type { ExperimentId } from '../model/identity.ts';
import type { Proposal } from '../model/proposal.ts';
import { championOn, endedTrialsOf } from '../model/study.ts';
import { comparable, type EndedTrial, type Forecast } from '../model/trial.ts';
import { believedGain } from '../model/verdict.ts';
import { isAuditDue } from './audit.ts';
import { failureVerdict } from './failure.ts';
import { forecastText, forecastVerdict } from './forecast-verdict.ts';
import { earnedElsewhere } from './learn/knowledge.ts';
import { outlookOf, planAt } from './learn/outlook.ts';
import type { Reference } from './learn/reference.ts';
import { freshTrials } from './learn/samples.ts';
import { leadOfShortTrial, type Screening } from './learn/short-trials.ts';
import { LEAST_FREEDOM } from './learn/worth.ts';
import type { Finding, Question } from './question.ts';
import { MOST_FAULTS } from './result.ts';
import { candidateSeed } from './seeds.ts';

/** Short trials of a champion before ideas are measured by them. */
export const LEAST_SHORT_REFERENCES = 2;

type On = Exclude<Screening, { readonly kind: 'none' }>;

/** What becomes of an idea by its short trial. */
export type Screened =
  | { readonly kind: 'decided'; readonly finding: Finding }
  /** A whole trial is next; `worth` is in the metric's unit a trial. */
  | { readonly kind: 'goes on'; readonly worth: number };

/** In the rate of new ideas: what had its short trial is seen to its end before others begin. */
const BEGUN = 2;

/**
 * What becomes of an idea that has had no whole trial, by a short one. What short trials are worth is learned from ideas that had
 * both, so before that is known all of them have.
 *
 * @param worth of an idea's first trial, in the metric's unit a trial
 */
export function screen(
  question: Question,
  proposal: Proposal,
  reference: Reference,
  worth: number,
): Screened {
  const { screening } = question.knowledge;
  if (screening.kind === 'none') return { kind: 'goes on', worth };
  const begun: Screened = { kind: 'goes on', worth: BEGUN * worth };
  if (proposal.origin.kind === 'merge')
    return { kind: 'goes on', worth: Math.max(begun.worth, shownGain(question, proposal.origin.of)) };
  const course = courseOf(question, proposal, screening);
  switch (course.kind) {
    case 'missing':
      return decided(shortTrial(question, proposal, screening, worth));
    case 'broken':
      if (freshTrials(question.state, proposal.parent, screening.conditions).length > 0)
        return decided({ kind: 'verdict', verdict: failureVerdict(course.trial)! });
      // Whether its champion does any better in so little time is not known.
      return hasChampionsTrialsToCome(question, proposal)
        ? decided({ kind: 'waits', for: 'short trials' })
        : begun;
    case 'untold':
      return begun;
    case 'completed':
      if (screening.kind === 'learning') return begun;
      return weigh(question, proposal, screening, reference, course.trial, worth) ?? begun;
    default:
      return course satisfies never;
  }
}

/** What is carried over was a keep already, and waits behind no idea that only looks good in a short trial. */
function shownGain({ state }: Question, of: ExperimentId): number {
  const experiment = state.experiments.get(of);
  if (experiment?.status !== 'judged' || experiment.verdict.kind !== 'keep') return 0;
  return believedGain(experiment.verdict.evidence);
}

function decided(finding: Finding): Screened {
  return { kind: 'decided', finding };
}

/** How an idea's short trials went so far. */
type ShortCourse =
  | { readonly kind: 'missing' }
  | { readonly kind: 'completed'; readonly trial: EndedTrial }
  /** It crashed. */
  | { readonly kind: 'broken'; readonly trial: EndedTrial }
  /** It took too long or told nothing, which more time may mend; or the machine spoiled it too often. */
  | { readonly kind: 'untold' };

function courseOf({ state }: Question, { commit }: Proposal, { conditions }: On): ShortCourse {
  const trials = endedTrialsOf(state, commit).filter(
    (trial) => trial.purpose === 'candidate' && comparable(trial.conditions, conditions),
  );
  let faults = 0;
  for (const trial of trials) {
    switch (trial.outcome.kind) {
      case 'completed':
        return { kind: 'completed', trial };
      case 'crash':
        return { kind: 'broken', trial };
      case 'timeout':
      case 'invalid':
      case 'stopped':
        return { kind: 'untold' };
      case 'fault':
        faults += 1;
        break;
      case 'cancelled':
        break;
      default:
        return trial.outcome satisfies never;
    }
  }
  return faults >= MOST_FAULTS ? { kind: 'untold' } : { kind: 'missing' };
}

function shortTrial(
  { state }: Question,
  { experiment, commit, parent }: Proposal,
  { conditions }: On,
  worth: number,
): Finding {
  const seeds = freshTrials(state, parent, conditions).map(({ sample }) => sample.seed);
  const seed = candidateSeed(state, experiment, [], seeds);
  return {
    kind: 'wants',
    trial: { commit, seed, purpose: 'candidate', fidelity: conditions.fidelity, worth },
  };
}

/** A champion that was replaced gets no more short trials: what stands on it would wait for ever. */
function hasChampionsTrialsToCome({ state, context }: Question, { parent }: Proposal): boolean {
  return championOn(state, context.conditions.hardware).commit === parent;
}

/** Goes on where that is worth more than its slots would earn elsewhere, as at a checkpoint of a whole trial; undefined where nothing is foretold. */
function weigh(
  question: Question,
  proposal: Proposal,
  { conditions, foresight }: Screening & { readonly kind: 'known' },
  reference: Reference,
  { trial }: EndedTrial,
  worth: number,
): Screened | undefined {
  const { state, knowledge, ideas } = question;
  const { commit, parent, experiment } = proposal;
  if (knowledge.noise.freedom < LEAST_FREEDOM || reference.samples.length === 0) return undefined;
  if (freshTrials(state, parent, conditions).length < LEAST_SHORT_REFERENCES)
    return hasChampionsTrialsToCome(question, proposal)
      ? decided({ kind: 'waits', for: 'short trials' })
      : undefined;
  const lead = leadOfShortTrial(state, conditions, commit, parent)!;
  const gain = foresight.slope * lead;
  const forecast: Forecast = { progress: conditions.fidelity, gain, deviation: foresight.deviation };
  // Of what is further away than a number can say nothing is foretold: a whole trial will tell.
  if (!Number.isFinite(gain) || !Number.isFinite(forecast.deviation)) return undefined;
  const plan = planAt(outlookOf(knowledge, reference.samples.length), earnedElsewhere(knowledge, ideas));
  const promise = Math.max(BEGUN * worth, plan.promise(0, gain));
  // Whatever its lead: only so do audits tell what leads are worth.
  if (isAuditDue(question)) {
    const seeds = reference.trials.map(({ sample }) => sample.seed);
    const seed = candidateSeed(state, experiment, [], seeds);
    return decided({ kind: 'wants', trial: { commit, seed, purpose: 'audit', worth: promise } });
  }
  if (plan.goesOn(0, gain)) return { kind: 'goes on', worth: promise };
  const share = Math.round(conditions.fidelity * 100);
  const reason = `by a short trial, of ${share}% of the budget: ${forecastText(state, forecast)}`;
  return decided({
    kind: 'verdict',
    verdict: forecastVerdict(state, { trial, forecast, reason }, reference),
  });
}
