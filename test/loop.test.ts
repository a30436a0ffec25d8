import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { greedy } from '../src/decide/greedy.ts';
import { isRunning } from '../src/decide/result.ts';
import type { Commit } from '../src/model/identity.ts';
import type { Judge } from '../src/model/judge.ts';
import { endedTrialsOf, type StudyState } from '../src/model/study.ts';
import { scratchFolder } from '../src/process/testing.ts';
import type { Session } from '../src/session.ts';
import { draftingResearcher, researchLab, scriptedResearcher, verdictsOf } from './session.ts';
import { createTemporaryLab, type TemporaryLab } from './temporary-lab.ts';

const value = (number: number) => `export const value = ${number};\n`;

/** The verdict's word of each experiment that was not set aside, in the order of the ledger. */
function words(state: StudyState): string[] {
  return verdictsOf(state).map(({ verdict }) => verdict);
}

function championFile(lab: TemporaryLab, state: StudyState, path: string): string {
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
    { verdict: 'discard', reason: 'worse by 1 points' },
  ]);
  expect(championFile(lab, state, 'value.mjs')).toBe('export const value = 9;');
});

/** Whoever lowered `a` alone waits until somebody who lowered `b` has begun: both stand on the baseline. */
const sideBySide = (meeting: string) => `
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { a } from './a.mjs';
import { b } from './b.mjs';
const begun = '${meeting}/b-has-begun';
if (b < 10) writeFileSync(begun, '');
while (a < 10 && b === 10 && !existsSync(begun)) await setTimeout(10);
console.log(\`score: \${a + b}\`);
`;

test('of two gains found side by side both end up in the champion', async () => {
  const meeting = scratchFolder();
  using lab = createTemporaryLab({
    program: ['edit: [a.mjs, b.mjs]', `sandbox: { write: ["${meeting}"] }`],
    files: {
      'a.mjs': 'export const a = 10;\n',
      'b.mjs': 'export const b = 10;\n',
      'run.mjs': sideBySide(meeting),
    },
  });
  const researcher = draftingResearcher([
    [{ kind: 'write', path: 'a.mjs', content: 'export const a = 5;\n' }],
    [{ kind: 'write', path: 'b.mjs', content: 'export const b = 6;\n' }],
  ]);
  const { state } = await researchLab(lab, { researcher, slots: 2 });
  expect(words(state)).toEqual(['keep', 'keep', 'keep']);
  expect(championFile(lab, state, 'a.mjs')).toBe('export const a = 5;');
  expect(championFile(lab, state, 'b.mjs')).toBe('export const b = 6;');
  expect([...state.experiments.values()].at(-1)?.proposal.origin.kind).toBe('merge');
});

test('a stopped study goes on where it was, and judges nothing twice', async () => {
  using lab = createTemporaryLab();
  const researcher = scriptedResearcher([value(9), value(8), value(7), value(6)]);
  const first = await researchLab(lab, { researcher, limits: [{ kind: 'experiments', count: 2 }] });
  expect(first.ending).toMatchObject({ kind: 'limit', whose: 'run' });
  const second = await researchLab(lab, { researcher });
  expect(second.state.study.study).toBe(first.state.study.study);
  expect(words(second.state)).toEqual(['keep', 'keep', 'keep', 'keep']);
  expect(championFile(lab, second.state, 'value.mjs')).toBe('export const value = 6;');
});

test('a limit on experiments counts those that only wait for their parent', async () => {
  using lab = createTemporaryLab({
    files: {
      'value.mjs': value(10),
      // The baseline takes long enough for a second slot to try several candidates.
      'run.mjs':
        "import { value } from './value.mjs';\n" +
        "setTimeout(() => console.log('score:', value), value === 10 ? 2000 : 0);\n",
    },
  });
  const { state } = await researchLab(lab, {
    researcher: scriptedResearcher([value(9), value(8), value(7)]),
    slots: 2,
    limits: [{ kind: 'experiments', count: 1 }],
  });
  expect(words(state)).toEqual(['keep']);
  expect([...state.ended.values()].map(({ purpose }) => purpose).toSorted()).toEqual([
    'candidate',
    'champion',
  ]);
});

