import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  globSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { StudyState } from '../src/model/study.ts';
import { experimentLines } from '../src/record/experiment-line.ts';
import { readLedger } from '../src/record/reader.ts';
import { type CrashLab, createCrashLab, filesBelow, studiesOf } from './crash/crash-lab.ts';
import { type Acknowledged, type Ended, ratchet, startEngine } from './crash/engine.ts';
import { expectWholeStudies } from './crash/invariants.ts';

const KILLED_ENGINE = fileURLToPath(new URL('fixtures/killed-engine.ts', import.meta.url));

/** Long enough for a proposal to come in while it runs. */
const SLOW = { program: ['run: sleep 0.3; sh run.sh'] };

/** Verdicts that every study has before something happens to it, and so many more that it is brought to after that. */
const BEFORE = 3;
const AFTER = 2;

/** One thing that can happen to a study between two engines. */
interface Mishap {
  /** Follows "a study". */
  readonly name: string;
  readonly happen: (lab: CrashLab, study: string) => Promise<void> | void;
  /** What `verify` says; it says that nothing is wrong where this is empty. */
  readonly verified: readonly RegExp[];
  /** What `run` says. */
  readonly said: readonly RegExp[];
  /** Where `run` does not mend it alone: what it says then, and what a person does. */
  readonly byHand?: { readonly refused: RegExp; readonly mend: (lab: CrashLab) => void };
  readonly afterwards?: (before: StudyState, after: StudyState) => void;
}

