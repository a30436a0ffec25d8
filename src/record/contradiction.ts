import type { Certificate, Claim } from '../model/certificate.ts';
import type { ChampionMove } from '../model/champion.ts';
import type { StudyEvent } from '../model/event.ts';
import type { Commit, ExperimentId, TrialId } from '../model/identity.ts';
import { championOn, type StudyState, stackAt, tossedAt } from '../model/study.ts';
import type { Outcome, SwitchedOff } from '../model/trial.ts';
import { type Comparison, forecastOf, type Verdict } from '../model/verdict.ts';

/** Why this event cannot follow from `state`, in words; undefined where it can. */
export function contradiction(state: StudyState, event: StudyEvent): string | undefined {
  switch (event.kind) {
    case 'study-start':
      return 'study-start, but the study has started';
    case 'engine-start':
    case 'history-import':
    case 'thought-pay':
    case 'thought-fail':
      return undefined;
    case 'engine-stop':
    case 'study-pause':
    case 'study-resume':
      return state.activity === 'stopped' ? `${event.kind}, but no engine is at work` : undefined;
    case 'proposal-add':
      if (event.experiment !== state.nextExperiment)
        return `proposal-add of experiment ${event.experiment}, but ${state.nextExperiment} is next`;
      return event.origin.kind === 'merge' ? notMergeable(state, event.origin.of) : undefined;
    case 'proposal-set-aside':
      return notOpen(state, event.experiment);
    case 'trial-submit':
      if (event.trial !== state.nextTrial)
        return `trial-submit of trial ${event.trial}, but ${state.nextTrial} is next`;
      return event.switchedOff && notSwitchable(state, event.switchedOff);
    case 'trial-end':
      if (state.running.has(event.trial)) return undefined;
      return `trial-end of trial ${event.trial}, which ${state.ended.has(event.trial) ? 'has ended' : 'is unknown'}`;
    case 'verdict':
      return notJudgeable(state, event.experiment) ?? unfounded(state, event.verdict);
    case 'merge-conflict':
      return notKept(state, event.experiment);
    case 'switch-conflict':
      return notPartOf(state, event.experiment, event.champion);
    case 'certificate':
      return uncertifiable(state, event);
    case 'holdout-answer':
      return notChampion(state, event.champion);
    case 'champion-move':
      return misplaced(state, event);
    default:
      return event satisfies never;
  }
}

function notOpen(state: StudyState, id: ExperimentId): string | undefined {
  const status = state.experiments.get(id)?.status;
  return status === 'open' ? undefined : `experiment ${id} is ${status ?? 'unknown'}`;
}

/** What is parked may be tried again, and then gets another verdict. */
function notJudgeable(state: StudyState, id: ExperimentId): string | undefined {
  return state.parked.has(id) ? undefined : notOpen(state, id);
}

function notKept(state: StudyState, id: ExperimentId): string | undefined {
  const experiment = state.experiments.get(id);
  if (experiment?.status === 'judged' && experiment.verdict.kind === 'keep') return undefined;
  return `experiment ${id} is ${experiment === undefined ? 'unknown' : 'not a keep'}`;
}

/** What left the champion does not come back by being carried over to it. */
function notMergeable(state: StudyState, id: ExperimentId): string | undefined {
  return notKept(state, id) ?? (state.withdrawn.has(id) ? `experiment ${id} was withdrawn` : undefined);
}

function notChampion(state: StudyState, commit: Commit): string | undefined {
  if (commit === state.study.baseline || stackAt(state, commit)) return undefined;
  return `${commit} is no champion`;
}

function notPartOf(state: StudyState, id: ExperimentId, champion: Commit): string | undefined {
  const parts = partsOf(state, champion);
  if (!parts) return `${champion} is no champion`;
  return parts.includes(id) ? undefined : `experiment ${id} is not part of the champion ${champion}`;
}

/** What a champion is made of; runs without some of it may go on when it is champion no longer, or one of them was withdrawn. */
function partsOf(state: StudyState, champion: Commit): readonly ExperimentId[] | undefined {
  const stack = stackAt(state, champion);
  const tossed = tossedAt(state, champion);
  if (tossed.length === 0) return stack;
  // In the order of the stack, which need not be that of the numbers.
  const known = stack ?? tossed;
  if (tossed.every((id) => known.includes(id))) return known;
  return [...new Set([...tossed, ...known])].sort((a, b) => a - b);
}