/** Runs each idea twice before its verdict, and would always rather begin another one. */
function fickle(second: 'wants' | 'forgets'): Judge {
  return (state, freeSlots, context) => {
    const { verdicts, wanted, ...decision } = greedy(state, 99, context);
    const completed = (commit: Commit) => endedTrialsOf(state, commit).length;
    const begun = [...state.open].map((id) => state.experiments.get(id)!.proposal.commit);
    const once = begun.filter((commit) => completed(commit) === 1 && !isRunning(state, commit));
    const again = once.map((commit) => ({ commit, purpose: 'candidate', seed: 7, worth: 0 }) as const);
    return {
      ...decision,
      verdicts: verdicts.filter(
        ({ experiment }) => completed(state.experiments.get(experiment)!.proposal.commit) > 1,
      ),
      wanted: [...wanted, ...(second === 'wants' ? again : [])].slice(0, freeSlots),
    };
  };
}

test('what a limit forbids to begin keeps no slot from what has begun', async () => {
  using lab = createTemporaryLab();
  const { ending, state } = await researchLab(lab, {
    researcher: scriptedResearcher([value(9), value(8), value(7)]),
    judge: fickle('wants'),
    limits: [{ kind: 'experiments', count: 1 }],
  });
  expect(ending).toMatchObject({ kind: 'limit', whose: 'run' });
  expect(words(state)).toEqual(['keep']);
  expect([...state.ended.values()].map(({ purpose }) => purpose)).toEqual([
    'champion',
    'candidate',
    'candidate',
  ]);
});

test('a run ends where the verdicts that are left belong to what the judge wants nothing more of', async () => {
  using lab = createTemporaryLab();
  const { ending, state } = await researchLab(lab, {
    researcher: scriptedResearcher([value(9), value(8), value(7)]),
    judge: fickle('forgets'),
    limits: [{ kind: 'experiments', count: 1 }],
  });
  expect(ending).toMatchObject({ kind: 'limit', whose: 'run', limit: { count: 1 } });
  expect(words(state)).toEqual([]);
});

test('the time in which a study is paused uses up none of its run', async () => {
  using lab = createTemporaryLab();
  const { name, propose } = scriptedResearcher([value(9)]);
  const resumed = Promise.withResolvers<void>();
  let hours = 0;
  async function pauseForAnHour({ ask, engine: { ledger } }: Session): Promise<void> {
    await vi.waitFor(() => expect(ledger.state.activity).toBe('running'), 20_000);
    ask('pause');
    await vi.waitFor(() => expect(ledger.state.activity).toBe('paused'), 20_000);
    hours = 1;
    ask('resume');
    resumed.resolve();
  }
  const { ending, state } = await researchLab(lab, {
    researcher: {
      name,
      propose: async (...asked) => {
        await resumed.promise;
        return propose(...asked);
      },
    },
    limits: [{ kind: 'time', seconds: 1800 }],
    now: () => Date.now() + hours * 3_600_000,
    during: (session) => void pauseForAnHour(session),
  });
  expect(words(state)).toEqual(['keep']);
  expect(ending).toEqual({ kind: 'exhausted' });
});

test("every proposal's commit stays reachable, kept or not", async () => {
  using lab = createTemporaryLab();
  const { state } = await researchLab(lab, { researcher: scriptedResearcher([value(9), value(12)]) });
  for (const { proposal } of state.experiments.values()) {
    const ref = `refs/ratchet/${state.study.study}/${proposal.experiment}`;
    expect(lab.git('rev-parse', ref)).toBe(proposal.commit);
  }
});

test('what a trial reported on its way is kept as its curve', async () => {
  using lab = createTemporaryLab({
    files: {
      'value.mjs': value(10),
      'run.mjs': `
import { appendFileSync } from 'node:fs';
import { value } from './value.mjs';
for (const progress of [0.5, 1]) appendFileSync(process.env.RATCHET_METRICS, JSON.stringify({ progress, loss: value / progress }) + '\\n');
console.log('score: ' + value);
`,
    },
  });
  const { state } = await researchLab(lab, { researcher: scriptedResearcher([]) });
  const curve = join(lab.folder, '.ratchet', state.study.study, 'trials', '1', 'curve.jsonl');
  const points = readFileSync(curve, 'utf8').trim().split('\n');
  expect(points.map((line) => JSON.parse(line))).toEqual([
    { progress: 0.5, values: { loss: 20 } },
    { progress: 1, values: { loss: 10 } },
  ]);
});
