import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import process from 'node:process';
import { type Command, InvalidArgumentError } from 'commander';
import { nestedNotices, snapshotOf } from '../engine/baseline.ts';
import { slotsFor } from '../engine/hardware.ts';
import { createSourceReader } from '../engine/sources.ts';
import { makeStateFolder } from '../lab/folder.ts';
import { formatBytes, formatTrialBudget } from '../lab/units.ts';
import type { TrialBudget } from '../model/limit.ts';
import type { Program } from '../model/program.ts';
import { seedOf } from '../model/random.ts';
import type { Outcome, Usage } from '../model/trial.ts';
import { enforcementHere } from '../process/enforcement.ts';
import { findCommentFaults } from '../propose/sites/find.ts';
import { parseBudget, parseCount, parseSeed, parseSlots } from './arguments.ts';
import { findNoise, noiseLines, printProgress, requireDeclared } from './check-noise.ts';
import { shortLine, shortRun } from './check-short.ts';
import { type CheckTrial, checkFolder, openCheckTrials, sweepDeadChecks } from './check-trials.ts';
import { confinementWarning } from './confinement-text.ts';
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
  readonly noise?: number;
  readonly slots?: number;
  readonly json?: true;
}

/** Lines of a failed baseline's output that are shown. */
const TAIL_LINES = 20;

export function registerCheck(program: Command): void {
  withLab(program.command('check'))
    .description('validate program.md, run the baseline once, and print what it measured')
    .option('--trial <duration>', 'a budget instead of the program\'s, such as 20s or "20s cpu"', parseBudget)
    .option('--seed <n>', 'seed of the trial', parseSeed, seedOf(0, 0))
    .option(
      '--noise <n>',
      'run it n times more, each under another seed, and say how far it scatters',
      parseNoise,
    )
    .option('--slots <n>', 'of those, so many at a time (default: as many as a study would)', parseSlots)
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP)
    .action(async (named: string | undefined, options: CheckOptions) => {
      const lab = await openLab({
        named: choiceOf(named, options).lab,
        ...(options.trial && { trial: options.trial }),
      });
      await using _ = lab.repository;
      const unconfined = confinementWarning(enforcementHere());
      for (const warning of [...lab.warnings, ...(unconfined === undefined ? [] : [unconfined])])
        process.stderr.write(`warning: ${warning}\n`);
      await check(lab, options);
    });
}

const HELP = `
With --noise 8 it says how far equal code scores apart (sigma), which gains can be told from luck, and whether the seed reaches
the lab. Nothing of it enters a study.

Examples:
  ratchet check labs/gpt
  ratchet check labs/gpt --noise 8`;

/** Fewer than two trials have no spread. */
function parseNoise(text: string): number {
  const count = parseCount(text);
  if (count < 2)
    throw new InvalidArgumentError('Write a whole number from 2 up: one trial does not scatter.');
  return count;
}

