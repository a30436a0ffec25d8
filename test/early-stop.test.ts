import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { WantedTrial } from '../src/model/judge.ts';
import type { StudyState } from '../src/model/study.ts';
import { processTable } from '../src/process/this-machine.ts';
import { adjusted, createStreamingLab, impatient } from './scripted-judge.ts';
import { researchLab, scriptedResearcher } from './session.ts';

const value = (number: number) => `export const value = ${number};\n`;

/** The processes that stand in a slot of the lab: a trial itself knows them by other numbers. */
function processesIn({ folder }: { folder: string }): string[] {
  const table = processTable();
  return table
    .pids()
    .filter(
      (pid) => table.row(pid)?.alive && (table.workingFolder(pid) ?? '').startsWith(`${folder}/.ratchet/`),
    )
    .map((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
}

function trialsOf(state: StudyState) {
  return [...state.ended.values()].map(({ outcome, slot, seed }) => ({ kind: outcome.kind, slot, seed }));
}

test('a hopeless trial is stopped with all its processes, its idea parked, and tried again when the queue is empty', async () => {
  using lab = createStreamingLab();
  const running: string[] = [];
  const left: string[] = [];
  const judge = impatient((moment) => {
    if (moment === 'asked') running.push(...processesIn(lab));
    if (moment === 'ended') left.push(...processesIn(lab));
  });
  const researcher = scriptedResearcher([value(12), value(9)]);
  const { ending, state } = await researchLab(lab, { researcher, judge });
  expect(ending).toEqual({ kind: 'exhausted' });
  expect(running).toContain('sleep');
  expect(left).toEqual([]);
  expect(trialsOf(state)).toMatchObject([
    { kind: 'completed', slot: 0 },
    { kind: 'stopped', slot: 0 },
    { kind: 'completed', slot: 0 },
    { kind: 'completed', slot: 0, seed: 2 },
  ]);
  const [, stopped] = state.ended.values();
  expect(stopped).toMatchObject({
    outcome: {
      forecast: { progress: 0.2, gain: -2, deviation: 0.5 },
      reason: 'worse than the champion was by then',
    },
    curve: [{ progress: 0.2, values: { loss: 12 } }],
  });
  const [first, second] = state.experiments.values();
  expect(first).toMatchObject({ verdict: { kind: 'discard', reason: 'worse at its end too' } });
  expect(second).toMatchObject({ verdict: { kind: 'keep' } });
  expect(state).toMatchObject({ judged: 2, parked: new Set() });
});

test('a limit on experiments counts an idea once, however often it is judged', async () => {
  using lab = createStreamingLab();
  const { ending, state } = await researchLab(lab, {
    researcher: scriptedResearcher([value(12), value(13), value(9)]),
    judge: impatient(),
    limits: [{ kind: 'experiments', count: 2 }],
  });
  expect(ending).toMatchObject({ kind: 'limit', whose: 'run' });
  expect(state.judged).toBe(2);
  expect(state.parked).toEqual(new Set([1, 2]));
});

test('a limit on experiments holds for ideas that begin with an audit too', async () => {
  using lab = createStreamingLab();
  const judge = adjusted(({ wanted }) => ({
    wanted: wanted.map(
      (trial): WantedTrial => (trial.purpose === 'candidate' ? { ...trial, purpose: 'audit' } : trial),
    ),
  }));
  const { state } = await researchLab(lab, {
    researcher: scriptedResearcher([value(9), value(8), value(7)]),
    judge,
    slots: 2,
    limits: [{ kind: 'experiments', count: 1 }],
  });
  expect(state.judged).toBe(1);
  expect([...state.ended.values()].filter(({ purpose }) => purpose === 'audit')).toHaveLength(1);
});

test('what a stopped and a whole trial told at the checkpoints is in the ledger, with the last point', async () => {
  using lab = createStreamingLab();
  const { state } = await researchLab(lab, {
    researcher: scriptedResearcher([value(12)]),
    judge: impatient(),
  });
  const curves = [...state.ended.values()].map(({ curve }) => curve.map(({ progress }) => progress));
  expect(curves).toEqual([[0.2, 1], [0.2], [0.2, 1]]);
});

const ENGINE = fileURLToPath(new URL('fixtures/dying-engine.ts', import.meta.url));

test.for([
  { at: 'asked', delay: 'now' },
  { at: 'asked', delay: '0' },
  { at: 'asked', delay: '8' },
  { at: 'ended', delay: 'now' },
  { at: 'ended', delay: '0' },
])('an engine that dies when a stop is $at ($delay ms later) is resumed whole', async ({ at, delay }) => {
  using lab = createStreamingLab();
  const child = spawn(process.execPath, [ENGINE, lab.folder, at, delay], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
  const { state } = await researchLab(lab, {
    researcher: scriptedResearcher([value(12), value(9)]),
    judge: impatient(),
    ended: ({ engine }) => expect(engine.board.free()).toEqual([0]),
  });
  expect(processesIn(lab)).toEqual([]);
  expect(state.running.size).toBe(0);
  expect(trialsOf(state).filter(({ kind }) => kind === 'stopped')).toHaveLength(1);
  const [first, second] = state.experiments.values();
  expect(first).toMatchObject({ verdict: { kind: 'discard', reason: 'worse at its end too' } });
  expect(second).toMatchObject({ verdict: { kind: 'keep' } });
  expect(state.judged).toBe(2);
});
