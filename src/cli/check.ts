import { mkdirSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { nestedNotices, snapshotOf } from '../engine/baseline.ts';
import {
  makeStateFolder,
  STATE_FOLDER,
  type StudyFolder,
  slotFolder,
  studyFolder,
  trialFolder,
} from '../lab/folder.ts';
import { formatBytes, formatTrialBudget } from '../lab/units.ts';
import { openTrialReading } from '../measure/trial-reading.ts';
import type { Commit, StudyId, TrialId } from '../model/identity.ts';
import type { TrialBudget } from '../model/limit.ts';
import type { Program } from '../model/program.ts';
import { seedOf } from '../model/random.ts';
import type { Outcome, Usage } from '../model/trial.ts';
import { killStrays } from '../process/terminate.ts';
import { createLocalExecutor } from '../run/local.ts';
import { placesOf } from '../run/slot.ts';
import { parseBudget, parseSeed } from './arguments.ts';
import { EXIT } from './exit.ts';
import { type OpenLab, openLab } from './open-lab.ts';
import { outcomeSentence } from './outcome.ts';
import { printJson, printLines } from './output.ts';
import { Problem } from './problem.ts';
import { choiceOf, withLab } from './read-study.ts';
import { listenForEnd } from './signals.ts';

interface CheckOptions {
  readonly lab?: string;
  readonly trial?: TrialBudget;
  readonly seed: number;
  readonly json?: true;
}

/** The folder of a check beside those of the studies, by its process: removed when it is over. */
const checkFolder = (lab: string, pid: number) => studyFolder(lab, `check-${pid}` as StudyId);
const jobKey = (pid: number) => `check/${pid}`;
const ONLY_TRIAL = 1 as TrialId;
/** Lines of a failed baseline's output that are shown. */
const TAIL_LINES = 20;

export function registerCheck(program: Command): void {
  withLab(program.command('check'))
    .description('validate program.md, run the baseline once, and print what it measured')
    .option('--trial <duration>', 'a budget instead of the program\'s, such as 20s or "20s cpu"', parseBudget)
    .option('--seed <n>', 'seed of the trial', parseSeed, seedOf(0, 0))
    .option('--json', 'one JSON object')
    .action(async (named: string | undefined, options: CheckOptions) => {
      const lab = await openLab({
        named: choiceOf(named, options).lab,
        ...(options.trial && { trial: options.trial }),
      });
      await using _ = lab.repository;
      for (const warning of lab.warnings) process.stderr.write(`warning: ${warning}\n`);
      await check(lab, options);
    });
}

async function check(lab: OpenLab, { seed, json }: CheckOptions): Promise<void> {
  const { program, repository } = lab;
  makeStateFolder(lab.lab.folder);
  await sweepDeadChecks(lab.lab.folder);
  const folder = checkFolder(lab.lab.folder, process.pid);
  mkdirSync(folder.root, { recursive: true });
  const abort = new AbortController();
  using _ = listenForEnd(() => abort.abort(new Problem('interrupted', EXIT.interrupted)));
  try {
    const snapshot = await repository.snapshot(snapshotOf(repository, program, folder.root, Date.now()));
    if (snapshot.kind === 'too-large') throw new Problem(snapshot.message);
    for (const notice of nestedNotices(snapshot.nestedRepositories))
      process.stderr.write(`warning: ${notice}\n`);
    if (!json) process.stderr.write(`program.md is valid; running the baseline (${limitText(program)})\n`);
    abort.signal.throwIfAborted();
    const ran = await runBaseline(lab, folder, { commit: snapshot.commit, seed, signal: abort.signal });
    report(lab, { ...ran, seed, json: json === true });
  } finally {
    await rm(folder.root, { recursive: true, force: true });
  }
}

/** What a check that was killed left behind: its trial, and its folder. */
async function sweepDeadChecks(lab: string): Promise<void> {
  for (const name of readdirSync(join(lab, STATE_FOLDER))) {
    const pid = Number(/^check-(\d+)$/.exec(name)?.[1]);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const folder = checkFolder(lab, pid);
    await killStrays({ trial: jobKey(pid), folder: slotFolder(folder, 0).work });
    await rm(folder.root, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    // Somebody else's process is alive too.
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM';
  }
}

/** `20s; a trial is killed at budget + grace, 40s`. */
function limitText({ trial, graceSeconds }: Program): string {
  const most = formatTrialBudget({ ...trial, seconds: trial.seconds + graceSeconds });
  return `${formatTrialBudget(trial)}; a trial is killed at budget + grace, ${most}`;
}

interface CheckedBaseline {
  readonly outcome: Outcome;
  readonly usage: Usage;
  /** The last that its last stage printed. */
  readonly tail: string;
}

async function runBaseline(
  { lab, program, repository }: OpenLab,
  folder: StudyFolder,
  { commit, seed, signal }: { commit: Commit; seed: number; signal: AbortSignal },
): Promise<CheckedBaseline> {
  const executor = createLocalExecutor({
    repository,
    provided: placesOf(program.provide, lab.folder, repository.prefix),
    folder,
    program,
    lab: repository.prefix,
    baseline: commit,
    slots: 1,
  });
  try {
    using reading = openTrialReading(program, trialFolder(folder, ONLY_TRIAL).curve);
    const reference = { executor: executor.name, key: jobKey(process.pid) };
    const job = {
      trial: ONLY_TRIAL,
      commit,
      purpose: 'champion',
      seed,
      slot: 0,
      reference,
    } as const;
    const ran = await executor.submit(job, {
      signal,
      stage: () => undefined,
      line: (stage, source, text) => reading.line(stage, source, text),
      usage: () => undefined,
      worthChecking: () => true,
    });
    return { outcome: reading.outcome(ran), usage: ran.usage, tail: ran.tail };
  } finally {
    await executor.close();
  }
}

function report(
  { lab, program }: OpenLab,
  { outcome, usage, tail, seed, json }: CheckedBaseline & { seed: number; json: boolean },
): void {
  if (json) printJson({ lab: lab.name, objective: program.objective, seed, outcome, usage });
  if (outcome.kind === 'cancelled') throw new Problem('interrupted', EXIT.interrupted);
  if (outcome.kind === 'fault') throw new Problem(outcome.reason, EXIT.fault);
  if (outcome.kind !== 'completed') {
    const printed = tail.trim() === '' ? [] : ['the last that it printed:', ...lastLines(tail)];
    const why = `the baseline yields no measurement: ${outcomeSentence(outcome)}`;
    throw new Problem([why, ...printed].join('\n'));
  }
  if (json) return;
  const { name, unit, direction } = program.objective;
  const { value, source } = outcome.measurement;
  const others = Object.entries(outcome.others).map(([other, number]) => `  ${other}: ${number}`);
  printLines([
    `${name}: ${value}${unit === '' ? '' : ` ${unit}`} (${direction}${source === 'candidate-reported' ? ', candidate-reported' : ''})`,
    ...others,
    `  wall time: ${usage.wallSeconds.toFixed(2)} s, CPU time: ${usage.cpuSeconds.toFixed(2)} s, peak memory: ${formatBytes(usage.peakMemoryBytes)}`,
    `the lab is ready: "ratchet run${lab.name === '.' ? '' : ` ${lab.name}`}" starts a study`,
  ]);
}

function lastLines(tail: string): string[] {
  return tail
    .trimEnd()
    .split('\n')
    .slice(-TAIL_LINES)
    .map((line) => `  ${line}`);
}
