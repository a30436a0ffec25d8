import type { ChampionMove } from '../model/champion.ts';
import type { StudyEvent } from '../model/event.ts';
import type { ExperimentId, TrialId } from '../model/identity.ts';
import { championOn, type StudyState } from '../model/study.ts';
import type { Verdict } from '../model/verdict.ts';

/** Why this event cannot follow from `state`, in words; undefined where it can. */
export function contradiction(state: StudyState, event: StudyEvent): string | undefined {
  switch (event.kind) {
    case 'study-start':
      return 'study-start, but the study has started';
    case 'engine-start':
    case 'history-import':
      return undefined;
    case 'engine-stop':
    case 'study-pause':
    case 'study-resume':
      return state.activity === 'stopped' ? `${event.kind}, but no engine is at work` : undefined;
    case 'proposal-add':
      if (event.experiment !== state.nextExperiment)
        return `proposal-add of experiment ${event.experiment}, but ${state.nextExperiment} is next`;
      return event.origin.kind === 'merge' ? notKept(state, event.origin.of) : undefined;
    case 'proposal-set-aside':
      return notOpen(state, event.experiment);
    case 'trial-submit':
      return event.trial === state.nextTrial
        ? undefined
        : `trial-submit of trial ${event.trial}, but ${state.nextTrial} is next`;
    case 'trial-end':
      if (state.running.has(event.trial)) return undefined;
      return `trial-end of trial ${event.trial}, which ${state.ended.has(event.trial) ? 'has ended' : 'is unknown'}`;
    case 'verdict':
      return notOpen(state, event.experiment) ?? unfounded(state, event.verdict);
    case 'merge-conflict':
      return notKept(state, event.experiment);
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

function notKept(state: StudyState, id: ExperimentId): string | undefined {
  const experiment = state.experiments.get(id);
  if (experiment?.status === 'judged' && experiment.verdict.kind === 'keep') return undefined;
  return `experiment ${id} is ${experiment === undefined ? 'unknown' : 'not a keep'}`;
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
  const cited = citedTrials(verdict);
  const running = cited.find((trial) => !state.ended.has(trial));
  if (running !== undefined) return `a verdict cites trial ${running}, which has not ended`;
  if (verdict.kind !== 'keep') return undefined;
  if (verdict.evidence.candidateTrials.length === 0) return 'a keep without a trial of the candidate';
  const unmeasured = cited.find((trial) => state.ended.get(trial)?.outcome.kind !== 'completed');
  return unmeasured === undefined ? undefined : `a keep cites trial ${unmeasured}, which has no measurement`;
}

function misplaced(state: StudyState, move: ChampionMove): string | undefined {
  const champion = championOn(state, move.class);
  if (move.from !== champion.commit)
    return `champion-move from ${move.from}, but the champion on ${move.class} is ${champion.commit}`;
  const { cause } = move;
  if (cause.kind === 'withdrawal' && !champion.stack.includes(cause.experiment))
    return `withdrawal of experiment ${cause.experiment}, which is not part of the champion`;
  return [cause.experiment, ...move.stack]
    .map((id) => notKept(state, id))
    .find((problem) => problem !== undefined);
}
