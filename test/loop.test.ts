import { expect, test } from 'vitest';
import type { Draft } from '../src/model/proposal.ts';
import type { StudyState } from '../src/model/study.ts';
import { researchLab, scriptedResearcher, verdictsOf } from './session.ts';
import { createTemporaryLab } from './temporary-lab.ts';

const value = (number: number) => `export const value = ${number};\n`;

/** The verdict's word of each experiment that got one, in the order of the ledger. */
function words(state: StudyState): string[] {
  return [...state.experiments.values()].flatMap((experiment) =>
    experiment.status === 'judged' ? experiment.verdict.kind : [],
  );
}

function championContent(lab: { git(...args: string[]): string }, state: StudyState, path: string): string {
  return lab.git('show', `ratchet/${state.study.study}:${path}`);
}

test('a study keeps what is better than its parent and discards what is not', async () => {
  using lab = createTemporaryLab();
  const { ending, state } = await researchLab(lab, {
    researcher: scriptedResearcher([value(11), value(9), value(10)]),
  });
  expect(ending).toEqual({ kind: 'exhausted' });
  expect(verdictsOf(state)).toEqual([
    { verdict: 'discard', reason: 'worse by 1 points' },
    { verdict: 'keep', reason: 'better by 1 points' },
    { verdict: 'discard', reason: 'no difference' },
  ]);
});
