import { expect, test } from 'vitest';
import type { StudyState } from '../../model/study.ts';
import type { Outcome } from '../../model/trial.ts';
import { sampleState } from '../fixtures/sample-study.ts';
import { renderSummary } from './summary.ts';

/** A study that ended after the first trial of its baseline. */
function afterBaseline(outcome: Outcome): StudyState {
  const state = sampleState({ experiments: 0 });
  const ended = new Map([...state.ended].map(([id, trial]) => [id, { ...trial, outcome }]));
  return { ...state, ended };
}

function summaryOf(state: StudyState, lab = '.', columns = Number.POSITIVE_INFINITY): string[] {
  const view = { lab, state, slots: [], budget: [], now: state.lastEventAt };
  return renderSummary({ ...view, phase: 'stopped', seat: 'engine' }, { columns, colour: false });
}

test('a baseline that fails is told with how it failed, and the advice is to mend the lab and begin anew', () => {
  const crash: Outcome = { kind: 'crash', stage: 'run', how: 'exited with 3' };
  const text = summaryOf(afterBaseline(crash)).join('\n');
  expect(text).toMatch(/champion +the baseline, which yields no measurement: exited with 3 \(trial 1\)/);
  expect(text).toMatch(/ratchet check {6}what keeps it from a measurement/);
  expect(text).toContain('ratchet run --new');
  expect(text).not.toContain('go on');
  expect(summaryOf(afterBaseline(crash), 'labs/gpt').join('\n')).toContain('ratchet run --new labs/gpt');
});

test('a baseline whose trial was cancelled, or spoiled by the machine, is not measured yet: the study goes on', () => {
  for (const kind of ['cancelled', 'fault'] as const) {
    const text = summaryOf(afterBaseline({ kind, reason: 'the disk is full' })).join('\n');
    expect(text).toContain('the baseline, not measured yet');
    expect(text).toMatch(/ratchet run +go on/);
  }
});

test('on a narrow terminal its lines go on below their text, and no word is parted', () => {
  const state = sampleState({ experiments: 30 });
  const wide = summaryOf(state);
  const narrow = summaryOf(state, '.', 50);
  expect(Math.max(...wide.map((line) => line.length))).toBeGreaterThan(50);
  expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(50);
  const words = (lines: readonly string[]) => lines.join(' ').trim().split(/\s+/);
  expect(words(narrow)).toEqual(words(wide));
});
