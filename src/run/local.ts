import { existsSync, realpathSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DiskFullError } from '../git/fault.ts';
import { type SlotFolder, slotFolder, trialFolder } from '../lab/folder.ts';
import type { Executor, Job, JobWatch, Ran, StageEnding } from '../model/executor.ts';
import { exceededText } from '../model/limit.ts';
import { type Program, programAt } from '../model/program.ts';
import type { Stage } from '../model/trial.ts';
import { groupName, removeGroups } from '../process/control-group.ts';
import { type Limits, limitsOf } from '../process/limits.ts';
import { killStrays } from '../process/terminate.ts';
import { crossArtifacts } from './artifacts.ts';
import { keepCache } from './cache.ts';
import { doorsOf, leftOut, shownTo } from './doors.ts';
import { environmentOf, stagePaths } from './environment.ts';
import { touchedLocked } from './locked.ts';
import { createMeter, type Meter } from './meter.ts';
import { type PreparationOptions, type Prepared, prepare } from './preparation.ts';
import { resourceLimitsOf } from './resource-limits.ts';
import { freshScratch, layOut } from './slot.ts';
import { runStage } from './stage.ts';

export interface LocalOptions extends PreparationOptions {
  readonly slots: number;
}

type Preparing = (signal: AbortSignal) => Promise<Prepared>;

/** Runs trials on this machine, one process tree a slot. A restarted engine finds none of its jobs alive, and cleans up. */
export function createLocalExecutor(options: LocalOptions): Executor {
  const { groups } = options.enforcement;
  if (groups.kind === 'found') removeGroups(groups.groups, groupName(`${basename(options.folder.root)}/`));
  let preparation: Promise<Prepared> | undefined;
  const prepared: Preparing = async (signal) => {
    preparation ??= prepare(options, signal);
    const ready = await preparation.catch((cause) => {
      preparation = undefined;
      throw cause;
    });
    // Whatever kept it from its end, the next trial tries it again.
    if (ready.kind === 'failed') preparation = undefined;
    return ready;
  };
  return {
    name: 'local',
    slots: options.slots,
    submit: (job, watch) => submit({ ...options, prepared }, job, watch),
    async attach(job) {
      await killJob(options, job);
      return { kind: 'gone' };
    },
    cancel: (job) => killJob(options, job),
    close: () => rm(join(options.folder.root, 'slots'), { recursive: true, force: true }),
  };
}

async function killJob({ folder }: LocalOptions, job: Job): Promise<void> {
  const { work } = slotFolder(folder, job.slot);
  await killStrays({ trial: job.reference.key, folder: existsSync(work) ? realpathSync(work) : work });
}

/** A full disk while a trial is laid out is a fault of the machine; any other fault here is the engine's own. */
async function submit(
  options: LocalOptions & { readonly prepared: Preparing },
  job: Job,
  watch: JobWatch,
): Promise<Ran> {
  const meter = createMeter();
  try {
    watch.stage('preparing');
    const prepared = await options.prepared(watch.signal);
    if (prepared.kind === 'failed')
      return {
        stage: 'run',
        ending: failedPreparation(prepared.ending),
        usage: meter.total(),
        tail: prepared.tail,
      };
    const slot = slotFolder(options.folder, job.slot);
    const program = programAt(options.program, job.fidelity);
    return await runTrial({ ...options, program, job, watch, meter, slot, prepared: prepared.folder });
  } catch (cause) {
    if (!isFullDisk(cause)) throw cause;
    const ending = { kind: 'fault', reason: `the disk is full: ${(cause as Error).message}` } as const;
    return { stage: 'run', ending, usage: meter.total(), tail: '' };
  }
}

