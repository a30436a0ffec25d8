import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSearch } from '../../src/propose/search.ts';
import type { Session } from '../../src/session.ts';
import { researchLab } from '../session.ts';
import { type CrashLab, createCrashLab, studiesOf } from './crash-lab.ts';
import { type Ended, ratchet, startEngine, until } from './engine.ts';
import { expectWholeStudies, outcomesOf, verdictsOf } from './invariants.ts';
import { processesOf } from './processes.ts';
import { reasonToSkip } from './strace.ts';
import { expectMessage } from './survive.ts';

const SLOW = { program: ['run: sleep 0.2; sh run.sh'] };

/** Goes on for two verdicts, and finds all that was told before. */
async function expectResumed(lab: CrashLab, ...before: readonly Ended[]): Promise<Ended> {
  const verdicts = verdictsOf(lab) + 2;
  const ended = await startEngine(lab, { experiments: 2 }).ended;
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const acknowledged = [...before, ended].flatMap((engine) => engine.acknowledged);
  await expectWholeStudies(lab, { verdicts, acknowledged });
  return ended;
}

test('a study on a disk that became read-only says so, can be looked at, and resumes when it may be written', async ({
  skip,
}) => {
  using lab = createCrashLab();
  const first = await startEngine(lab, { experiments: 3 }).ended;
  const state = join(lab.folder, '.ratchet');
  const problem = mountReadOnly(state);
  const reason = reasonToSkip(problem);
  if (reason !== undefined) return skip(reason);
  try {
    const refused = await startEngine(lab, { experiments: 2 }).ended;
    expectMessage(refused);
    expect(refused.stderr).toContain(state);
    expect(refused.stderr).toMatch(/read-?only/i);
    expect(refused.acknowledged).toEqual([]);
    expect(await ratchet(lab, 'verify', lab.folder)).toMatchObject({ code: 0, stderr: '' });
    expect(await ratchet(lab, 'status', lab.folder)).toMatchObject({ code: 0, stderr: '' });
  } finally {
    execFileSync('umount', [state]);
  }
  await expectResumed(lab, first);
});

/** Why it cannot be done here; undefined where it is done. */
function mountReadOnly(folder: string): string | undefined {
  try {
    execFileSync('mount', ['--bind', folder, folder], { stdio: 'ignore' });
  } catch {
    return 'only root may mount a folder read-only';
  }
  execFileSync('mount', ['-o', 'remount,bind,ro', folder]);
  return undefined;
}

test('a page that is damaged while an engine works is named by the next one, and costs nothing once the ledger is moved away', async () => {
  using lab = createCrashLab(SLOW);
  const engine = startEngine(lab, { experiments: 1000 });
  await engine.line(/ (keep|discard) /);
  const { study, folder } = studiesOf(lab)[0]!;
  const { ledger } = folder;
  const copy = () => lab.git('rev-parse', `refs/ratchet/${study}/ledger`);
  const earlier = copy();
  await until('the copy has what stands in the first pages', () => copy() !== earlier);
  damagePage(ledger);
  engine.child.kill('SIGTERM');
  const first = await engine.ended;
  expect(first).toMatchObject({ code: 0, stderr: '' });
  const refused = await startEngine(lab, { experiments: 2 }).ended;
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain(ledger);
  expect(refused.stderr).toMatch(/is damaged at entry \d+ \(.+\): move it away to continue from its copy/);
  for (const suffix of ['', '-wal', '-shm'].filter((name) => existsSync(ledger + name)))
    renameSync(ledger + suffix, join(lab.outside, `damaged.sqlite${suffix}`));
  const resumed = await startEngine(lab, { experiments: 2 }).ended;
  expect(resumed).toMatchObject({ code: 0, stderr: '' });
  expect(resumed.stdout).toContain('the ledger was missing, and was restored from its copy');
  const acknowledged = [...first.acknowledged, ...resumed.acknowledged];
  await expectWholeStudies(lab, { verdicts: verdictsOf(lab), acknowledged });
  expect(verdictsOf(lab)).toBe(first.acknowledged.length + 2);
});

/** Brings what is in SQLite's log into the file, and overwrites the first page that holds entries. */
function damagePage(file: string): void {
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(PAGE, 0x5a), 0, PAGE, 2 * PAGE);
  closeSync(descriptor);
}

/** Bytes. Those before it hold SQLite's own schema, and where the other pages are. */
const PAGE = 4096;

const YEAR = 365 * 86_400_000;

test('a clock that is years off in one run and set right in the next loses and doubles nothing', async () => {
  using lab = createCrashLab();
  const offsets = [YEAR, 0, -2 * YEAR, YEAR];
  for (const [run, offset] of offsets.entries()) {
    const { ending } = await researchLab(lab, {
      researcher: createSearch(),
      limits: [{ kind: 'experiments', count: 2 }],
      now: () => Date.now() + offset,
    });
    expect(ending).toMatchObject({ kind: 'limit' });
    await expectWholeStudies(lab, { verdicts: 2 * (run + 1), acknowledged: [] });
  }
  await expectResumed(lab);
});

