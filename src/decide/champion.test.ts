import { expect, test } from 'vitest';
import type { ExperimentId } from '../model/identity.ts';
import type { Verdict } from '../model/verdict.ts';
import { eventsOf } from './champion.ts';
import { baseline, hardware, type Setting, study } from './study-fixture.ts';

const evidence = { candidate: 9, parent: 10, gain: 1, candidateTrials: [], parentTrials: [] };
const keep: Verdict = { kind: 'keep', reason: 'better by 1', evidence };
const discard: Verdict = { kind: 'discard', reason: 'no difference', evidence };

function eventsAfter(setting: Setting, verdicts: readonly (readonly [number, Verdict])[]) {
  const judgements = verdicts.map(([id, verdict]) => ({ experiment: id as ExperimentId, verdict }));
  return eventsOf(study(setting).state, { verdicts: judgements, certificates: [] }, hardware);
}

test('a keep on the champion moves it there, and stacks on what was kept before', () => {
  const events = eventsAfter({ proposals: [{ commit: 'a' }] }, [[1, keep]]);
  expect(events).toMatchObject([
    { kind: 'verdict', experiment: 1 },
    { kind: 'champion-move', from: baseline, to: 'a', stack: [1], cause: { kind: 'keep', experiment: 1 } },
  ]);
});

test('of two keeps on one champion the first moves it, and the second waits to be merged', () => {
  const proposals = [{ commit: 'a' }, { commit: 'b' }];
  const moves = eventsAfter({ proposals }, [
    [1, keep],
    [2, keep],
  ]).filter(({ kind }) => kind === 'champion-move');
  expect(moves).toMatchObject([{ to: 'a' }]);
});

test('a kept merge moves the champion as a merge', () => {
  const proposals = [{ commit: 'a', origin: { kind: 'merge', of: 7 as ExperimentId } as const }];
  expect(eventsAfter({ proposals }, [[1, keep]])[1]).toMatchObject({ cause: { kind: 'merge' } });
});

test('a discard moves nothing', () => {
  expect(eventsAfter({ proposals: [{ commit: 'a' }] }, [[1, discard]])).toHaveLength(1);
});

test('when the champion moves, proposals that never ran are set aside, and those that run are not', () => {
  const proposals = [{ commit: 'a' }, { commit: 'runs' }, { commit: 'waits' }];
  const events = eventsAfter({ proposals, attempts: [{ commit: 'runs' }] }, [[1, keep]]);
  expect(events.filter(({ kind }) => kind === 'proposal-set-aside')).toMatchObject([{ experiment: 3 }]);
});