function isFullDisk(cause: unknown): boolean {
  return (
    cause instanceof DiskFullError || (cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC')
  );
}

/** No trial can be told from another by what the lab itself does not manage. */
function failedPreparation(ending: StageEnding): StageEnding {
  if (ending.kind === 'cancelled' || ending.kind === 'fault') return ending;
  const how =
    ending.kind === 'exited'
      ? `exit code ${ending.code}`
      : ending.kind === 'limit'
        ? exceededText(ending.exceeded)
        : ending.kind;
  return { kind: 'refused', reason: `the lab's own \`prepare\` failed: ${how}` };
}

interface Running extends LocalOptions {
  /** What the lab's `prepare` left, where it has one. */
  readonly prepared: string | undefined;
  readonly job: Job;
  readonly watch: JobWatch;
  readonly meter: Meter;
  readonly slot: SlotFolder;
}

/** The stages of one trial, in order; the first that does not exit with 0 is the last. */
async function runTrial(running: Running): Promise<Ran> {
  const { program, slot, lab, watch } = running;
  await layOutCandidate(running);
  const work = join(slot.work, lab);
  let ran = await stage(running, 'run', program.run, work, limitsOf(program.trial, program.graceSeconds));
  if (isFine(ran.ending)) ran = { ...ran, ending: await lockedHeld(running) };
  if (program.scoring.kind === 'evaluated' && isFine(ran.ending))
    ran = await evaluate(running, program.scoring, ran);
  if (program.checks !== undefined && isFine(ran.ending) && watch.worthChecking()) {
    // The run may have changed what the checks are made of, or the checks themselves.
    await layOutCandidate(running);
    ran = await stage(running, 'checks', program.checks, work, graceLimits(program));
  }
  return ran;
}

async function layOutCandidate(running: Running): Promise<void> {
  const { repository, places, program, lab, slot, job } = running;
  const { shown } = shownTo('candidate', places);
  const hidden = leftOut('candidate', program, places, lab);
  await layOut({ repository, shown, hidden }, job.commit, slot.work, slot.index);
}

/** What a run left of the locked files decides whether its end counts. */
async function lockedHeld(running: Running): Promise<StageEnding> {
  const { program, places, lab, slot, job } = running;
  const place = { commit: job.commit, folder: slot.work, indexFile: slot.index };
  const touched = await touchedLocked(running, place, leftOut('candidate', program, places, lab));
  if (touched.length === 0) return { kind: 'exited', code: 0 };
  return { kind: 'refused', reason: `its run changed ${touched.join(', ')}: locked files` };
}

function isFine(ending: StageEnding): boolean {
  return ending.kind === 'exited' && ending.code === 0;
}

/** The candidate's folder stays behind: the score is made from the baseline's files and the declared artifacts. */
async function evaluate(
  running: Running,
  scoring: Program['scoring'] & { kind: 'evaluated' },
  ran: Ran,
): Promise<Ran> {
  const { slot, lab, baseline, program, repository, places } = running;
  const { shown } = shownTo('evaluation', places);
  const hidden = leftOut('evaluation', program, places, lab);
  await layOut({ repository, shown, hidden }, baseline, slot.evaluation, slot.evaluationIndex);
  const folder = join(slot.evaluation, lab);
  const { disk } = resourceLimitsOf(program.resources, running.folder.root);
  const crossing = await crossArtifacts(scoring.artifacts, join(slot.work, lab), folder, disk);
  if (crossing.kind === 'refused') return { ...ran, stage: 'evaluate', ending: crossing };
  return stage(running, 'evaluate', scoring.command, folder, graceLimits(program));
}

/** Evaluation and checks may take the grace, by the clock of the budget. */
export function graceLimits(program: Program): Limits {
  return limitsOf({ clock: program.trial.clock, seconds: program.graceSeconds }, 0);
}

async function stage(
  { program, places, enforcement, slot, job, baseline, watch, meter, folder, prepared }: Running,
  name: Stage,
  command: string,
  cwd: string,
  limits: Limits,
): Promise<Ran> {
  const paths = stagePaths(slot, name);
  const resources = resourceLimitsOf(program.resources, folder.root);
  await freshScratch(slot, paths, resources);
  const { root, output } = trialFolder(folder, job.trial);
  await mkdir(root, { recursive: true });
  const own = name === 'evaluate' ? slot.evaluation : slot.work;
  const doors = doorsOf(name === 'evaluate' ? 'evaluation' : 'candidate', program, places, {
    folder: own,
    command,
    paths,
    prepared,
  });
  const { ending, usage, tail } = await runStage({
    stage: name,
    command,
    cwd,
    environment: environmentOf(job, program, paths, slot, prepared),
    metrics: paths.metrics,
    limits: { ...limits, resources },
    confinement: { enforcement, doors },
    output: name === 'run' ? output : join(root, `${name}.log`),
    key: job.reference.key,
    folder: own,
    watch: { ...watch, usage: (now) => watch.usage(meter.with(now)) },
  });
  meter.add(usage);
  if (job.commit === baseline && isFine(ending)) await keepCache(paths);
  return { stage: name, ending, usage: meter.total(), tail };
}
