import { expect, it } from 'vitest';
import type { EventOf } from '../../model/event.ts';
import type { ExperimentId } from '../../model/identity.ts';
import type { StudyState } from '../../model/study.ts';
import { replay } from '../../record/replay.ts';
import { entriesOf, sampleEvents, type Timed } from '../fixtures/sample-study.ts';
import { chooseChanges } from './choose.ts';

const events = sampleEvents({ experiments: 40, end: 'running' });
const { at, event } = events.findLast(({ event }) => event.kind === 'champion-move')!;
const { to: champion, stack } = event as EventOf<'champion-move'>;

function certified(of: EventOf<'certificate'>['of']): StudyState {
  const effect = { value: 0.02, low: 0.01, high: 0.03 };
  const certificate = { kind: 'certificate', of, method: 'pairs', logE: 7.5, effect, trials: 12 } as const;
  return replay(entriesOf([...events, { at, event: certificate } satisfies Timed]));
}

const noisy = { deterministic: false };
const alone = { provisional: false, squash: false };
const together = { provisional: false, squash: true };
const second = stack[1] as ExperimentId;

it('what was shown on fresh seeds is chosen, the rest is provisional', () => {
  const state = certified({ kind: 'change', experiment: second, champion });
  const choice = { chosen: [second], provisional: stack.filter((id) => id !== second) };
  expect(chooseChanges(state, noisy, alone)).toEqual(choice);
  expect(chooseChanges(state, noisy, together)).toEqual(choice);
});

it('a champion that was confirmed as a whole is one branch of all, and of no change alone', () => {
  const baseline = sampleEvents({ experiments: 0 }).flatMap(({ event }) =>
    event.kind === 'study-start' ? event.baseline : [],
  )[0]!;
  const state = certified({ kind: 'stack', champion, against: baseline });
  expect(chooseChanges(state, noisy, together)).toEqual({ chosen: stack, provisional: [] });
  expect(chooseChanges(state, noisy, alone)).toEqual({ chosen: [], provisional: stack });
});

it('all is chosen where it is asked for, and where there is no luck', () => {
  const all = { chosen: stack, provisional: [] };
  const nothingShown = replay(entriesOf(events));
  expect(chooseChanges(nothingShown, noisy, { ...alone, provisional: true })).toEqual(all);
  expect(chooseChanges(nothingShown, { deterministic: true }, alone)).toEqual(all);
  expect(chooseChanges(nothingShown, noisy, alone)).toEqual({ chosen: [], provisional: stack });
});
