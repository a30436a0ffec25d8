import type { Objective } from '../../model/objective.ts';
import type { StudyState } from '../../model/study.ts';
import type { History } from './history.ts';
import { METHODS, type Method } from './method.ts';
import { secondsOf } from './observations.ts';

/** What a method is taken to gain in its first trials, relative to the mean of all. */
const AT_FIRST: Readonly<Record<Method, number>> = {
  steps: 1,
  pairs: 0.2,
  ablation: 0.1,
  nearby: 1,
  anywhere: 1,
  evolution: 0.1,
};
/** What all but a model is taken to gain less where every site is declared. */
const SPARED = 0.95;
/** What a model is taken to gain where none is, relative to steps. */
const UNDECLARED = 0.2;
/** How many trials of a method's own weigh as much as that. */
const FIRST_TRIALS = 4;
/** Share of its weight that a trial keeps with each one after it: what paid at first need not pay now. */
const REMEMBERED = 0.96;
const MOST_REMEMBERED = 150;
/** Gained by a study that has not gained yet, so that methods fade by the trials that they took. */
const LEAST_MEAN = 0.02;

/**
 * Shares of the next trial by what each method gained in the time that its trials took, of late. Gains count by their
 * logarithm beyond what is usual: the first gains of a study are the largest, whoever makes them.
 *
 * @param declared share of the sites whose author said what they may be, 0 to 1: there a model need not wait for steps to show it
 */
export function sharesOf(state: StudyState, history: History, declared: number): ReadonlyMap<Method, number> {
  const earned = new Map<Method, { gain: number; trials: number }>(
    METHODS.map((method) => [method, { gain: 0, trials: 0 }]),
  );
  const trials = judgedTrials(state, history);
  const usual = usualGain(trials, state.study.objective);
  const timed = trials.filter(({ seconds }) => seconds > 0);
  const meanSeconds = timed.reduce((sum, { seconds }) => sum + seconds, 0) / timed.length;
  let weight = 1;
  for (const { method, gain, seconds } of trials) {
    const record = earned.get(method)!;
    record.gain += weight * Math.log1p(gain / usual);
    record.trials += weight * (seconds > 0 ? seconds / meanSeconds : 1);
    weight *= REMEMBERED;
  }
  const all = [...earned.values()];
  const gained = all.reduce((sum, { gain }) => sum + gain, 0);
  const mean =
    LEAST_MEAN +
    gained /
      Math.max(
        1,
        all.reduce((sum, { trials }) => sum + trials, 0),
      );
  return new Map(
    [...earned].map(([method, { gain, trials }]) => [
      method,
      (FIRST_TRIALS * atFirst(method, declared) * mean + gain) / (FIRST_TRIALS + trials),
    ]),
  );
}

function atFirst(method: Method, declared: number): number {
  const isModel = method === 'nearby' || method === 'anywhere';
  return AT_FIRST[method] * (isModel ? declared + (1 - declared) * UNDECLARED : 1 - SPARED * declared);
}

interface JudgedTrial {
  readonly method: Method;
  readonly gain: number;
  readonly seconds: number;
}

/** The newest first. */
function judgedTrials(state: StudyState, history: History): JudgedTrial[] {
  const trials: JudgedTrial[] = [];
  for (const id of [...history.proposed.keys()].reverse()) {
    if (trials.length === MOST_REMEMBERED) break;
    const experiment = state.experiments.get(id);
    if (experiment?.status !== 'judged') continue;
    const { verdict, proposal } = experiment;
    const gain = verdict.kind === 'keep' ? Math.max(0, verdict.evidence.gain) : 0;
    trials.push({
      method: history.proposed.get(id)!.method,
      gain,
      seconds: secondsOf(state, proposal.commit),
    });
  }
  return trials;
}

/** The middle one of what was kept, in the metric's unit, above 0. */
function usualGain(trials: readonly JudgedTrial[], { minimumEffect }: Objective): number {
  const gains = trials.flatMap(({ gain }) => (gain > 0 ? gain : [])).toSorted((a, b) => a - b);
  return Math.max(minimumEffect, gains[Math.floor(gains.length / 2)] ?? 0) || 1;
}
