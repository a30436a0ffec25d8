import type { WantedTrial } from '../model/judge.ts';
import type { StudyState } from '../model/study.ts';
import { outlookOf, rateOfNewIdeas } from './learn/outlook.ts';
import type { Reference } from './learn/reference.ts';
import { candidateTrials, freshTrials } from './learn/samples.ts';
import { LEAST_FREEDOM } from './learn/worth.ts';
import type { Question } from './question.ts';
import { isRunning } from './result.ts';
import { championSeed } from './seeds.ts';
import { LEAST_SHORT_REFERENCES } from './short-trial.ts';

/** The champion is run again after so many whole trials at the latest: a machine drifts. */
const HEARTBEAT = 20;
/** Trials of a champion that count. */
const ENOUGH = 12;
/** A champion is not counted on for more whole trials than this. */
const LONGEST = 60;
/**
 * In the rate of new ideas: before all that can wait, since without it candidates have no verdict; before new ideas; beside
 * them.
 */
const URGENT = 1000;
const DUE = 2;
const BESIDE = 0.5;

/** A fresh run of the champion, with what it is worth; undefined where nobody would be the wiser for it. */
export function upkeepOf(question: Question, champion: Reference, waiting: number): WantedTrial | undefined {
  const { state } = question;
  if (isRunning(state, champion.commit)) return undefined;
  const worth = worthOf(question, champion, waiting);
  if (worth <= 0) return undefined;
  const own = champion.trials.map(({ sample }) => sample.seed);
  const seed = championSeed(state, own, seedsOfCandidates(question, champion));
  return { commit: champion.commit, seed, purpose: 'champion', worth };
}

/** Short trials of a champion that ideas are measured by. */
const ENOUGH_SHORT = 4;

/** A short run of the champion, where ideas get short trials and it has had too few. */
export function shortUpkeepOf(
  { state, knowledge: { screening, rate } }: Question,
  { commit, samples }: Reference,
): WantedTrial | undefined {
  if (screening.kind === 'none' || samples.length === 0 || isRunning(state, commit)) return undefined;
  if (state.open.size === 0) return undefined;
  const own = freshTrials(state, commit, screening.conditions).map(({ sample }) => sample.seed);
  if (own.length >= ENOUGH_SHORT) return undefined;
  const worth = rate * (own.length < LEAST_SHORT_REFERENCES ? URGENT : BESIDE);
  const { fidelity } = screening.conditions;
  return { commit, seed: championSeed(state, own, []), purpose: 'champion', fidelity, worth };
}

function seedsOfCandidates({ state, context }: Question, champion: Reference): number[] {
  return [...state.open].flatMap((id) => {
    const { commit, parent } = state.experiments.get(id)!.proposal;
    if (parent !== champion.commit) return [];
    return candidateTrials(state, commit, context.conditions).map(({ sample }) => sample.seed);
  });
}

function worthOf({ state, knowledge }: Question, champion: Reference, waiting: number): number {
  const { noise, rate } = knowledge;
  const count = champion.samples.length;
  if (count === 0) return URGENT * rate;
  if (waiting > 0) return URGENT * rate;
  // The first proposals are run in between: nobody waits for a noise contract alone.
  if (noise.freedom < LEAST_FREEDOM) return rate * (isBehind(state) ? DUE : BESIDE);
  if (state.open.size === 0 || noise.variance === 0) return 0;
  if (champion.fresh === 0 || count < 2) return DUE * rate;
  if (lengthsSinceFresh(state, champion, knowledge.trialSeconds) >= HEARTBEAT) return rate * DUE;
  if (count >= ENOUGH) return 0;
  // Leads are measured over fresh runs alone, and all of them share what is not known of these.
  const known = knowledge.glances.length > 0 ? champion.fresh : count;
  const now = rateOfNewIdeas(outlookOf(knowledge, known));
  // One more run tells more of the champion and of the noise.
  const learned = { ...knowledge, noise: { ...noise, freedom: noise.freedom + 1 } };
  const then = rateOfNewIdeas(outlookOf(learned, known + 1));
  return Math.min(LONGEST, knowledge.trialsToKeep) * (then - now);
}

/** Whether the champion has had fewer whole trials than all candidates together. */
function isBehind(state: StudyState): boolean {
  let lead = 0;
  for (const trials of [state.running, state.ended]) {
    for (const { purpose, conditions } of trials.values())
      if (conditions.fidelity === 1) lead += purpose === 'champion' || purpose === 'noise' ? 1 : -1;
  }
  return lead < 0;
}

/** Slot time since the champion's last fresh trial, in whole trials. */
function lengthsSinceFresh(state: StudyState, champion: Reference, trialSeconds: number): number {
  const last = champion.trials.at(-1)?.trial.trial;
  let seconds = 0;
  for (const { trial, usage } of [...state.ended.values()].reverse()) {
    if (trial === last) break;
    seconds += usage.wallSeconds;
    if (seconds >= HEARTBEAT * trialSeconds) break;
  }
  return trialSeconds > 0 ? seconds / trialSeconds : 0;
}