async function check(lab: OpenLab, options: CheckOptions): Promise<void> {
  const { program, repository } = lab;
  makeStateFolder(lab.lab.folder);
  await sweepDeadChecks(lab.lab.folder);
  const folder = checkFolder(lab.lab.folder, process.pid);
  mkdirSync(folder.root, { recursive: true });
  const abort = new AbortController();
  const { signal } = abort;
  using _ = listenForEnd(() => abort.abort(new Problem('interrupted', EXIT.interrupted)));
  try {
    const snapshot = await repository.snapshot(snapshotOf(repository, program, folder.root, Date.now()));
    if (snapshot.kind === 'too-large') throw new Problem(snapshot.message);
    const readSources = createSourceReader(repository, program, repository.prefix);
    for (const notice of [
      ...nestedNotices(snapshot.nestedRepositories),
      ...(await commentNotices((await readSources(snapshot.commit)).sources)),
    ])
      process.stderr.write(`warning: ${notice}\n`);
    if (!options.json)
      process.stderr.write(`program.md is valid; running the baseline (${limitText(program)})\n`);
    signal.throwIfAborted();
    const slots = options.slots ?? slotsFor(program.resources);
    await using runs = openCheckTrials(lab, folder, { commit: snapshot.commit, slots, signal });
    const { seed, noise: count } = options;
    const baseline = await runs.run({ trial: 1, seed, slot: 0, purpose: 'champion' });
    const isMeasured = baseline.outcome.kind === 'completed';
    if (options.json && !isMeasured) printJson(resultOf(lab, seed, baseline));
    const measured = requireMeasured(baseline);
    if (!options.json) printLines(baselineLines(lab, measured, baseline.usage));
    const short = await shortRun(runs, program, seed);
    if (!options.json && short !== undefined) printLines([shortLine(program, short)]);
    if (count !== undefined) {
      const onTrial = options.json ? () => undefined : printProgress(count);
      const before = { seed, value: measured.measurement.value };
      const noise = await findNoise(runs, program, { count, slots, baseline: before, signal, onTrial });
      if (options.json) printJson({ ...resultOf(lab, seed, baseline), ...(short && { short }), noise });
      else printLines(noiseLines(noise, program.objective));
      requireDeclared(noise);
    } else if (options.json) printJson({ ...resultOf(lab, seed, baseline), ...(short && { short }) });
    if (!options.json) printLines([readyLine(lab)]);
  } finally {
    await rm(folder.root, { recursive: true, force: true });
  }
}

/** `train.py:12: "# ratchet: 1..": the range has no end`. */
async function commentNotices(sources: ReadonlyMap<string, string>): Promise<string[]> {
  const notices: string[] = [];
  for (const [path, text] of sources) {
    for (const { line, comment, problem } of await findCommentFaults(path, text))
      notices.push(`${path}:${line}: \`${comment}\` narrows nothing: ${problem}`);
  }
  return notices;
}

/** `20s; a trial is killed at budget + grace, 40s`. */
function limitText({ trial, graceSeconds }: Program): string {
  const most = formatTrialBudget({ ...trial, seconds: trial.seconds + graceSeconds });
  return `${formatTrialBudget(trial)}; a trial is killed at budget + grace, ${most}`;
}

function resultOf({ lab, program }: OpenLab, seed: number, { outcome, usage }: CheckTrial) {
  return { lab: lab.name, objective: program.objective, seed, outcome, usage };
}

type Completed = Outcome & { readonly kind: 'completed' };

/** @throws Problem that says why there is no value, with the end of what was printed */
function requireMeasured({ outcome, tail }: CheckTrial): Completed {
  if (outcome.kind === 'cancelled') throw new Problem('interrupted', EXIT.interrupted);
  if (outcome.kind === 'fault') throw new Problem(outcome.reason, EXIT.fault);
  if (outcome.kind === 'completed') return outcome;
  const printed = tail.trim() === '' ? [] : ['the last that it printed:', ...lastLines(tail)];
  const why = `the baseline yields no measurement: ${outcomeSentence(outcome)}`;
  throw new Problem([why, ...printed].join('\n'));
}

function baselineLines({ program }: OpenLab, { measurement, others }: Completed, usage: Usage): string[] {
  const { name, unit, direction } = program.objective;
  const { value, source } = measurement;
  return [
    `${name}: ${value}${unit === '' ? '' : ` ${unit}`} (${direction}${source === 'candidate-reported' ? ', candidate-reported' : ''})`,
    ...Object.entries(others).map(([other, number]) => `  ${other}: ${number}`),
    `  wall time: ${usage.wallSeconds.toFixed(2)} s, CPU time: ${usage.cpuSeconds.toFixed(2)} s, peak memory: ${formatBytes(usage.peakMemoryBytes)}`,
  ];
}

function readyLine({ lab }: OpenLab): string {
  return `the lab is ready: "ratchet run${lab.name === '.' ? '' : ` ${lab.name}`}" starts a study`;
}

function lastLines(tail: string): string[] {
  return tail
    .trimEnd()
    .split('\n')
    .slice(-TAIL_LINES)
    .map((line) => `  ${line}`);
}
