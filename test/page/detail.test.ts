import { expect, test } from 'vitest';
import { baseline, conditions, measured, study } from '../../src/decide/study-fixture.ts';
import type { ExperimentId } from '../../src/model/identity.ts';
import { atFidelity, type CurvePoint } from '../../src/model/trial.ts';
import { curveOfCommit, detailOf } from '../../src/serve/page/detail.ts';
import type { PageDesk } from '../../src/serve/page/page-desk.ts';

const short = atFidelity(conditions, 0.2);
const curve = (value: number): CurvePoint[] => [{ progress: 1, values: { score: value } }];
const seconds = (wallSeconds: number) => ({ wallSeconds, cpuSeconds: wallSeconds, peakMemoryBytes: 1 });

const { state } = study({
  proposals: [{ commit: 'new' }],
  attempts: [
    { commit: baseline, purpose: 'champion', outcome: measured(10), curve: curve(10) },
    { commit: baseline, purpose: 'champion', outcome: measured(50), curve: curve(50), conditions: short },
    { commit: 'new', outcome: measured(50), conditions: short, usage: seconds(2) },
    { commit: 'new', outcome: measured(9), usage: seconds(10) },
    { commit: 'new', purpose: 'replay', outcome: measured(9), usage: seconds(30) },
  ],
});

const DESK = {
  guards: () => [{ name: 'wall_seconds', max: 12 }],
  curve: () => [],
  budgetText: () => '',
  outcomeText: () => '',
  replayCommand: () => '',
} as Partial<PageDesk> as PageDesk;

test('what a guard asks of an experiment is told by its whole trials, as the judge has it', () => {
  const { guards } = detailOf(DESK, state, state.experiments.get(1 as ExperimentId)!);
  expect(guards).toEqual([{ name: 'wall_seconds', min: null, max: 12, value: 10 }]);
});

test("the champion's curve is that of a whole trial", () => {
  expect(curveOfCommit(DESK, state, baseline)).toEqual([[1, 10]]);
});
