import { expect, test } from 'vitest';
import { studyFolder } from '../src/lab/folder.ts';
import type { LedgerEntry, StudyEvent } from '../src/model/event.ts';
import type { ExperimentId } from '../src/model/identity.ts';
import type { Judge } from '../src/model/judge.ts';
import { championOn, type StudyState } from '../src/model/study.ts';
import type { EndedTrial } from '../src/model/trial.ts';
import { readLedger } from '../src/record/reader.ts';
import { adjusted } from './scripted-judge.ts';
import { draftingResearcher, researchLab, scriptedResearcher } from './session.ts';
import { createTemporaryLab, type TemporaryLab } from './temporary-lab.ts';

const value = (number: number) => `export const value = ${number};\n`;
const write = (path: string, content: string) => ({ kind: 'write', path, content }) as const;

/** The score is the sum of two files; lowering `a`, then `b`, are two changes that do not touch each other. */
function createSumLab(program: readonly string[] = []): TemporaryLab {
  return createTemporaryLab({
    program: ['edit: [a.mjs, b.mjs, c.mjs]', ...program],
    files: {
      'a.mjs': value(10),
      'b.mjs': value(10),
      'c.mjs': value(10),
      'run.mjs': `
import { value as a } from './a.mjs';
import { value as b } from './b.mjs';
import { value as c } from './c.mjs';
console.log('score:', a + b + c + Number(process.env.EXTRA ?? 0));
`,
    },
  });
}

const LOWER = [[write('a.mjs', value(5))], [write('b.mjs', value(6))], [write('c.mjs', value(7))]];

const stackOf = (state: StudyState) => championOn(state, state.engine!.hardware).stack;
const championOf = (state: StudyState) => championOn(state, state.engine!.hardware).commit;

function fileOf(lab: TemporaryLab, commit: string, path: string): string {
  return `${lab.git('show', `${commit}:${path}`)}\n`;
}

function eventsOf(lab: TemporaryLab, state: StudyState): StudyEvent[] {
  const opened = readLedger(studyFolder(lab.folder, state.study.study).ledger);
  if (opened.kind !== 'open') throw new Error(opened.kind);
  using reader = opened.reader;
  return [...reader.entries()].map(({ event }: LedgerEntry) => event);
}

/** The experiment that a script was kept as; those set aside before had other numbers. */
function keptAs(state: StudyState, script: number): ExperimentId | undefined {
  const kept = [...state.experiments.values()].find(
    (experiment) =>
      experiment.proposal.edit === `script=${script}` &&
      experiment.status === 'judged' &&
      experiment.verdict.kind === 'keep',
  );
  return kept?.proposal.experiment;
}

/** Withdraws a script once the champion has two changes, for as long as it is part of one. */
function withdrawing(script: number): Judge {
  return adjusted((_, state) => {
    const stack = stackOf(state);
    const experiment = keptAs(state, script);
    const leaves = stack.length > 1 && experiment !== undefined && stack.includes(experiment);
    return { withdrawals: leaves ? [{ experiment, reason: 'no better than without it' }] : [] };
  });
}

function withdrawalsOf(lab: TemporaryLab, state: StudyState) {
  return eventsOf(lab, state).flatMap((event) =>
    event.kind === 'champion-move' && event.cause.kind === 'withdrawal' ? event : [],
  );
}

test('a withdrawn change leaves the champion by a new commit, and what was kept after it stays', async () => {
  using lab = createSumLab();
  const { ending, state } = await researchLab(lab, {
    researcher: draftingResearcher(LOWER),
    judge: withdrawing(1),
  });
  expect(ending).toEqual({ kind: 'exhausted' });
  const [first, second, third] = [1, 2, 3].map((script) => keptAs(state, script)!);
  expect(state.withdrawn).toEqual(new Map([[first, 'no better than without it']]));
  expect(stackOf(state)).toEqual([second, third]);
  expect(state.unmerged.size).toBe(0);
  const champion = championOf(state);
  expect(['a.mjs', 'b.mjs', 'c.mjs'].map((path) => fileOf(lab, champion, path))).toEqual(
    [10, 6, 7].map(value),
  );
  const branch = `ratchet/${state.study.study}`;
  expect(lab.git('rev-parse', branch)).toBe(champion);
  const [move] = withdrawalsOf(lab, state);
  expect(move).toMatchObject({ from: state.experiments.get(second!)?.proposal.commit, stack: [second] });
  const without = move?.to ?? '';
  expect(lab.git('rev-parse', `refs/ratchet/${state.study.study}/without/${without}`)).toBe(without);
  expect(lab.git('log', '-1', '--format=%s', without)).toBe(`Take out #${first}: write script 1`);
  expect(lab.git('merge-base', '--is-ancestor', without, branch)).toBe('');
});

