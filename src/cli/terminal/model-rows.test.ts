import { expect, test } from 'vitest';
import { NOTHING_SPENT } from '../../model/spending.ts';
import type { StudyState } from '../../model/study.ts';
import { modelFacts } from './model-rows.ts';

const stateWith = (own: Partial<Pick<StudyState, 'spending' | 'failing'>>) =>
  ({ spending: new Map(), failing: new Map(), ...own }) as unknown as StudyState;

test('nothing is said of models where none was asked', () => {
  expect(modelFacts(stateWith({}), 0)).toEqual([]);
});

test('what a model was paid is told in tokens, and in dollars where its price is known', () => {
  const spent = { ...NOTHING_SPENT, calls: 12, inputTokens: 84_300, outputTokens: 950 };
  const told = (own: Partial<typeof spent>) =>
    modelFacts(stateWith({ spending: new Map([['model:a', { ...spent, ...own }]]) }), 0)[0]![1];
  expect(told({ callsWithoutPrice: 12 })).toBe('model:a: 12 calls, 84k tokens in, 950 out; no price known');
  expect(told({ dollars: 0.4, inputTokens: 1.24e6 })).toBe(
    'model:a: 12 calls, 1.2M tokens in, 950 out, $0.40',
  );
  expect(told({ dollars: 0.4, callsWithoutPrice: 3 })).toMatch(/\$0\.40 for those with a price$/);
});

test('a model that cannot think is named with the reason, made printable, and who thinks meanwhile', () => {
  const failing = new Map([['model:a', { reason: '401 \u001b[31mno', at: 1000 }]]);
  const [[title, text]] = modelFacts(stateWith({ failing }), 61_000) as [readonly [string, string]];
  expect(title).toBe('no thought');
  expect(text).toBe('model:a, 1m ago: 401 no; search thinks meanwhile, and it is asked again');
});
