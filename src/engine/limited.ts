import { isRunning, resultOf } from '../decide/result.ts';
import type { Commit } from '../model/identity.ts';
import type { Decision, WantedTrial } from '../model/judge.ts';
import type { StudyLimit } from '../model/limit.ts';
import { endedTrialsOf, type StudyState } from '../model/study.ts';
import type { Purpose } from '../model/trial.ts';
import type { Engine } from './engine.ts';

/** What the judge decides, without the trials that a limit on experiments forbids. */
export interface LimitedDecision extends Decision {
  /** How many of those that it would like best are forbidden. */
  readonly forbidden: number;
}

/**
 * Asks the judge. Where a limit on experiments forbids what it would like best, it is asked for more, so that no slot stays
 * empty for an idea that may not begin while there is work on one that has begun.
 */
export function decideWithinLimits(engine: Engine): LimitedDecision {
  const { judge, ledger, board, program, conditions, inFlight } = engine;
  const context = { program, conditions, progress: inFlight.progress() };
  const free = board.free().length;
  for (let slots = free; ; slots *= 2) {
    const decision = judge(ledger.state, slots, context);
    const allowed = withinLimits(engine, decision.wanted);
    const forbidden = decision.wanted.length - allowed.length;
    if (forbidden === 0 || allowed.length >= free || decision.wanted.length < slots)
      return { ...decision, wanted: allowed.slice(0, free), forbidden };
  }
}

/**
 * Of the wanted trials those that no limit on experiments forbids: whatever has begun is seen to its verdict, and as many
 * others begin as verdicts are left.
 */
function withinLimits(engine: Engine, wanted: readonly WantedTrial[]): WantedTrial[] {
  const { conditions, ledger } = engine;
  const { state } = ledger;
  const begun = new Set<Commit>();
  // What is parked has its verdict, and another one uses up no budget.
  for (const id of state.parked) begun.add(state.experiments.get(id)!.proposal.commit);
  const parked = begun.size;
  for (const id of state.open) {
    const { commit } = state.experiments.get(id)!.proposal;
    const hasResult = resultOf(state, commit, conditions).kind !== 'none';
    if (hasResult || hasShortTrial(state, commit) || isRunning(state, commit)) begun.add(commit);
  }
  let left = verdictsLeft(engine) - (begun.size - parked);
  return wanted.filter(({ purpose, commit }) => !isOfIdea(purpose) || begun.has(commit) || left-- > 0);
}

/** Whether such a trial may be an idea's first: an audit is one that runs to its end whatever it shows. */
function isOfIdea(purpose: Purpose): boolean {
  return purpose === 'candidate' || purpose === 'audit';
}

function hasShortTrial(state: StudyState, commit: Commit): boolean {
  return endedTrialsOf(state, commit).some(({ conditions }) => conditions.fidelity < 1);
}

/** How many more verdicts the limits on experiments allow; Infinity without one. */
function verdictsLeft({ ledger: { state }, limits, program, start }: Engine): number {
  const left = (bounds: readonly StudyLimit[], judged: number) =>
    bounds.map((limit) => (limit.kind === 'experiments' ? limit.count - judged : Infinity));
  return Math.min(...left(limits, state.judged - start.judged), ...left(program.limits, state.judged));
}
