import type { JudgeName } from '../../src/engine/judges.ts';
import type { ExperimentId } from '../../src/model/identity.ts';
import type { StudyState } from '../../src/model/study.ts';
import type { Edit, Nature } from './edit.ts';
import { editNameOf } from './script.ts';

/** When something was first kept, counted in what had been run by then. */
export interface Kept {
  readonly name: string;
  readonly nature: Nature;
  readonly trial: number;
  /** Of the slots' time, side by side: breaks between calls do not count. */
  readonly minutes: number;
  readonly experiment: ExperimentId;
  /** Whether the champion has it at the end. */
  readonly stands: boolean;
}

/** What one judge made of a study of edits whose nature is known. */
export interface Outcome {
  readonly judge: JudgeName;
  readonly verdicts: number;
  /** Ended ones, of every purpose, and how many of them were stopped early. */
  readonly trials: number;
  readonly stopped: number;
  readonly minutes: number;
  /** Each edit once, in the order of the keeps. */
  readonly kept: readonly Kept[];
  readonly withdrawn: readonly string[];
  readonly certified: readonly string[];
  /** Certificates of the champion as a whole against an earlier one. */
  readonly certifiedStacks: number;
}

export function outcomeOf(judge: JudgeName, state: StudyState, edits: readonly Edit[]): Outcome {
  const natures = new Map(edits.map(({ name, nature }) => [name, nature]));
  const nameOf = (id: ExperimentId) => editNameOf(state, state.experiments.get(id)!);
  const stack = new Set([...state.champions.values()].flatMap(({ stack: ids }) => ids.map(nameOf)));
  const kept = new Map<string, Kept>();
  const keeps = [...state.experiments]
    .flatMap(([id, experiment]) =>
      experiment.status === 'judged' && experiment.verdict.kind === 'keep'
        ? { id, judgedAt: experiment.judgedAt }
        : [],
    )
    .toSorted((a, b) => a.judgedAt - b.judgedAt);
  for (const { id, judgedAt } of keeps) {
    const name = nameOf(id);
    const nature = natures.get(name);
    if (nature === undefined) throw new Error(`the study has an edit that its plan has not: ${name}`);
    if (kept.has(name)) continue;
    kept.set(name, { name, nature, experiment: id, stands: stack.has(name), ...spentBy(state, judgedAt) });
  }
  const changes = state.certificates.flatMap(({ of }) => (of.kind === 'change' ? nameOf(of.experiment) : []));
  const spent = spentBy(state, Number.POSITIVE_INFINITY);
  return {
    judge,
    verdicts: state.judged,
    trials: spent.trial,
    stopped: [...state.ended.values()].filter(({ outcome }) => outcome.kind === 'stopped').length,
    minutes: spent.minutes,
    kept: [...kept.values()],
    withdrawn: [...new Set([...state.withdrawn.keys()].map(nameOf))],
    certified: [...new Set(changes)],
    certifiedStacks: state.certificates.filter(({ of }) => of.kind === 'stack').length,
  };
}

/** Trials that had ended by a time, in milliseconds since 1970, and the minutes that they took side by side. */
function spentBy(state: StudyState, time: number): { trial: number; minutes: number } {
  let trial = 0;
  let seconds = 0;
  for (const { submittedAt, usage } of state.ended.values()) {
    if (submittedAt + usage.wallSeconds * 1000 > time) continue;
    trial += 1;
    seconds += usage.wallSeconds;
  }
  return { trial, minutes: seconds / 60 / (state.engine?.slots ?? 1) };
}