function notSwitchable(
  state: StudyState,
  { champion, tossed, experiments }: SwitchedOff,
): string | undefined {
  const stack = partsOf(state, champion);
  if (!stack) return `a trial without some changes of ${champion}, which is no champion`;
  if (tossed.length === 0) return `a trial of ${champion} without a coin tossed for any of its changes`;
  if (isPartInOrder(stack, tossed) && isPartInOrder(tossed, experiments)) return undefined;
  return `a trial without experiments ${experiments.join(', ')} of the tossed ${tossed.join(', ')}, but the champion's are ${stack.join(', ')}`;
}

/** Whether the part holds elements of the whole, each once and in its order. */
function isPartInOrder(whole: readonly ExperimentId[], part: readonly ExperimentId[]): boolean {
  const taken = new Set(part);
  const inOrder = whole.filter((id) => taken.has(id));
  return inOrder.length === part.length && inOrder.every((id, at) => id === part[at]);
}

function uncertifiable(state: StudyState, { of, method }: Certificate): string | undefined {
  const problem =
    of.kind === 'change' ? notPartOf(state, of.experiment, of.champion) : notChampion(state, of.champion);
  if (problem !== undefined) return problem;
  const again = state.certificates.some((other) => other.method === method && isSameClaim(other.of, of));
  return again ? `the champion ${of.champion} has this certificate already` : undefined;
}

function isSameClaim(a: Claim, b: Claim): boolean {
  if (a.champion !== b.champion) return false;
  if (a.kind === 'change') return b.kind === 'change' && a.experiment === b.experiment;
  return b.kind === 'stack' && a.against === b.against;
}

function citedTrials(verdict: Verdict): readonly TrialId[] {
  switch (verdict.kind) {
    case 'keep':
    case 'discard':
      return [...verdict.evidence.candidateTrials, ...verdict.evidence.parentTrials];
    case 'crash':
    case 'timeout':
      return [verdict.evidence.trial];
    case 'invalid':
      return 'trial' in verdict.evidence ? [verdict.evidence.trial] : [];
    case 'inconclusive':
      return verdict.evidence.trials;
    default:
      return verdict satisfies never;
  }
}

function unfounded(state: StudyState, verdict: Verdict): string | undefined {
  const running = citedTrials(verdict).find((trial) => !state.ended.has(trial));
  if (running !== undefined) return `a verdict cites trial ${running}, which has not ended`;
  if (verdict.kind === 'keep') {
    if (verdict.evidence.basis?.kind === 'forecast') return 'a keep on a forecast alone';
    return unmeasured(state, 'a keep', verdict.evidence, ['completed']);
  }
  const forecast = forecastOf(verdict);
  return forecast && unmeasured(state, 'a forecast', forecast, ['completed', 'stopped']);
}

/** `candidate`: how trials of the candidate may have ended; those of the parent have a measurement. */
function unmeasured(
  state: StudyState,
  what: 'a keep' | 'a forecast',
  { candidateTrials, parentTrials }: Comparison,
  candidate: readonly Outcome['kind'][],
): string | undefined {
  if (candidateTrials.length === 0) return `${what} without a trial of the candidate`;
  const endedOtherwise = (kinds: readonly Outcome['kind'][]) => (trial: TrialId) =>
    !kinds.includes(state.ended.get(trial)!.outcome.kind);
  const trial =
    candidateTrials.find(endedOtherwise(candidate)) ?? parentTrials.find(endedOtherwise(['completed']));
  return trial === undefined ? undefined : `${what} cites trial ${trial}, which has no measurement`;
}

function misplaced(state: StudyState, move: ChampionMove): string | undefined {
  const champion = championOn(state, move.class);
  if (move.from !== champion.commit)
    return `champion-move from ${move.from}, but the champion on ${move.class} is ${champion.commit}`;
  const { cause } = move;
  if (cause.kind === 'withdrawal' && !champion.stack.includes(cause.experiment))
    return `withdrawal of experiment ${cause.experiment}, which is not part of the champion`;
  if (cause.kind === 'withdrawal' && move.stack.includes(cause.experiment))
    return `withdrawal of experiment ${cause.experiment}, which stays part of the champion`;
  return [cause.experiment, ...move.stack]
    .map((id) => notKept(state, id))
    .find((problem) => problem !== undefined);
}
