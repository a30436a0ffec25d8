import { expect, test } from 'vitest';
import type { ExperimentId, TrialId } from '../../model/identity.ts';
import type { Verdict } from '../../model/verdict.ts';
import { createStudy } from '../fixtures/play.ts';
import { verdictText } from './effect.ts';

const trial = 1 as TrialId;
const told = (verdict: Verdict) => verdictText(createStudy({}).state, 1 as ExperimentId, verdict);

test('what an evaluation refuses is told with one digit of its numbers, and what it printed by accident not at all', () => {
  const refused = (reason: string) => told({ kind: 'invalid', reason, evidence: { trial } });
  expect(refused('the evaluation refused it: loss 8.123456 is below 7.654321')).toBe(
    'gave no valid score: the evaluation refused it: loss 8 is below 8',
  );
  expect(refused('the evaluation refused it, exit code 1: expected 8.123456')).toBe(
    'gave no valid score: the evaluation refused it, exit code 1',
  );
});

test('what crashed, and what was never run, is told in its own words: no validation data was near', () => {
  const reason = 'exit code 1: rate is 0.123456';
  expect(told({ kind: 'crash', reason, evidence: { trial, stage: 'run' } })).toBe(`crashed: ${reason}`);
  const unfit = 'no line of it reads "rate = 0.0625"';
  expect(told({ kind: 'invalid', reason: unfit, evidence: { paths: [] } })).toContain('0.0625');
});