test('a study that ends on a champion without a change has its branch there, and goes on from there', async () => {
  using lab = createSumLab();
  const run = (scripts: number) =>
    researchLab(lab, { researcher: draftingResearcher(LOWER.slice(0, scripts)), judge: withdrawing(2) });
  const { state } = await run(2);
  expect(stackOf(state)).toEqual([keptAs(state, 1)]);
  expect(state.trialsOf.has(championOf(state))).toBe(true);
  expect(lab.git('rev-parse', `ratchet/${state.study.study}`)).toBe(championOf(state));
  const resumed = await run(3);
  expect(lab.git('rev-parse', `ratchet/${state.study.study}`)).toBe(championOf(resumed.state));
  expect(fileOf(lab, championOf(resumed.state), 'b.mjs')).toBe(value(10));
  expect(fileOf(lab, championOf(resumed.state), 'c.mjs')).toBe(value(7));
});

test('what waits on a champion that loses a change is set aside, and proposed on the one without it', async () => {
  using lab = createSumLab();
  const judge = adjusted((_, state) => {
    const [, second] = stackOf(state);
    const waits = [...state.open].some(
      (id) => state.experiments.get(id)?.proposal.parent === championOf(state),
    );
    const leaves = second !== undefined && waits && state.withdrawn.size === 0;
    return { withdrawals: leaves ? [{ experiment: second, reason: 'luck' }] : [] };
  });
  const { state } = await researchLab(lab, { researcher: draftingResearcher(LOWER), judge });
  const [move] = withdrawalsOf(lab, state);
  const thirds = [...state.experiments.values()].filter(({ proposal }) => proposal.edit === 'script=3');
  const onIt = thirds.filter(({ proposal }) => proposal.parent === move?.from);
  expect(onIt).toMatchObject([{ status: 'set-aside', reason: 'the champion moved before it ran' }]);
  const after = thirds.filter(({ proposal }) => proposal.parent === move?.to);
  expect(after).toMatchObject([{ status: 'judged', verdict: { kind: 'keep' } }]);
  expect(stackOf(state)).toEqual([keptAs(state, 1), keptAs(state, 3)]);
});

test('a change that others build on stays, which is said once, however often its withdrawal is asked', async () => {
  using lab = createTemporaryLab();
  const { ending, state } = await researchLab(lab, {
    researcher: scriptedResearcher([value(9), value(8)]),
    judge: withdrawing(1),
  });
  expect(ending).toEqual({ kind: 'exhausted' });
  expect(stackOf(state)).toEqual([keptAs(state, 1), keptAs(state, 2)]);
  const conflicts = eventsOf(lab, state).filter(({ kind }) => kind === 'switch-conflict');
  const where = { champion: championOf(state), paths: ['value.mjs'] };
  expect(conflicts).toMatchObject([{ experiment: keptAs(state, 1), ...where }]);
  expect(state.withdrawn.size).toBe(0);
});

test('both of two withdrawals in one decision are carried out, the second on the champion that the first left', async () => {
  using lab = createSumLab();
  const judge = adjusted((_, state) => {
    const stack = stackOf(state);
    const leave = stack.length === 3 ? stack.slice(0, 2) : [];
    return { withdrawals: leave.map((experiment) => ({ experiment, reason: 'luck' })) };
  });
  const { state } = await researchLab(lab, { researcher: draftingResearcher(LOWER), judge });
  expect([...state.withdrawn.keys()]).toEqual([keptAs(state, 1), keptAs(state, 2)]);
  expect(withdrawalsOf(lab, state).map(({ stack }) => stack.length)).toEqual([2, 1]);
  expect(['a.mjs', 'b.mjs', 'c.mjs'].map((path) => fileOf(lab, championOf(state), path))).toEqual(
    [10, 10, 7].map(value),
  );
});

