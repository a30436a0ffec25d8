import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attachGuest, guestsAttached } from '../src/engine/guests.ts';
import { leaveSuggestion, ticketState } from '../src/engine/suggestions.ts';
import { researchLab, scriptedResearcher } from './session.ts';
import { createTemporaryLab, SUM_OF_TWO, type TemporaryLab } from './temporary-lab.ts';

const value = (number: number) => `export const value = ${number};`;

function patchOf(file: string, from: number, to: number): string {
  return `--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-${value(from)}\n+${value(to)}\n`;
}

const leave = (lab: TemporaryLab, idea: string, patch: string, author?: string) =>
  leaveSuggestion(lab.folder, { idea, patch, ...(author === undefined ? {} : { author }) });

const research = (lab: TemporaryLab) => researchLab(lab, { researcher: scriptedResearcher([]) });

test('what was suggested on a champion that moved before it ran is carried over, an agent’s and a person’s alike', async () => {
  using lab = createTemporaryLab(SUM_OF_TWO);
  leave(lab, 'first', patchOf('a.mjs', 10, 8), 'agent');
  leave(lab, 'second', patchOf('b.mjs', 10, 7), 'agent');
  leave(lab, 'third, by a person', patchOf('b.mjs', 10, 9));
  const { state } = await research(lab);
  const told = [...state.experiments.values()].map((experiment) => {
    const { hypothesis, origin } = experiment.proposal;
    const how = experiment.status === 'judged' ? experiment.verdict.kind : experiment.status;
    return `${hypothesis}: ${how}, ${origin.kind === 'researcher' ? origin.name : origin.kind}`;
  });
  // The third may be taken before the second is carried over, or after.
  expect(told.toSorted()).toEqual([
    'first: keep, mcp (agent)',
    'second: keep, mcp (agent)',
    'second: set-aside, mcp (agent)',
    'third, by a person: set-aside, suggestion',
    // It conflicts with the second, which was kept meanwhile, and stays set aside.
    'third, by a person: set-aside, suggestion',
  ]);
});

test('a suggestion of an older version, without an author, is a person’s', async () => {
  using lab = createTemporaryLab();
  const folder = join(lab.folder, '.ratchet', 'suggestions');
  mkdirSync(folder, { recursive: true });
  const content = { idea: 'old', patch: patchOf('value.mjs', 10, 8) };
  writeFileSync(join(folder, '01700000000000-00000000.json'), JSON.stringify(content));
  const { state } = await research(lab);
  expect([...state.experiments.values()].map(({ proposal }) => proposal.origin)).toEqual([
    { kind: 'suggestion' },
  ]);
});

test('an agent’s patch with wrong line counts and blanks is read as it was meant', async () => {
  using lab = createTemporaryLab();
  const sloppy = `--- a/value.mjs\n+++ b/value.mjs\n@@ -1,7 +1,9 @@\n-${value(10).replace(' =', '  =')}\n+${value(8)}\n`;
  const ticket = leave(lab, 'sloppy', sloppy, 'agent');
  const { state } = await research(lab);
  expect(ticketState(lab.folder, ticket)).toEqual({ kind: 'gone' });
  expect([...state.experiments.values()][0]).toMatchObject({ status: 'judged', verdict: { kind: 'keep' } });
});

test('an agent’s patch may name its paths from the lab or from the top of the repository', async () => {
  using lab = createTemporaryLab({ below: 'labs/one', program: ['edit: [value.mjs, other.mjs]'] });
  leave(lab, 'from the lab', patchOf('value.mjs', 10, 9), 'agent');
  leave(lab, 'from the top', '--- /dev/null\n+++ b/labs/one/other.mjs\n@@ -0,0 +1 @@\n+// new\n', 'agent');
  const { state } = await research(lab);
  const judged = [...state.experiments.values()].flatMap((experiment) =>
    experiment.status === 'judged' ? `${experiment.proposal.hypothesis}: ${experiment.verdict.kind}` : [],
  );
  expect(judged).toEqual(['from the lab: keep', 'from the top: discard']);
});

test('why an agent’s patch was refused is kept for it, and no more than 200 of them', async () => {
  using lab = createTemporaryLab();
  const first = leave(lab, 'none fits', patchOf('value.mjs', 7, 8), 'agent');
  const own = leave(lab, 'nor does a person’s', patchOf('value.mjs', 7, 8));
  for (let count = 0; count < 200; count++) leave(lab, 'none fits', patchOf('other.mjs', 7, 8), 'agent');
  const last = leave(lab, 'none fits', patchOf('value.mjs', 7, 8), 'agent');
  await research(lab);
  expect(ticketState(lab.folder, last)).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('value.mjs'),
  });
  expect(ticketState(lab.folder, first)).toEqual({ kind: 'gone' });
  const left = readdirSync(join(lab.folder, '.ratchet', 'suggestions'));
  expect(left).toContain(`${own}.json.refused`);
  expect(left.length).toBeLessThanOrEqual(201);
});

test('an agent is attached until it goes, or until its server has not been heard of for a while', () => {
  using lab = createTemporaryLab();
  expect(guestsAttached(lab.folder)).toBe(false);
  {
    using _ = attachGuest(lab.folder);
    expect(guestsAttached(lab.folder)).toBe(true);
  }
  expect(guestsAttached(lab.folder)).toBe(false);
  const killed = join(lab.folder, '.ratchet', 'guests', '1-1');
  writeFileSync(killed, '');
  expect(guestsAttached(lab.folder)).toBe(true);
  utimesSync(killed, new Date(0), new Date(0));
  expect(guestsAttached(lab.folder)).toBe(false);
});
