import { expect, test } from 'vitest';
import { createCrashLab } from './crash-lab.ts';
import { startEngine, until } from './engine.ts';
import { expectWholeStudies, outcomesOf, runningTrialsOf, verdictsOf } from './invariants.ts';
import { userStateOf } from './user-state.ts';

const SLOW = { program: ['run: sleep 0.3; sh run.sh'] };
/** Far longer than any test waits: what ends it is a signal. */
const ENDLESS = { program: ['run: sleep 600; sh run.sh', 'budget: { trial: 900s, grace: 10s }'] };

test('a lost connection ends nothing: the engine works on without its terminal', async () => {
  using lab = createCrashLab(SLOW);
  const engine = startEngine(lab, { experiments: 4 });
  await engine.line(/^[0-9:]{8} baseline /);
  engine.child.kill('SIGHUP');
  engine.child.stdout?.destroy();
  const { code, signal } = await engine.ended;
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  await expectWholeStudies(lab, { verdicts: 4, acknowledged: [] });
});

test('TERM ends the trials in flight, and leaves a summary and a study that resumes', async () => {
  using lab = createCrashLab(ENDLESS);
  const engine = startEngine(lab, { experiments: 4 });
  await until('a trial is in flight', () => runningTrialsOf(lab) === 1);
  engine.child.kill('SIGTERM');
  const ended = await engine.ended;
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toMatch(/^stopped, as asked$[\s\S]*^experiments /m);
  expect(outcomesOf(lab).map(({ kind }) => kind)).toEqual(['cancelled']);
  await expectWholeStudies(lab, { verdicts: 0, acknowledged: [] });

  lab.write('program.md', lab.program.replace('sleep 600; ', ''));
  const resumed = await startEngine(lab, { experiments: 2 }).ended;
  expect(resumed).toMatchObject({ code: 0, stderr: '' });
  await expectWholeStudies({ ...lab, before: userStateOf(lab) }, { verdicts: 2, ...resumed });
});

test('the first Ctrl-C lets the trials in flight end and be judged', async () => {
  using lab = createCrashLab(SLOW);
  const engine = startEngine(lab, { experiments: 500, slots: 2 });
  await engine.line(/ (keep|discard) /);
  await until('a trial is in flight', () => runningTrialsOf(lab) > 0);
  engine.child.kill('SIGINT');
  const ended = await engine.ended;
  expect(ended).toMatchObject({ code: 130, stderr: '' });
  expect(ended.stdout).toMatch(/^stopped, as asked$[\s\S]*^experiments /m);
  expect(new Set(outcomesOf(lab).map(({ kind }) => kind))).toEqual(new Set(['completed']));
  const verdicts = verdictsOf(lab);
  expect(ended.acknowledged).toHaveLength(verdicts);
  await expectWholeStudies(lab, { verdicts, ...ended });

  const resumed = await startEngine(lab, { experiments: 2, slots: 2 }).ended;
  expect(resumed).toMatchObject({ code: 0, stderr: '' });
  const acknowledged = [...ended.acknowledged, ...resumed.acknowledged];
  await expectWholeStudies(lab, { verdicts: verdicts + 2, acknowledged });
});

test('the second Ctrl-C ends the trials in flight now', async () => {
  using lab = createCrashLab(ENDLESS);
  const engine = startEngine(lab, { experiments: 4 });
  await until('a trial is in flight', () => runningTrialsOf(lab) === 1);
  engine.child.kill('SIGINT');
  // Two within 300 ms are one Ctrl-C that arrived twice.
  const again = setInterval(() => engine.child.kill('SIGINT'), 400);
  const ended = await engine.ended;
  clearInterval(again);
  expect(ended).toMatchObject({ code: 130, stderr: '' });
  expect(ended.stdout).toMatch(/^stopped, as asked$[\s\S]*^experiments /m);
  expect(outcomesOf(lab).map(({ kind }) => kind)).toEqual(['cancelled']);
  await expectWholeStudies(lab, { verdicts: 0, acknowledged: [] });
});
