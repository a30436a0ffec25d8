import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { researchLab, scriptedResearcher } from './session.ts';
import { createTemporaryLab, type TemporaryLab } from './temporary-lab.ts';

/** Brings the study one verdict further. */
async function goOn(lab: TemporaryLab, number: number) {
  const researcher = scriptedResearcher([`export const value = ${number};\n`]);
  return (await researchLab(lab, { researcher })).state;
}

/** A study that was worked on twice from one point: once in its ledger, and once in its copy. */
async function forkStudy(lab: TemporaryLab): Promise<string> {
  const { study } = (await researchLab(lab, { researcher: scriptedResearcher([]) })).state.study;
  const copy = `refs/ratchet/${study}/ledger`;
  const state = join(lab.folder, '.ratchet');
  const saved = join(lab.root, '..', 'saved');
  cpSync(state, saved, { recursive: true });
  const before = lab.git('rev-parse', copy);
  await goOn(lab, 9);
  const other = lab.git('rev-parse', copy);
  rmSync(state, { recursive: true });
  cpSync(saved, state, { recursive: true });
  lab.git('update-ref', copy, before);
  await goOn(lab, 8);
  lab.git('update-ref', copy, other);
  return copy;
}

test('a ledger and a copy of different histories end the engine with two mends, and either one works', async () => {
  for (const keep of ['ledger', 'copy'] as const) {
    using lab = createTemporaryLab();
    const copy = await forkStudy(lab);
    const message = await goOn(lab, 7).then(String, (fault: Error) => fault.message);
    expect(message).toContain('differs from the ledger from entry');
    expect(message).toContain(`git update-ref -d ${copy}`);
    if (keep === 'ledger') lab.git('update-ref', '-d', copy);
    else rmSync(join(lab.folder, '.ratchet', copy.split('/')[2] ?? '', 'ledger.sqlite'));
    const state = await goOn(lab, 7);
    const first = [...state.experiments.values()][0]?.proposal.commit;
    expect(lab.git('show', `${first}:value.mjs`)).toBe(`export const value = ${keep === 'ledger' ? 8 : 9};`);
  }
});
