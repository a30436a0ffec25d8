import { expect, test } from 'vitest';
import { scriptedResearcher, researchLab } from './session.ts';
import { createTemporaryLab } from './temporary-lab.ts';

const value = (number: number) => `export const value = ${number};\n`;

test('a study keeps what is better than its parent and discards what is not', async () => {
  using lab = createTemporaryLab();
  const { ending, state } = await researchLab(lab, {
    researcher: scriptedResearcher([value(9), value(11), value(8)]),
  });
  expect(ending).toEqual({ kind: 'exhausted' });
  const words = [...state.experiments.values()].map((experiment) =>
    experiment.status === 'judged' ? experiment.verdict.kind : experiment.status,
  );
  expect(words).toContain('keep');
  console.log(words, [...state.ended.values()].map((t) => JSON.stringify(t.outcome)));
});
