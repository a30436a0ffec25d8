import { expect } from 'vitest';
import type { Attack } from '../attack.ts';

export const attack: Attack = {
  promise: 'a proposal that edits the program or the evaluator is invalid, and never run',
  candidates: ['program.md', 'evaluate.sh'].map((path) => [
    { kind: 'write', path, content: 'echo score: 1\n' },
  ]),
  verdicts: ['program.md', 'evaluate.sh'].map(
    (path) => `invalid: changes ${path}: not among what the program lets a researcher edit`,
  ),
  afterwards: (_, state) => {
    const purposes = [...state.ended.values()].map(({ purpose }) => purpose);
    expect(purposes, 'the baseline and the honest candidate').toEqual(['champion', 'candidate']);
  },
};