const MISHAPS: readonly Mishap[] = [
  {
    name: 'whose engine died between a proposal and its trial',
    happen: (lab) => killAt(lab, 'proposed'),
    verified: [],
    said: [/the last engine died at its work .*: #\d+ had not been tried, and comes next/],
    afterwards: (before, after) => {
      for (const id of before.open) expect(after.experiments.get(id)?.status).toBe('judged');
    },
  },
  {
    name: 'whose engine died during a trial',
    happen: (lab) => killAt(lab, 'in-flight'),
    verified: [],
    said: [/the last engine died at its work .*: trial \d+ was in flight, and is run again/],
    afterwards: (before, after) => {
      for (const trial of before.running.keys()) expect(after.ended.get(trial)?.outcome.kind).toBe('fault');
    },
  },
  {
    name: 'whose engine died between the end of a trial and its verdict',
    happen: (lab) => killAt(lab, 'run'),
    verified: [],
    said: [/#\d+ had run and had no verdict, and is judged from what the ledger has/],
    afterwards: (before, after) => {
      const run = [...before.open]
        .map((id) => before.experiments.get(id)!.proposal)
        .find(({ commit }) => before.trialsOf.has(commit))!;
      expect(after.experiments.get(run.experiment)?.status).toBe('judged');
      expect(after.trialsOf.get(run.commit), 'nothing is run twice').toEqual(before.trialsOf.get(run.commit));
    },
  },
  {
    name: 'whose engine died between a keep and the move of its refs',
    happen: (lab) => killAt(lab, 'kept'),
    verified: [
      /PROBLEM: refs\/ratchet\/\S+\/champion stands at \w+, and the ledger says \w+: `ratchet run` sets it/,
      /PROBLEM: refs\/heads\/ratchet\/\S+ stands at /,
    ],
    said: [
      /refs\/ratchet\/\S+\/champion was not at the champion: set again/,
      /refs\/heads\/ratchet\/\S+ was not at the champion: set again/,
    ],
  },
  {
    name: 'with a page of its ledger torn',
    happen: (lab) => tearPage(ledgerOf(lab)),
    verified: [
      /PROBLEM: \S+ledger\.sqlite is damaged at entry \d+ \(.*\): move it away, and `ratchet run` restores it from its copy in git, which has \d+ entries/,
    ],
    byHand: {
      refused:
        /damaged at entry \d+ .*move it away.*The copy in refs\/ratchet\/\S+ is whole, and has \d+ entries/,
      mend: (lab) => renameSync(ledgerOf(lab), join(lab.outside, 'torn.sqlite')),
    },
    said: [/the ledger was missing, and was restored from its copy/],
  },
  {
    name: 'whose ledger has lost its end',
    happen: (lab) => {
      const database = new DatabaseSync(ledgerOf(lab));
      database.exec('DELETE FROM entries WHERE sequence > (SELECT max(sequence) - 8 FROM entries)');
      database.close();
    },
    verified: [
      /PROBLEM: \S+\/ledger ends at entry \d+, and the ledger at \d+: the ledger is an old one: move the ledger away/,
    ],
    byHand: {
      refused: /ends at entry \d+, and the ledger at \d+: .*move the ledger away/,
      mend: (lab) => renameSync(ledgerOf(lab), join(lab.outside, 'old.sqlite')),
    },
    said: [/the ledger was missing, and was restored from its copy/],
  },
  {
    name: 'with JSON that was cut off, of the moment or of a trial',
    happen: (lab) => {
      const { root, live, request } = studiesOf(lab).at(-1)!.folder;
      writeFileSync(live, '{"pid":1,"course":"run');
      writeFileSync(request, '{"wish":"sto');
      const curves = globSync(join(root, 'trials/*/curve.jsonl'));
      for (const curve of curves) truncateSync(curve, Math.floor(statSync(curve).size / 2));
    },
    verified: [],
    said: [],
  },
  {
    name: 'whose slot folders are gone, and a trial was in one of them',
    happen: async (lab) => {
      await killAt(lab, 'in-flight');
      rmSync(join(studiesOf(lab).at(-1)!.folder.root, 'slots'), { recursive: true });
    },
    verified: [],
    said: [/trial \d+ was in flight, and is run again/],
  },
  {
    name: 'whose refs were deleted',
    happen: (lab, study) => {
      for (const name of ['1', '2', 'baseline', 'champion', 'ledger'])
        lab.git('update-ref', '-d', `refs/ratchet/${study}/${name}`);
      lab.git('branch', '-D', `ratchet/${study}`);
    },
    verified: [
      /\/1 is missing: `ratchet run` sets it/,
      /\/baseline is missing: `ratchet run` sets it/,
      /\/champion is missing: `ratchet run` sets it/,
      /refs\/heads\/ratchet\/\S+ is missing: `ratchet run` sets it/,
      /\/ledger is missing: `ratchet run` writes it anew/,
    ],
    said: [
      /refs\/ratchet\/\S+\/baseline, refs\/ratchet\/\S+\/1, refs\/ratchet\/\S+\/2 did not stand where the ledger says: set again/,
      /the copy of the ledger in refs\/ratchet\/\S+\/ledger was missing, and is written anew/,
      /refs\/ratchet\/\S+\/champion was missing: set again/,
      /refs\/heads\/ratchet\/\S+ was missing: set again/,
    ],
  },
  {
    name: 'whose state folder was deleted',
    happen: (lab) => rmSync(join(lab.folder, '.ratchet'), { recursive: true }),
    verified: [
      /PROBLEM: \S+ledger\.sqlite is missing: `ratchet run` restores it from its copy in git, which has \d+ entries/,
    ],
    said: [/the ledger was missing, and was restored from its copy/],
  },
];

test.for(
  MISHAPS,
)('a study $name is told from a sound one, resumes, and has lost and doubled nothing', async (mishap) => {
  using lab = createCrashLab(SLOW);
  await startEngine(lab, { experiments: BEFORE }).ended;
  const { study } = studiesOf(lab).at(-1)!;
  const sound = stateOf(lab);
  expect(await verify(lab), 'before').toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/nothing is wrong$/m),
  });
  await mishap.happen(lab, study);
  const before = wholeStateOf(lab) ?? sound;
  const traces = tracesOf(lab);

  const told = await verify(lab);
  for (const line of mishap.verified) expect(told.stdout).toMatch(line);
  expect(told).toMatchObject(
    mishap.verified.length === 0
      ? { code: 0, stdout: expect.stringMatching(/nothing is wrong$/m) }
      : { code: 1, stderr: '' },
  );
  expect(tracesOf(lab), 'verify writes nothing').toEqual(traces);

  if (mishap.byHand) {
    const refused = await startEngine(lab, { experiments: AFTER }).ended;
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(mishap.byHand.refused);
    mishap.byHand.mend(lab);
  }
  const resumed = await startEngine(lab, { experiments: AFTER }).ended;
  expect(resumed).toMatchObject({ code: 0, stderr: '' });
  for (const notice of mishap.said) expect(resumed.stdout).toMatch(notice);
  if (mishap.said.length === 0) expect(resumed.stdout).not.toContain('note:');

  expect(await verify(lab), 'after').toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/nothing is wrong$/m),
  });
  const acknowledged = [...verdictsIn(before), ...resumed.acknowledged];
  await expectWholeStudies(lab, { verdicts: before.judged + AFTER, acknowledged });
  mishap.afterwards?.(before, stateOf(lab));
});

