import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRandom } from '../../src/model/random.ts';
import { type CrashLab, createCrashLab } from './crash-lab.ts';
import { type Acknowledged, ratchet, startEngine, until } from './engine.ts';
import { expectWholeStudies, lastTrialOf, outcomesOf, runningTrialsOf, verdictsOf } from './invariants.ts';
import { processesOf } from './processes.ts';
import { userStateOf } from './user-state.ts';

test('trials of a killed engine, and the daemons they made, end with it, are recorded as faults, and run again', async () => {
  using lab = createCrashLab(endless('setsid sleep 600 & sleep 600; sh run.sh'));
  await killWithTrials(lab, {});
  await until('nothing of them is left', async () => (await sleepersOf(lab)).length === 0);
  await expectRunAgain(lab, {}, '');
});

test('without a sandbox they are ended by the next engine, recorded as faults, and run again', async () => {
  using lab = createCrashLab(endless('setsid sleep 600 & sleep 600; sh run.sh'));
  const unconfined = { RATCHET_SANDBOX: 'none' };
  await killWithTrials(lab, unconfined);
  expect(await sleepersOf(lab)).toHaveLength(4);
  await expectRunAgain(lab, unconfined, '');
});

type Environment = Readonly<Record<string, string>>;

async function killWithTrials(lab: CrashLab, environment: Environment): Promise<void> {
  const first = startEngine(lab, { experiments: 6, slots: 2, environment });
  await until('two trials are in flight', () => runningTrialsOf(lab) === 2);
  await until('both have their daemons and themselves', async () => (await sleepersOf(lab)).length === 4);
  process.kill(first.pid, 'SIGKILL');
  await first.ended;
}

async function expectRunAgain(lab: CrashLab, environment: Environment, stderr: string): Promise<void> {
  lab.write('program.md', lab.program.replace('& sleep 600; ', '& '));
  const second = await startEngine(lab, { experiments: 2, slots: 2, environment }).ended;
  expect(second).toMatchObject({ code: 0, stderr });
  const faults = outcomesOf(lab).filter(({ kind }) => kind === 'fault');
  expect(faults).toMatchObject(Array(2).fill({ reason: 'the engine ended while it ran' }));
  await expectWholeStudies({ ...lab, before: userStateOf(lab) }, { verdicts: 2, ...second });
}

/** A trial that waits far longer than any test. */
function endless(run: string): { program: string[] } {
  return { program: [`run: ${run}`, 'budget: { trial: 900s, grace: 10s }'] };
}

async function sleepersOf(lab: CrashLab): Promise<string[]> {
  return (await processesOf(lab, 0)).filter((line) => /\d+: sleep 600/.test(line));
}

test('an engine that dies in every trial of the baseline is no reason to give the study up', async () => {
  using lab = createCrashLab(endless('sleep 600; sh run.sh'));
  for (let death = 1; death <= 4; death += 1) {
    const engine = startEngine(lab, { experiments: 2 });
    // The trial before was recorded as a fault by then, and this is the next one.
    await until('the baseline is tried', () => lastTrialOf(lab) === death);
    engine.child.kill('SIGKILL');
    expect((await engine.ended).acknowledged).toEqual([]);
  }
  lab.write('program.md', lab.program.replace('sleep 600; ', ''));
  const last = await startEngine(lab, { experiments: 2 }).ended;
  expect(last).toMatchObject({ code: 0, stderr: '' });
  await expectWholeStudies({ ...lab, before: userStateOf(lab) }, { verdicts: 2, ...last });
});

test('named pipes that a killed engine left are removed once they are a minute old', async () => {
  using lab = createCrashLab();
  const [old, young] = ['ratchet-pipes-aaaaaa', 'ratchet-pipes-bbbbbb'].map((name) =>
    join(lab.temporary, name),
  );
  for (const folder of [old!, young!]) {
    mkdirSync(folder);
    writeFileSync(join(folder, '0'), '');
  }
  const hourAgo = Date.now() / 1000 - 3600;
  utimesSync(old!, hourAgo, hourAgo);
  await startEngine(lab, { experiments: 1 }).ended;
  expect(readdirSync(lab.temporary)).toEqual(['ratchet-pipes-bbbbbb']);
});

/** Milliseconds, the same on every machine; where a machine is by then is all the same to the promise. */
function momentsOf(seed: number, count: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => 300 + random() * 1_500);
}

/** Programs of a lab, by what its trials are made of: an engine may die in any stage. */
const STAGES = [
  ['one command', ['run: sleep 0.05; sh run.sh']],
  [
    'a run, an evaluation and checks',
    [
      'run: sleep 0.02',
      'artifacts: [value.mjs]',
      'evaluate: sleep 0.02; sh run.sh',
      'checks: sleep 0.02; test -s value.mjs',
    ],
  ],
] as const;

test.for(
  STAGES,
)('an engine that is killed again and again gets on, and what it told stays told (trials of %s)', async ([
  ,
  program,
]) => {
  using lab = createCrashLab({ program });
  const acknowledged: Acknowledged[] = [];
  for (const moment of momentsOf(1, 5)) {
    const engine = startEngine(lab, { experiments: 1000, slots: 2 });
    await sleep(moment);
    engine.child.kill('SIGKILL');
    acknowledged.push(...(await engine.ended).acknowledged);
  }
  const verdicts = verdictsOf(lab) + 3;
  const last = await startEngine(lab, { experiments: 3, slots: 2 }).ended;
  expect(last).toMatchObject({ code: 0, stderr: '' });
  acknowledged.push(...last.acknowledged);
  await expectWholeStudies(lab, { verdicts, acknowledged });

  const log = await ratchet(lab, 'log', '--json', '--lab', lab.folder);
  const printed = log.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const judged = printed.map(({ id, verdict }) => ({ experiment: id, verdict }));
  for (const told of acknowledged) expect(judged).toContainEqual(told);
});
