import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { verifyStudy } from '../../src/engine/verify.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import type { Repository } from '../../src/git/repository.ts';
import type { StudyFolder } from '../../src/lab/folder.ts';
import type { StudyId } from '../../src/model/identity.ts';
import { championOn, type StudyState } from '../../src/model/study.ts';
import type { Outcome } from '../../src/model/trial.ts';
import { experimentLines } from '../../src/record/experiment-line.ts';
import { type LedgerReader, readLedger } from '../../src/record/reader.ts';
import { replay } from '../../src/record/replay.ts';
import { type CrashLab, filesBelow, studiesOf } from './crash-lab.ts';
import type { Acknowledged } from './engine.ts';
import { processesOf } from './processes.ts';
import { userStateOf } from './user-state.ts';

/** Opens a ledger, which checks its chain and every entry of it. */
function readStudy(folder: StudyFolder): LedgerReader {
  const opening = readLedger(folder.ledger);
  if (opening.kind !== 'open') throw new Error(JSON.stringify(opening));
  return opening.reader;
}

/** The lab's newest study as it stands on disk; undefined where there is none. */
export function stateOf(lab: CrashLab): StudyState | undefined {
  const newest = studiesOf(lab).at(-1);
  if (newest === undefined) return undefined;
  using reader = readStudy(newest.folder);
  return reader.state;
}

/** Verdicts of the lab's newest study; 0 where there is none. */
export function verdictsOf(lab: CrashLab): number {
  const newest = studiesOf(lab).at(-1);
  if (newest === undefined) return 0;
  using reader = readStudy(newest.folder);
  return reader.state.judged;
}

/** Trials that the lab's newest study has running at this moment; 0 where there is none. */
export function runningTrialsOf(lab: CrashLab): number {
  const newest = studiesOf(lab).at(-1);
  if (newest === undefined) return 0;
  using reader = readStudy(newest.folder);
  return reader.state.running.size;
}

/** Number of the trial that is running in the lab's newest study; undefined where none is. */
export function lastTrialOf(lab: CrashLab): number | undefined {
  const newest = studiesOf(lab).at(-1);
  if (newest === undefined) return undefined;
  using reader = readStudy(newest.folder);
  return [...reader.state.running.keys()].at(-1);
}

/** What became of the trials of the lab's newest study, in the order in which they ended. */
export function outcomesOf(lab: CrashLab): Outcome[] {
  using reader = readStudy(studiesOf(lab).at(-1)!.folder);
  return [...reader.state.ended.values()].map(({ outcome }) => outcome);
}

/** Everything that must hold after an engine has ended in peace, whatever happened to those before it. */
export async function expectWholeStudies(
  lab: CrashLab,
  wanted: { readonly verdicts: number; readonly acknowledged: readonly Acknowledged[] },
): Promise<void> {
  expect(await processesOf(lab), 'processes left behind').toEqual([]);
  const studies = studiesOf(lab);
  expect(studies.length, 'studies').toBeGreaterThan(0);
  for (const { study, folder } of studies) await expectWholeStudy(lab, study, folder);
  using reader = readStudy(studies.at(-1)!.folder);
  expect(reader.state.judged, 'verdicts').toBe(wanted.verdicts);
  const lines = new Map(experimentLines(reader.state).map(({ id, verdict }) => [Number(id), verdict]));
  for (const { experiment, verdict } of wanted.acknowledged) {
    expect(lines.get(experiment), `acknowledged verdict of #${experiment}`).toBe(verdict);
  }
  expectNothingLeft(
    lab,
    studies.map(({ study }) => study),
  );
  expect(userStateOf(lab), "the user's own").toEqual(lab.before);
}