function verify(lab: CrashLab): Promise<Ended> {
  return ratchet(lab, 'verify', lab.folder);
}

/** All refs, and the names of all files of the state folder but SQLite's own beside a ledger that is read. */
function tracesOf(lab: CrashLab): unknown {
  const files = existsSync(join(lab.folder, '.ratchet')) ? filesBelow(join(lab.folder, '.ratchet')) : [];
  return { refs: lab.git('for-each-ref'), files: files.filter((file) => !/-(wal|shm)$/.test(file)) };
}

function ledgerOf(lab: CrashLab): string {
  return studiesOf(lab).at(-1)!.folder.ledger;
}

/** The study as its ledger has it. */
function stateOf(lab: CrashLab): StudyState {
  const state = wholeStateOf(lab);
  if (state === undefined) throw new Error('no ledger, or one that lacks what was acknowledged');
  return state;
}

/** Undefined where the ledger is gone, or lacks what was acknowledged. */
function wholeStateOf(lab: CrashLab): StudyState | undefined {
  const newest = studiesOf(lab).at(-1);
  const opening = newest && readLedger(newest.folder.ledger);
  if (opening?.kind !== 'open') return undefined;
  using reader = opening.reader;
  return reader.state.judged < BEFORE ? undefined : reader.state;
}

function verdictsIn(state: StudyState): Acknowledged[] {
  const judged = experimentLines(state).filter(({ id }) => state.experiments.get(id)?.status === 'judged');
  return judged.map(({ id, verdict }) => ({ experiment: id, verdict }));
}

/** An engine that goes on with the lab's study, and kills itself at this moment. */
async function killAt(lab: CrashLab, moment: string): Promise<void> {
  const child = spawn(process.execPath, [KILLED_ENGINE, lab.folder, moment], {
    cwd: lab.outside,
    env: { ...process.env, TMPDIR: lab.temporary },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
}

/** Overwrites the second half of a page in the middle of a ledger, as a disk that lost its power does. */
function tearPage(file: string): void {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  const size = 4096;
  const page = Math.floor(readFileSync(file).length / size / 2);
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(size / 2, 0x5a), 0, size / 2, page * size + size / 2);
}

test('a commit that git has lost is named with its mend, stops nothing, and is whole again after the mend', async () => {
  using lab = createCrashLab();
  await startEngine(lab, { experiments: 4 }).ended;
  const { study } = studiesOf(lab).at(-1)!;
  const state = stateOf(lab);
  const stack = new Set([...state.champions.values()].flatMap((champion) => champion.stack));
  const { proposal } = [...state.experiments.values()].find(
    ({ proposal: { experiment } }) => !stack.has(experiment),
  )!;
  const object = join(lab.root, '.git/objects', proposal.commit.slice(0, 2), proposal.commit.slice(2));
  copyFileSync(object, join(lab.outside, 'backup'));
  lab.git('update-ref', '-d', `refs/ratchet/${study}/${proposal.experiment}`);
  rmSync(object, { force: true });
  const lost = await verify(lab);
  expect(lost.code).toBe(1);
  expect(lost.stdout).toMatch(
    new RegExp(
      `PROBLEM: commit ${proposal.commit} \\(experiment ${proposal.experiment}\\) is missing: git fetch it from a clone`,
    ),
  );
  const resumed = await startEngine(lab, { experiments: 1 }).ended;
  expect(resumed).toMatchObject({ code: 0, stderr: '' });
  expect(resumed.stdout).toMatch(
    /note: refs\/ratchet\/\S+ cannot be set again: git has their commits no more/,
  );
  copyFileSync(join(lab.outside, 'backup'), object);
  expect((await startEngine(lab, { experiments: 1 }).ended).stdout).toMatch(
    /did not stand where the ledger says: set again/,
  );
  expect((await verify(lab)).code).toBe(0);
});
