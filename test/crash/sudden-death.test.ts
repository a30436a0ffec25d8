import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type CrashLab, createCrashLab } from './crash-lab.ts';
import { type Acknowledged, ratchet, startEngine, until } from './engine.ts';
import { expectWholeStudies, outcomesOf, runningTrialsOf, verdictsOf } from './invariants.ts';
import { processesOf } from './processes.ts';

test('trials of a killed engine, and the daemons they made, are ended by the next one, recorded as faults, and run again', async () => {
  using lab = createCrashLab({
    program: ['run: setsid sleep 300 & sleep 1; sh run.sh', 'budget: { trial: 60s, grace: 10s }'],
  });
  const first = startEngine(lab, { experiments: 6, slots: 2 });
  await until('two trials are in flight', () => runningTrialsOf(lab) === 2);
  await until('both have their daemons', async () => {
    return (await listOf(lab)).filter((line) => line.includes('sleep 300')).length >= 2;
  });
  process.kill(first.pid, 'SIGKILL');
  const { acknowledged } = await first.ended;
  const verdicts = verdictsOf(lab) + 2;
  expect((await listOf(lab)).join('\n')).toContain('sleep 300');

  const second = await startEngine(lab, { experiments: 2, slots: 2 }).ended;
  expect(second).toMatchObject({ code: 0, stderr: '' });
  const faults = outcomesOf(lab).filter(({ kind }) => kind === 'fault');
  expect(faults.length).toBe(2);
  expect(faults[0]).toMatchObject({ reason: 'the engine ended while it ran' });
  await expectWholeStudies(lab, { verdicts, acknowledged: [...acknowledged, ...second.acknowledged] });
});

const listOf = (lab: CrashLab) => processesOf(lab, 0);

/** The same numbers on every machine; where a machine is then is another matter, and all the same to the promise. */
function* seededMoments(count: number): Generator<number> {
  let state = 20_260_308;
  for (let turn = 0; turn < count; turn += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield 300 + (state / 2 ** 32) * 1_500;
  }
}

test('an engine that is killed again and again gets on, and what it told stays told', async () => {
  using lab = createCrashLab({ program: ['run: sleep 0.05; sh run.sh'] });
  const acknowledged: Acknowledged[] = [];
  for (const moment of seededMoments(5)) {
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
