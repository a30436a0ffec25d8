import type { TrialId } from '../model/identity.ts';
import type { Decision } from '../model/judge.ts';
import type { StudyLimit } from '../model/limit.ts';
import { activeSecondsAt } from '../model/study.ts';
import type { Outcome } from '../model/trial.ts';
import type { Engine } from './engine.ts';
import type { LimitedDecision } from './limited.ts';

/** With so many more faults in a row than there are slots it is the machine, not one commit, that fails. */
const MOST_FAULTS = 5;

/** Why a run of the loop ended. All of them leave a study that resumes. */
export type Ending =
  | { readonly kind: 'asked' }
  | { readonly kind: 'limit'; readonly limit: StudyLimit; readonly whose: 'run' | 'study' }
  | { readonly kind: 'exhausted' }
  /** The champion itself does not yield a measurement, so nothing can be compared with it. */
  | { readonly kind: 'impasse'; readonly trial: TrialId; readonly outcome: Outcome }
  /** The machine spoiled one trial after the other; `reason` is what it met last. */
  | { readonly kind: 'machine'; readonly faults: number; readonly reason: string };

/** Why no further trial should be started, if there is a reason; trials in flight may still be running. */
export function endingOf(engine: Engine, decision: LimitedDecision): Ending | undefined {
  const course = engine.course();
  if (course === 'stopping' || course === 'stopping-now') return { kind: 'asked' };
  const failing = failingMachine(engine, decision);
  if (failing) return failing;
  if (decision.impasse) return { kind: 'impasse', ...decision.impasse };
  return reachedLimit(engine) ?? exhaustedLimit(engine, decision);
}

/** To go on would only use up proposals: on a champion that the machine does not let run, or on one candidate after another. */
function failingMachine({ ledger: { state }, executor }: Engine, { impasse }: Decision): Ending | undefined {
  const faults = state.faultsInARow;
  if (impasse?.outcome.kind === 'fault') return { kind: 'machine', faults, reason: impasse.outcome.reason };
  if (faults < MOST_FAULTS + executor.slots) return undefined;
  const last = [...state.ended.values()].at(-1)?.outcome;
  return { kind: 'machine', faults, reason: last?.kind === 'fault' ? last.reason : '' };
}

function reachedLimit(engine: Engine): Ending | undefined {
  const { state } = engine.ledger;
  const now = engine.now();
  const seconds = activeSecondsAt(state, now);
  const { start } = engine;
  const thisRun = { seconds: seconds - start.activeSeconds, count: state.judged - start.judged };
  const wholeStudy = { seconds, count: state.judged };
  for (const limit of engine.limits) {
    if (isReached(limit, thisRun)) return { kind: 'limit', limit, whose: 'run' };
  }
  for (const limit of engine.program.limits) {
    if (isReached(limit, wholeStudy)) return { kind: 'limit', limit, whose: 'study' };
  }
  return undefined;
}

/** The verdicts that are left belong to what has begun, and the judge wants nothing more of it. */
function exhaustedLimit(engine: Engine, { wanted, forbidden }: LimitedDecision): Ending | undefined {
  const experiments = ({ kind }: StudyLimit) => kind === 'experiments';
  if (forbidden === 0 || wanted.length > 0) return undefined;
  const ofRun = engine.limits.find(experiments);
  if (ofRun) return { kind: 'limit', limit: ofRun, whose: 'run' };
  const ofStudy = engine.program.limits.find(experiments);
  return ofStudy && { kind: 'limit', limit: ofStudy, whose: 'study' };
}

function isReached(limit: StudyLimit, used: { seconds: number; count: number }): boolean {
  switch (limit.kind) {
    case 'time':
      return used.seconds >= limit.seconds;
    case 'experiments':
      return used.count >= limit.count;
    case 'cost':
    case 'tokens':
    case 'proposals':
      // What was paid for is seen to its end: see `paid.ts`.
      return false;
    default:
      return limit satisfies never;
  }
}
