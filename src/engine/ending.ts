import { isRunning, resultOf } from '../decide/result.ts';
import type { Commit, TrialId } from '../model/identity.ts';
import type { Decision, WantedTrial } from '../model/judge.ts';
import type { StudyLimit } from '../model/limit.ts';
import { activeSecondsAt } from '../model/study.ts';
import type { Outcome } from '../model/trial.ts';
import type { Engine } from './engine.ts';

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
export function endingOf(engine: Engine, decision: Decision): Ending | undefined {
  const course = engine.course();
  if (course === 'stopping' || course === 'stopping-now') return { kind: 'asked' };
  const failing = failingMachine(engine, decision);
  if (failing) return failing;
  if (decision.impasse) return { kind: 'impasse', ...decision.impasse };
  const reached = reachedLimit(engine);
  if (reached) return reached;
  return undefined;
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

function isReached(limit: StudyLimit, used: { seconds: number; count: number }): boolean {
  switch (limit.kind) {
    case 'time':
      return used.seconds >= limit.seconds;
    case 'experiments':
      return used.count >= limit.count;
    case 'cost':
      // Nothing that costs money exists yet: built-in search and local slots are free.
      return false;
    default:
      return limit satisfies never;
  }
}

/**
 * Of the wanted trials those that no limit on experiments forbids: whatever has begun is seen to its verdict, and as many
 * others begin as verdicts are left.
 */
export function withinLimits(engine: Engine, wanted: readonly WantedTrial[]): WantedTrial[] {
  const { conditions, ledger } = engine;
  const { state } = ledger;
  const begun = new Set<Commit>();
  // What is parked has its verdict, and another one uses up no budget.
  for (const id of state.parked) begun.add(state.experiments.get(id)!.proposal.commit);
  const parked = begun.size;
  for (const id of state.open) {
    const { commit } = state.experiments.get(id)!.proposal;
    const hasResult = resultOf(state, commit, conditions).kind !== 'none';
    if (hasResult || isRunning(state, commit)) begun.add(commit);
  }
  let left = verdictsLeft(engine) - (begun.size - parked);
  return wanted.filter(({ purpose, commit }) => purpose !== 'candidate' || begun.has(commit) || left-- > 0);
}

/** How many more verdicts the limits on experiments allow; Infinity without one. */
function verdictsLeft({ ledger: { state }, limits, program, start }: Engine): number {
  const left = (bounds: readonly StudyLimit[], judged: number) =>
    bounds.map((limit) => (limit.kind === 'experiments' ? limit.count - judged : Infinity));
  return Math.min(...left(limits, state.judged - start.judged), ...left(program.limits, state.judged));
}