/** Trials of a champion for which coins were tossed, oldest first. */
function withoutSome(state: StudyState): EndedTrial[] {
  return [...state.ended.values()].filter(({ switchedOff }) => switchedOff);
}

/** Wants the champion without these scripts, so many times, once it has two changes. */
function switching(scripts: readonly number[], times: number): Judge {
  return adjusted((decision, state, freeSlots) => {
    const champion = championOf(state);
    const tried = (state.switchedOff.get(champion) ?? []).length;
    const isReady = state.open.size === 0 && stackOf(state).length === 2 && tried < times;
    if (!isReady || freeSlots === 0) return {};
    const experiments = scripts.map((script) => keptAs(state, script)!);
    const switchedOff = { champion, tossed: stackOf(state), experiments };
    const trial = { commit: champion, purpose: 'certify', seed: 5 + tried, worth: 1, switchedOff } as const;
    return { wanted: [trial, ...decision.wanted].slice(0, freeSlots) };
  });
}

test('a champion without some of its changes is run as a commit of its own, made once', async () => {
  using lab = createSumLab();
  const researcher = draftingResearcher(LOWER.slice(0, 2));
  const { ending, state } = await researchLab(lab, { researcher, judge: switching([1], 2) });
  expect(ending).toEqual({ kind: 'exhausted' });
  const champion = championOf(state);
  const trials = withoutSome(state);
  const experiments = [keptAs(state, 1)];
  expect(trials).toMatchObject([
    { seed: 5, outcome: { measurement: { value: 26 } }, switchedOff: { champion, experiments } },
    { seed: 6, outcome: { measurement: { value: 26 } } },
  ]);
  const [commit, again] = trials.map((trial) => trial.commit);
  expect(again).toBe(commit);
  expect(state.trialsOf.get(commit!)).toEqual(trials.map(({ trial }) => trial));
  expect(lab.git('rev-parse', `refs/ratchet/${state.study.study}/without/${commit}`)).toBe(commit);
  expect(fileOf(lab, commit!, 'a.mjs')).toBe(value(10));
  expect(fileOf(lab, commit!, 'b.mjs')).toBe(value(6));
});

test('where each coin leaves its change in, the champion itself is run', async () => {
  using lab = createSumLab();
  const researcher = draftingResearcher(LOWER.slice(0, 2));
  const { state } = await researchLab(lab, { researcher, judge: switching([], 1) });
  expect(withoutSome(state)).toMatchObject([
    { commit: championOf(state), outcome: { measurement: { value: 21 } } },
  ]);
  expect(lab.git('for-each-ref', `refs/ratchet/${state.study.study}/without`)).toBe('');
});

test('several changes are taken out together, though one builds on the other', async () => {
  using lab = createTemporaryLab();
  const researcher = scriptedResearcher([value(9), value(8)]);
  const { state } = await researchLab(lab, { researcher, judge: switching([1, 2], 1) });
  expect(withoutSome(state)).toMatchObject([{ outcome: { kind: 'completed', measurement: { value: 10 } } }]);
  expect(eventsOf(lab, state).map(({ kind }) => kind)).not.toContain('switch-conflict');
});

test('what cannot be taken out is not run without, and the ledger says so once', async () => {
  using lab = createTemporaryLab();
  const researcher = scriptedResearcher([value(9), value(8)]);
  const insisting = switching([1], 3);
  const judge: Judge = (state, freeSlots, context) => {
    const decision = insisting(state, freeSlots, context);
    const isKnown = state.inseparable.has(championOf(state));
    return isKnown
      ? { ...decision, wanted: decision.wanted.filter((trial) => !trial.switchedOff) }
      : decision;
  };
  const { ending, state } = await researchLab(lab, { researcher, judge });
  expect(ending).toEqual({ kind: 'exhausted' });
  expect(state.switchedOff.size).toBe(0);
  const conflicts = eventsOf(lab, state).filter(({ kind }) => kind === 'switch-conflict');
  const where = { champion: championOf(state), paths: ['value.mjs'] };
  expect(conflicts).toMatchObject([{ experiment: keptAs(state, 1), ...where }]);
});

