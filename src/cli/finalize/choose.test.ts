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
const second = stack[1] as ExperimentId;

it('what was shown on fresh seeds is chosen, the rest is provisional', () => {
  const state = certified({ kind: 'change', experiment: second, champion });
  expect(chooseChanges(state, noisy, false)).toEqual({
    chosen: [second],
    provisional: stack.filter((id) => id !== second),
  });
});

it('all is chosen where the champion was confirmed as a whole, where it is asked for, and where there is no luck', () => {
  const baseline = sampleEvents({ experiments: 0 }).flatMap(({ event }) =>
    event.kind === 'study-start' ? event.baseline : [],
  )[0]!;
  const all = { chosen: stack, provisional: [] };
  expect(chooseChanges(certified({ kind: 'stack', champion, against: baseline }), noisy, false)).toEqual(all);
  const nothingShown = replay(entriesOf(events));
  expect(chooseChanges(nothingShown, noisy, true)).toEqual(all);
  expect(chooseChanges(nothingShown, { deterministic: true }, false)).toEqual(all);
  expect(chooseChanges(nothingShown, noisy, false)).toEqual({ chosen: [], provisional: stack });
});
