import { BOUNDS, shorten } from '../model/bound.ts';
import type { Commit, ExperimentId } from '../model/identity.ts';
import type { Decision, Judge, Judgement, Stop, WantedTrial } from '../model/judge.ts';
import { championOn, type Experiment, type StudyState } from '../model/study.ts';
import type { EndedTrial } from '../model/trial.ts';
import { withAudit } from './audit.ts';
import { judgeCandidate } from './candidate.ts';
import { certify } from './certify/certification.ts';
import { greedy } from './greedy.ts';
import { type Ideas, knowledgeOf } from './learn/knowledge.ts';
import { type Reference, referenceOf } from './learn/reference.ts';
import { screeningOf } from './learn/short-trials.ts';
import { isRepeated, reopened, returning } from './parking.ts';
import type { Finding, Question } from './question.ts';
import { failedTrial, failuresInARow, isRunning, MOST_FAULTS, resultOf } from './result.ts';
import { stopOf } from './screening.ts';
import { shortUpkeepOf, upkeepOf } from './upkeep.ts';

/**
 * Keeps what is more than luck: a change is weighed against all that this study's changes have done so far, and what a slot
 * does next is what is worth most, in the metric's unit a trial: a new idea, one more trial of an unclear one, a fresh run of
 * the champion, a certificate. A lab that is declared deterministic has no luck, and is judged as it scores.
 */
export const posterior: Judge = (state, freeSlots, context) => {
  if (context.program.deterministic) return greedy(state, freeSlots, context);
  const champion = referenceOf(
    state,
    championOn(state, context.conditions.hardware).commit,
    context.conditions,
  );
  const screening = screeningOf(state, context.conditions, context.program.screen);
  const knowledge = knowledgeOf(state, context.conditions, champion, screening);
  const question: Question = { state, context, knowledge, ideas: ideasOf(state) };
  const verdicts: Judgement[] = [];
  const wanted: WantedTrial[] = [];
  let waiting = 0;
  for (const experiment of [...openExperiments(state), ...reopened(state, context.conditions)]) {
    const finding = judgeCandidate(question, experiment);
    if (finding.kind === 'verdict' && !isRepeated(experiment, finding.verdict))
      verdicts.push(judgement(experiment, finding.verdict));
    if (finding.kind === 'wants') wanted.push(finding.trial);
    if (!waitsForChampion(finding)) continue;
    const parent = missingParent(question, experiment, champion.commit);
    if (parent === undefined) waiting += 1;
    else wanted.push(...listOf(upkeepOf(question, parent, 1)));
  }
  wanted.push(...listOf(upkeepOf(question, champion, waiting)), ...listOf(shortUpkeepOf(question, champion)));
  const certification = certify(question);
  wanted.push(...certification.wanted);
  wanted.push(...returning(question, champion, { count: freeSlots, isIdle: wanted.length < freeSlots }));
  const best = oneACommit(
    state,
    wanted.sort((a, b) => b.worth - a.worth),
  );
  const decision: Decision = {
    verdicts: keepsFirst(verdicts),
    withdrawals: certification.withdrawals,
    certificates: certification.certificates,
    stops: stopsOf(question),
    wanted: withAudit(question, best.slice(0, freeSlots)),
  };
  const failed = failedChampion(question, champion);
  return failed ? { ...decision, impasse: { trial: failed.trial, outcome: failed.outcome } } : decision;
};

/** What a keep teaches of this study's changes counts before another one is discarded, which so waits for the next decision. */
function keepsFirst(verdicts: readonly Judgement[]): readonly Judgement[] {
  const isKept = verdicts.some(({ verdict }) => verdict.kind === 'keep');
  return isKept ? verdicts.filter(({ verdict }) => verdict.kind !== 'discard') : verdicts;
}

function* openExperiments(state: StudyState): Generator<Experiment> {
  for (const id of state.open) yield state.experiments.get(id)!;
}

/** Ideas queue where one waits for its first trial. */
function ideasOf(state: StudyState): Ideas {
  for (const id of state.open) {
    if (!state.trialsOf.has(state.experiments.get(id)!.proposal.commit)) return 'queue';
  }
  return 'scarce';
}

function judgement({ proposal }: Experiment, verdict: Judgement['verdict']): Judgement {
  const reason = shorten(verdict.reason, BOUNDS.reason);
  return { experiment: proposal.experiment as ExperimentId, verdict: { ...verdict, reason } };
}

function waitsForChampion(finding: Finding): boolean {
  return finding.kind === 'waits' && finding.for === 'champion';
}

/** The earlier champion that a proposal stands on, where it has no trial under today's conditions. */
function missingParent(
  { state, context }: Question,
  { proposal }: Experiment,
  champion: Commit,
): Reference | undefined {
  if (proposal.parent === champion) return undefined;
  const parent = referenceOf(state, proposal.parent, context.conditions);
  return parent.samples.length > 0 ? undefined : parent;
}

function listOf<T>(item: T | undefined): T[] {
  return item === undefined ? [] : [item];
}

/**
 * A run without some changes names the champion's commit, and waits while that one runs whichever way its coins fell: were
 * only a run without none of them put off, and tossed for again, the coins would not be fair.
 */
function oneACommit(state: StudyState, wanted: readonly WantedTrial[]): WantedTrial[] {
  const taken = new Set<Commit>();
  return wanted.filter(({ commit }) => {
    if (taken.has(commit) || isRunning(state, commit)) return false;
    taken.add(commit);
    return true;
  });
}

/** The champion's last trial, where it has none to compare with, or its last few all failed: then nothing can be judged. */
function failedChampion({ state, context }: Question, champion: Reference): EndedTrial | undefined {
  const failed = failedTrial(resultOf(state, champion.commit, context.conditions));
  if (failed === undefined || champion.samples.length === 0) return failed;
  return failuresInARow(state, champion.commit, context.conditions) >= MOST_FAULTS ? failed : undefined;
}

function stopsOf(question: Question): Stop[] {
  const { state, context } = question;
  const stops: Stop[] = [];
  for (const [id, curve] of context.progress) {
    const trial = state.running.get(id);
    const stop = trial && stopOf({ ...question, conditions: context.conditions }, trial, curve);
    if (stop) stops.push(stop);
  }
  return stops;
}