test('the commits of trials without a change come back when their refs are lost', async () => {
  using lab = createSumLab();
  const researcher = draftingResearcher(LOWER.slice(0, 2));
  const { state } = await researchLab(lab, { researcher, judge: switching([1], 1) });
  const refs = () =>
    lab.git('for-each-ref', '--format=%(refname)', `refs/ratchet/${state.study.study}/without`);
  const before = refs();
  expect(before).toBe(`refs/ratchet/${state.study.study}/without/${withoutSome(state)[0]?.commit}`);
  lab.git('update-ref', '-d', before);
  await researchLab(lab, { researcher, judge: switching([1], 1) });
  expect(refs()).toBe(before);
});

test('a champion that lost a change is the commit that was tried without it', async () => {
  using lab = createSumLab();
  const tried = switching([1], 1);
  const judge: Judge = (state, freeSlots, context) => {
    const experiment = keptAs(state, 1);
    const leaves =
      withoutSome(state).length > 0 && experiment !== undefined && stackOf(state).includes(experiment);
    const withdrawals = leaves ? [{ experiment, reason: 'worthless' }] : [];
    return { ...tried(state, freeSlots, context), withdrawals };
  };
  const researcher = draftingResearcher(LOWER.slice(0, 2));
  const { state } = await researchLab(lab, { researcher, judge });
  expect(championOf(state)).toBe(withoutSome(state)[0]?.commit);
  expect(stackOf(state)).toEqual([keptAs(state, 2)]);
});

test('certificates are written with the verdicts of the same decision, and before them', async () => {
  using lab = createSumLab();
  const judge = adjusted(({ verdicts }, state) => {
    const [experiment] = stackOf(state);
    if (state.certificates.length > 0 || experiment === undefined || verdicts.length === 0) return {};
    const of = { kind: 'change', experiment, champion: championOf(state) } as const;
    const effect = { value: 5, low: 4, high: 6 };
    return { certificates: [{ of, method: 'pairs', logE: 7, effect, trials: 8 } as const] };
  });
  const researcher = draftingResearcher(LOWER.slice(0, 2));
  const { state } = await researchLab(lab, { researcher, judge });
  expect(state.certificates).toHaveLength(1);
  const kinds = eventsOf(lab, state).map(({ kind }) => kind);
  expect(kinds.slice(kinds.indexOf('certificate')).slice(0, 3)).toEqual([
    'certificate',
    'verdict',
    'champion-move',
  ]);
});

test('a trial of a larger setting has its environment, no other has, and it says nothing of the commit', async () => {
  using lab = createSumLab(['transfer: { env: { EXTRA: 100 } }']);
  const judge = adjusted((decision, state, freeSlots) => {
    const trials = [...state.ended.values(), ...state.running.values()];
    const hasRun = trials.some(({ purpose }) => purpose === 'transfer');
    if (hasRun || freeSlots === 0) return {};
    const trial = { commit: state.study.baseline, purpose: 'transfer', seed: 3, worth: 9 } as const;
    return { wanted: [trial, ...decision.wanted].slice(0, freeSlots) };
  });
  const { state } = await researchLab(lab, { researcher: draftingResearcher(LOWER.slice(0, 1)), judge });
  const values = [...state.ended.values()].map(({ purpose, outcome }) => [
    purpose,
    outcome.kind === 'completed' ? outcome.measurement.value : outcome,
  ]);
  expect(values).toEqual([
    ['transfer', 130],
    ['champion', 30],
    ['candidate', 25],
  ]);
  expect([...state.experiments.values()]).toMatchObject([
    { verdict: { kind: 'keep', evidence: { gain: 5 } } },
  ]);
});
