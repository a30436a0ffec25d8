import type { Commit } from '../model/identity.ts';
import { exceededText } from '../model/limit.ts';
import type { StudyState } from '../model/study.ts';
import { endedTrialsOf } from '../model/study.ts';
import { type Conditions, comparable, type EndedTrial } from '../model/trial.ts';
import type { Verdict } from '../model/verdict.ts';
import { MOST_FAULTS } from './result.ts';

/** The verdict on a trial that ended by its own doing without a measurement; undefined for all others. */
export function failureVerdict({ outcome, trial }: EndedTrial): Verdict | undefined {
  switch (outcome.kind) {
    case 'crash':
      return { kind: 'crash', reason: outcome.how, evidence: { trial, stage: outcome.stage } };
    case 'timeout': {
      const reason = `${outcome.stage} ${exceededText(outcome.exceeded)}`;
      return { kind: 'timeout', reason, evidence: { trial, exceeded: outcome.exceeded } };
    }
    case 'invalid':
      return { kind: 'invalid', reason: outcome.reason, evidence: { trial } };
    case 'completed':
    case 'fault':
    case 'cancelled':
    case 'stopped':
      return undefined;
    default:
      return outcome satisfies never;
  }
}

/** The verdict on a commit that the machine did not let run. */
export function faultsVerdict(faults: readonly EndedTrial[]): Verdict {
  const last = faults.at(-1)?.outcome;
  const reason = last?.kind === 'fault' ? last.reason : '';
  return {
    kind: 'inconclusive',
    reason: `the machine failed ${faults.length} trials of it: ${reason}`,
    evidence: { trials: faults.map(({ trial }) => trial) },
  };
}

/** What went wrong with a candidate under any of its seeds, first cause first; undefined where nothing did. */
export function failureOf(state: StudyState, commit: Commit, conditions: Conditions): Verdict | undefined {
  const trials = endedTrialsOf(state, commit).filter(
    (trial) =>
      (trial.purpose === 'candidate' || trial.purpose === 'audit') &&
      comparable(trial.conditions, conditions),
  );
  for (const trial of trials) {
    const verdict = failureVerdict(trial);
    if (verdict) return verdict;
  }
  const faults = trials.filter(
    ({ trial, outcome }) => outcome.kind === 'fault' && trial >= state.engineSince,
  );
  return faults.length >= MOST_FAULTS ? faultsVerdict(faults) : undefined;
}
