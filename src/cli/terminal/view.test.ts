import { expect, test } from 'vitest';
import type { SlotState } from '../../engine/board.ts';
import type { StudyEvent } from '../../model/event.ts';
import {
  chained,
  commitOf,
  KEPT,
  MOVE,
  trialSubmit,
  trialWithout,
  WITHDRAWAL,
} from '../../record/fixtures/history.ts';
import { replay } from '../../record/replay.ts';
import { slotViews } from './view.ts';

/** What the slot of the trial says that the last of these events submits. */
function viewAfter(...events: StudyEvent[]) {
  const state = replay(chained([...KEPT, MOVE, ...events]));
  const [trial] = [...state.running.values()].slice(-1);
  const usage = { wallSeconds: 1, cpuSeconds: 1, peakMemoryBytes: 1 };
  const slot: SlotState = { kind: 'busy', slot: 0, trial: trial!, stage: 'run', share: 0.5, usage };
  return slotViews([slot], state)[0];
}

test('a slot says which experiment it tries, or what else', () => {
  expect(viewAfter(trialSubmit(2, commitOf(1)))).toMatchObject({ experiment: 1 });
  expect(viewAfter(trialSubmit(2, commitOf(0)))).toMatchObject({ what: 'the baseline' });
  expect(viewAfter(trialWithout(2, commitOf(1), [1]))).toMatchObject({ what: 'the champion without #1' });
  expect(viewAfter(WITHDRAWAL, trialSubmit(2, commitOf(7)))).toMatchObject({
    what: 'the champion, which lost a change',
  });
});
