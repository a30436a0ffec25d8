import { expect, test } from 'vitest';
import type { ExperimentId } from './identity.ts';
import { paidProposals } from './paid-proposals.ts';
import { NOTHING_SPENT } from './spending.ts';
import type { Experiment } from './study.ts';

const SPENDING = new Map([['model:a', NOTHING_SPENT]]);

const count = (...told: readonly (readonly [author: string, edit: string, status: Experiment['status']])[]) =>
  paidProposals({
    spending: SPENDING,
    experiments: new Map(
      told.map(([name, edit, status], index) => {
        const experiment = (index + 1) as ExperimentId;
        const origin = name === '' ? { kind: 'suggestion' } : { kind: 'researcher', name };
        return [experiment, { status, proposal: { experiment, edit, origin } } as unknown as Experiment];
      }),
    ),
  });

test('those of researchers that cost nothing, of people and of agents that come by themselves are not counted', () => {
  expect(count()).toBe(0);
  expect(
    count(
      ['search', 'x=1', 'judged'],
      ['', 'x=2', 'judged'],
      ['mcp (someone)', 'x=3', 'open'],
      ['model:a', 'x=4', 'open'],
    ),
  ).toBe(1);
});

test('one that was carried over counts once, and one that never fitted counts too', () => {
  expect(count(['model:a', 'x=1', 'set-aside'], ['model:a', 'x=1', 'judged'])).toBe(1);
  expect(count(['model:a', 'x=1', 'set-aside'], ['model:a', 'x=2', 'judged'])).toBe(2);
});

test('answers that could not be used are counted one by one', () => {
  expect(count(['model:a', 'none', 'judged'], ['model:a', 'none', 'judged'])).toBe(2);
});