async function expectWholeStudy(lab: CrashLab, study: StudyId, folder: StudyFolder): Promise<void> {
  using reader = readStudy(folder);
  const entries = [...reader.entries()];
  expect(replay(entries), 'the fold of the entries').toEqual(reader.state);
  const judged = entries.flatMap(({ event }) => (event.kind === 'verdict' ? event.experiment : []));
  expect(new Set(judged).size, 'experiments with one verdict').toBe(judged.length);
  const added = entries.flatMap(({ event }) => (event.kind === 'proposal-add' ? event.experiment : []));
  expect(added, 'numbers of experiments').toEqual(added.map((_, index) => index + 1));
  expect(reader.state.running.size, 'trials without an end').toBe(0);
  expect(refsOf(lab, study)).toEqual(expectedRefs(reader.state, study));
  const opened = await openRepository(lab.folder);
  if (opened.kind !== 'open') throw new Error(opened.message);
  await using repository = opened.repository;
  expect(await copyOf(repository, study), 'the copy in git').toEqual(
    Buffer.concat([...reader.stored()].flatMap(({ bytes }) => [bytes, Buffer.from('\n')])).toString(),
  );
  const verification = await verifyStudy({ study, folder, repository, now: Date.now() });
  expect(verification, 'what `ratchet verify` says').toMatchObject({
    kind: 'verified',
    isAtWork: false,
    problems: [],
  });
}

function refsOf(lab: CrashLab, study: StudyId): Record<string, string> {
  const format = '--format=%(refname) %(objectname)';
  const lines = lab
    .git('for-each-ref', format, `refs/ratchet/${study}`, `refs/heads/ratchet/${study}`)
    .split('\n');
  const { [`refs/ratchet/${study}/ledger`]: copy, ...others } = Object.fromEntries(
    lines.map((line) => line.split(' ') as [string, string]),
  );
  expect(copy, 'the ref of the copy').toBeDefined();
  return others;
}

function expectedRefs(state: StudyState, study: StudyId): Record<string, string> {
  const champion = championOn(state, state.engine!.hardware).commit;
  return {
    ...Object.fromEntries(
      [...state.experiments.values()].map(({ proposal }) => [
        `refs/ratchet/${study}/${proposal.experiment}`,
        proposal.commit,
      ]),
    ),
    [`refs/ratchet/${study}/baseline`]: state.study.baseline,
    [`refs/ratchet/${study}/champion`]: champion,
    [`refs/heads/ratchet/${study}`]: champion,
  };
}

async function copyOf(repository: Repository, study: StudyId): Promise<string> {
  let text = '';
  for await (const link of repository.readChain(`refs/ratchet/${study}/ledger`)) {
    if (link.kind !== 'content') throw new Error(link.reason);
    text += link.content.toString();
  }
  return text;
}

/** SQLite keeps its log and its shared memory beside a database that was not closed by its last user. */
const LASTING =
  /^(ledger\.sqlite(-wal|-shm)?|lock\.sqlite|report\.(html|md)|trials\/\d+\/[a-z]+\.(log|jsonl))$/;

/**
 * A git that is killed leaves an object half written. Nothing refers to it, git's own upkeep removes it after two weeks, and
 * nobody else may tell whether another git is still at work on it.
 */
const TOLERATED_IN_GIT = /^objects\/([0-9a-f]{2}\/)?tmp_obj_/;

/** Named pipes that a killed engine was about to open; the next engine removes those older than a minute. */
const TOLERATED_TEMPORARY = /^ratchet-pipes-/;

/** The token outlives runs, so that a link to the page does too. */
const LASTING_BESIDE_STUDIES: ReadonlySet<string> = new Set(['.gitignore', 'page-token']);

function expectNothingLeft(lab: CrashLab, studies: readonly StudyId[]): void {
  const state = join(lab.folder, '.ratchet');
  const inState = readdirSync(state).filter((name) => !LASTING_BESIDE_STUDIES.has(name));
  expect(inState.toSorted(), 'in .ratchet').toEqual([...studies].toSorted());
  for (const study of studies) {
    const left = filesBelow(join(state, study)).filter((path) => !LASTING.test(path));
    expect(left, `in the folder of study ${study}`).toEqual([]);
    expect(readdirSync(join(state, study)), 'folders of slots').not.toContain('slots');
  }
  const git = filesBelow(join(lab.root, '.git')).filter((path) => /lock|tmp|temp/i.test(path));
  expect(
    git.filter((path) => !TOLERATED_IN_GIT.test(path)),
    'in .git',
  ).toEqual([]);
  expect(
    readdirSync(lab.temporary).filter((name) => !TOLERATED_TEMPORARY.test(name)),
    'in TMPDIR',
  ).toEqual([]);
}