test.for([
  ['ahead', YEAR],
  ['back', -YEAR],
] as const)('a clock that jumps %s while an engine works loses and doubles nothing', async ([, jump]) => {
  using lab = createCrashLab();
  let offset = 0;
  const { ending } = await researchLab(lab, {
    researcher: createSearch(),
    limits: [{ kind: 'experiments', count: 6 }],
    slots: 2,
    now: () => Date.now() + offset,
    during: ({ engine }) => {
      // Nobody waits for it: a run that never got there fails below.
      void until('two verdicts', () => engine.ledger.state.judged >= 2).then(() => (offset = jump));
    },
  });
  expect(offset, 'the clock jumped').toBe(jump);
  expect(ending).toMatchObject({ kind: 'limit' });
  await expectWholeStudies(lab, { verdicts: 6, acknowledged: [] });
  await expectResumed(lab);
});

test('the copy in git keeps up with the ledger when the clock is set back', async () => {
  using lab = createCrashLab({
    program: ['run: sleep 600; sh run.sh', 'budget: { trial: 900s, grace: 10s }'],
  });
  let offset = 0;
  let copied: Promise<void> | undefined;
  async function setBack({ engine, ask }: Session): Promise<void> {
    const { state } = engine.ledger;
    const copy = () => lab.git('rev-parse', `refs/ratchet/${state.study.study}/ledger`);
    try {
      await until('a trial is in flight', () => state.running.size > 0);
      offset = -YEAR;
      const earlier = copy();
      await until('the copy goes on', () => copy() !== earlier);
    } finally {
      ask('stop-now');
    }
  }
  await researchLab(lab, {
    researcher: createSearch(),
    now: () => Date.now() + offset,
    during: (session) => {
      copied = setBack(session);
    },
  });
  await copied;
  await expectWholeStudies(lab, { verdicts: 0, acknowledged: [] });
});

test('an engine that is stopped for longer than a trial may take judges the trial by what it did', async () => {
  using lab = createCrashLab({
    program: ['run: sleep 0.7; sh run.sh', 'budget: { trial: 3s, grace: 1s }'],
  });
  const engine = startEngine(lab, { experiments: 4 });
  await engine.line(/ (keep|discard) /);
  await until('a trial runs', async () =>
    (await processesOf(lab, 0)).some((line) => /: sleep 0\.7/.test(line)),
  );
  process.kill(engine.pid, 'SIGSTOP');
  await sleep(6_000);
  process.kill(engine.pid, 'SIGCONT');
  const ended = await engine.ended;
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(new Set(outcomesOf(lab).map(({ kind }) => kind))).toEqual(new Set(['completed']));
  expect(ended.acknowledged).toHaveLength(4);
  await expectWholeStudies(lab, { verdicts: 4, acknowledged: ended.acknowledged });
  await expectResumed(lab, ended);
});

test('locks that another git left outside the refs of a study are not in its way, and stay', async () => {
  using lab = createCrashLab();
  const first = await startEngine(lab, { experiments: 2 }).ended;
  const locks = [
    'index.lock',
    'HEAD.lock',
    'config.lock',
    'packed-refs.lock',
    'shallow.lock',
    'refs/heads/main.lock',
    'refs/stash.lock',
  ].map((name) => leaveLock(lab, name));
  const second = await startEngine(lab, { experiments: 2 }).ended;
  expect(second).toMatchObject({ code: 0, stderr: '' });
  expect(second.acknowledged).toHaveLength(2);
  for (const lock of locks) {
    expect(existsSync(lock), lock).toBe(true);
    rmSync(lock);
  }
  await expectResumed(lab, first, second);
});

test('locks that a git left on the refs of a study are waited for, and the study goes on', async () => {
  using lab = createCrashLab();
  const first = await startEngine(lab, { experiments: 2 }).ended;
  const { study } = studiesOf(lab)[0]!;
  const refs = lab.git('for-each-ref', '--format=%(refname)', `refs/ratchet/${study}`).split('\n');
  const next = 1 + refs.filter((ref) => /\/\d+$/.test(ref)).length;
  for (const ref of [
    `refs/ratchet/${study}/${next}`,
    `refs/ratchet/${study}/ledger`,
    `refs/ratchet/${study}/champion`,
    `refs/heads/ratchet/${study}`,
  ])
    leaveLock(lab, `${ref}.lock`);
  await expectResumed(lab, first);
});

test('a lock on all refs stops only who must delete one, with its name and the mend, and nothing is lost', async () => {
  using lab = createCrashLab();
  const first = await startEngine(lab, { experiments: 2 }).ended;
  const abandoned = '20200101-000000-aaaa';
  const lock = leaveLock(lab, 'packed-refs.lock');
  mkdirSync(join(lab.folder, '.ratchet', abandoned));
  lab.git('update-ref', `refs/ratchet/${abandoned}/baseline`, 'main');
  const refused = await startEngine(lab, { experiments: 2 }).ended;
  expectMessage(refused);
  expect(refused.stderr).toMatch(/packed-refs\.lock.*remove the \.lock file/s);
  rmSync(lock);
  await expectResumed(lab, first);
});

/** An empty lock, as of a git that was killed. */
function leaveLock(lab: CrashLab, name: string): string {
  const lock = join(lab.root, '.git', name);
  mkdirSync(dirname(lock), { recursive: true });
  writeFileSync(lock, '');
  return lock;
}
