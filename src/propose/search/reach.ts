import type { StudyState } from '../../model/study.ts';
import type { History } from './history.ts';

const FIRST_REACH = 0.4;
const MOST_REACH = 0.8;
const LEAST_REACH = 1e-4;
const WIDER = 1.6;
const SUCCESSES_TO_WIDEN = 2;
const LEAST_FAILURES_TO_NARROW = 3;

/** How far around the champion a model looks: wider after keeps in a row, half as far after failures in a row (TuRBO; Eriksson and others, 2019). */
export function reachOf(state: StudyState, history: History, axes: number): number {
  const patience = Math.max(LEAST_FAILURES_TO_NARROW, Math.ceil(axes / 2) + 1);
  let reach = FIRST_REACH;
  let successes = 0;
  let failures = 0;
  for (const isSuccess of outcomesNearby(state, history)) {
    successes = isSuccess ? successes + 1 : 0;
    failures = isSuccess ? 0 : failures + 1;
    if (successes === SUCCESSES_TO_WIDEN) {
      reach = Math.min(MOST_REACH, reach * WIDER);
      successes = 0;
    } else if (failures === patience) {
      reach = Math.max(LEAST_REACH, reach / 2);
      failures = 0;
    }
  }
  return reach;
}

/** Whether each of the newest places near the champion was kept, oldest first. */
function outcomesNearby(state: StudyState, history: History): boolean[] {
  const outcomes: boolean[] = [];
  for (const [id, { method }] of history.newest()) {
    if (method !== 'nearby') continue;
    const experiment = state.experiments.get(id);
    if (experiment?.status === 'judged') outcomes.push(experiment.verdict.kind === 'keep');
  }
  return outcomes.reverse();
}
