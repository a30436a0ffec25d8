import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { type CrashLab, createCrashLab, filesBelow, studiesOf } from './crash-lab.ts';
import { startEngine, until } from './engine.ts';
import { expectWholeStudies, runningTrialsOf, verdictsOf } from './invariants.ts';
import { expectMessage } from './survive.ts';
import { userStateOf } from './user-state.ts';

const SLOW = { program: ['run: sleep 0.2; sh run.sh'] };

function removeState(lab: CrashLab): void {
  rmSync(join(lab.folder, '.ratchet'), { recursive: true, force: true, maxRetries: 20 });
}

test('a study whose state folder was deleted is restored from its copy in git', async () => {
  using lab = createCrashLab();
  const first = await startEngine(lab, { experiments: 3 }).ended;
  const [study] = studiesOf(lab);
  removeState(lab);
  const second = await startEngine(lab, { experiments: 2 }).ended;
  expect(second).toMatchObject({ code: 0, stderr: '' });
  expect(second.stdout).toContain('the ledger was missing, and was restored');
  expect(studiesOf(lab)).toEqual([study]);
  const acknowledged = [...first.acknowledged, ...second.acknowledged];
  await expectWholeStudies(lab, { verdicts: 5, acknowledged });
});

test('git clean -fdx between two runs takes nothing of a study with it', async () => {
  using lab = createCrashLab();
  const first = await startEngine(lab, { experiments: 3 }).ended;
  lab.git('clean', '-ffdxq');
  const before = userStateOf(lab);
  const second = await startEngine(lab, { experiments: 2 }).ended;
  expect(second).toMatchObject({ code: 0, stderr: '' });
  const acknowledged = [...first.acknowledged, ...second.acknowledged];
  await expectWholeStudies({ ...lab, before }, { verdicts: 5, acknowledged });
});

test('a state folder that is deleted during a run ends it with a message, and the next run has every verdict', async () => {
  using lab = createCrashLab(SLOW);
  const engine = startEngine(lab, { experiments: 1000, slots: 2 });
  await engine.line(/ (keep|discard) /);
  removeState(lab);
  const first = await engine.ended;
  expectMessage(first);
  expect(first.acknowledged.length).toBeGreaterThan(0);
  // What the engine was about to write when it was told may be there again: nothing that a study needs.
  const second = await startEngine(lab, { experiments: 1 }).ended;
  expect(second, first.stderr).toMatchObject({ code: 0, stderr: '' });
  expect(second.stdout).toContain('the ledger was missing, and was restored');
  const acknowledged = [...first.acknowledged, ...second.acknowledged];
  await expectWholeStudies(lab, { verdicts: verdictsOf(lab), acknowledged });
});

test('a second run on the same study is refused with the pid of the first, which goes on', async () => {
  using lab = createCrashLab({
    program: ['run: sleep 600; sh run.sh', 'budget: { trial: 900s, grace: 10s }'],
  });
  const first = startEngine(lab, { experiments: 6 });
  await until('a trial is in flight', () => runningTrialsOf(lab) === 1);
  const second = await startEngine(lab, { experiments: 1 }).ended;
  expect(second.code).toBe(3);
  expect(second.stdout).toBe('');
  expect(second.stderr).toContain(`pid ${first.pid}`);
  expect(runningTrialsOf(lab)).toBe(1);
  first.child.kill('SIGTERM');
  expect(await first.ended).toMatchObject({ code: 0, stderr: '' });
  await expectWholeStudies(lab, { verdicts: 0, acknowledged: [] });
});

test('two studies of one lab at the same time do not collide', async () => {
  using lab = createCrashLab(SLOW);
  const first = startEngine(lab, { experiments: 5 });
  await first.line(/ engine /);
  const second = startEngine(lab, { experiments: 5, arguments: ['--new'] });
  const third = startEngine(lab, { experiments: 5, arguments: ['--new'] });
  for (const engine of [first, second, third]) {
    const ended = await engine.ended;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(new Set(ended.acknowledged.map(({ experiment }) => experiment)).size).toBe(5);
  }
  expect(studiesOf(lab)).toHaveLength(3);
  await expectWholeStudies(lab, { verdicts: 5, acknowledged: [] });
});

test('a ledger from a newer version is refused, and nothing is written', async () => {
  using lab = createCrashLab();
  await startEngine(lab, { experiments: 2 }).ended;
  const { ledger } = studiesOf(lab)[0]!.folder;
  const database = new DatabaseSync(ledger);
  database.exec('PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  const before = everything(lab);
  const refused = await startEngine(lab, { experiments: 2 }).ended;
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/^ratchet: the ledger .* has format 99, .*update Ratchet/);
  expect(everything(lab)).toEqual(before);
  expect(userStateOf(lab)).toEqual(lab.before);
});

/** All refs, and all files of the state folder with their bytes. */
function everything(lab: CrashLab): unknown {
  const state = join(lab.folder, '.ratchet');
  const files = filesBelow(state).map((path) => [path, readFileSync(join(state, path)).toString('base64')]);
  return { files, refs: execFileSync('git', ['for-each-ref'], { cwd: lab.root, encoding: 'utf8' }) };
}
