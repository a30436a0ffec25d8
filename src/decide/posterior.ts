import { BOUNDS, shorten } from '../model/bound.ts';
import type { ExperimentId } from '../model/identity.ts';
import type { Decision, Judge, Judgement, Stop, WantedTrial } from '../model/judge.ts';
import { championOn, type Experiment, type StudyState } from '../model/study.ts';
import { type Finding, judgeCandidate, type Question } from './candidate.ts';
import { certify } from './certification.ts';
import { greedy } from './greedy.ts';
import { type Ideas, knowledgeOf } from './knowledge.ts';
import { mostHopeful, reopened } from './parking.ts';
import { referenceOf } from './reference.ts';
import { failedTrial, resultOf } from './result.ts';
import { stopOf } from './screening.ts';
import { upkeepOf } from './upkeep.ts';

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
  const knowledge = knowledgeOf(state, context.conditions, champion.samples.length);
  const question: Question = { state, context, knowledge, ideas: ideasOf(state) };
  const verdicts: Judgement[] = [];
  const wanted: WantedTrial[] = [];
  let waiting = 0;
  for (const experiment of [...openExperiments(state), ...reopened(state)]) {
    const finding = judgeCandidate(question, experiment);
    if (finding.kind === 'verdict') verdicts.push(judgement(experiment, finding.verdict));
    if (finding.kind === 'wants') wanted.push(finding.trial);
    if (waitsForChampion(finding)) waiting += 1;
    const parent = missingParent(question, experiment, finding, champion.commit);
    if (parent) wanted.push(parent);
  }
  const upkeep = upkeepOf(question, champion, waiting);
  if (upkeep) wanted.push(upkeep);
  const certification = certify(question);
  wanted.push(...certification.wanted);
  if (wanted.length < freeSlots) wanted.push(...mostHopeful(question, champion, freeSlots - wanted.length));
  wanted.sort((a, b) => b.worth - a.worth);
  const decision: Decision = {
    verdicts,
    withdrawals: certification.withdrawals,
    certificates: certification.certificates,
    stops: stopsOf(question),
    wanted: wanted.slice(0, freeSlots),
  };
  const failed = failedTrial(resultOf(state, champion.commit, context.conditions));
  return failed ? { ...decision, impasse: { trial: failed.trial, outcome: failed.outcome } } : decision;
};

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

/** A proposal on an earlier champion that has no trial under today's conditions needs one of its own. */
function missingParent(
  question: Question,
  { proposal }: Experiment,
  finding: Finding,
  champion: Experiment['proposal']['commit'],
): WantedTrial | undefined {
  if (!waitsForChampion(finding) || proposal.parent === champion) return undefined;
  const { state, context } = question;
  const parent = referenceOf(state, proposal.parent, context.conditions);
  return parent.samples.length > 0 ? undefined : upkeepOf(question, parent, 1);
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
