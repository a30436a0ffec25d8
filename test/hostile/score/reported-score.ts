import { expect } from 'vitest';
import type { Attack } from '../attack.ts';

export const attack: Attack = {
  promise: 'a score that only the candidate tells is marked as reported, wherever it goes',
  scoring: 'candidate-reported',
  candidates: ['echo score: 2'],
  verdicts: ['keep: better by 8 points'],
  afterwards: (_, state) => {
    const sources = [...state.ended.values()].map(({ outcome }) =>
      outcome.kind === 'completed' ? outcome.measurement.source : outcome.kind,
    );
    expect(sources).toEqual(sources.map(() => 'candidate-reported'));
  },
};
