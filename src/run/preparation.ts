import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync, renameSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { type SlotFolder, type StudyFolder, scratchSlot } from '../lab/folder.ts';
import type { StageEnding } from '../model/executor.ts';
import type { Commit } from '../model/identity.ts';
import type { Program } from '../model/program.ts';
import type { Enforcement } from '../process/enforcement.ts';
import { killStrays } from '../process/terminate.ts';
import { doorsOf, type Places, shownTo } from './doors.ts';
import { environmentOf, stagePaths } from './environment.ts';
import { resourceLimitsOf } from './resource-limits.ts';
import { freshScratch, layOut } from './slot.ts';
import { runStage } from './stage.ts';

/** How long a lab's `prepare` may take, in seconds: it happens once a study. */
const LONGEST = 3600;

/** What a lab's `prepare` left for all trials. */
export type Prepared =
  /** Its folder; undefined where the program has no `prepare`. */
  | { readonly kind: 'ready'; readonly folder: string | undefined }
  /** It ended otherwise than with 0, and no trial can run. */
  | { readonly kind: 'failed'; readonly ending: StageEnding; readonly tail: string };

export interface PreparationOptions {
  readonly repository: Repository;
  readonly places: Places;
  readonly enforcement: Enforcement;
  readonly folder: StudyFolder;
  readonly program: Program;
  /** The lab's folder in its repository: '' or with a slash at the end. */
  readonly lab: string;
  /** Where evaluation and preparation take their files from: no candidate's line is in it. */
  readonly baseline: Commit;
}

/**
 * Runs `prepare` on the baseline's files, once for as long as its command, the baseline and what it is shown stay the same. It sees what
 * the evaluation sees, and so can part what trials may see from what they may not. A study that resumes finds it done.
 */
export async function prepare(options: PreparationOptions, signal: AbortSignal): Promise<Prepared> {
  const { repository, places, enforcement, folder, program, lab, baseline } = options;
  if (program.prepare === undefined) return { kind: 'ready', folder: undefined };
  const done = join(folder.root, 'prepared', digestOf(options));
  if (existsSync(done)) return { kind: 'ready', folder: done };
  const root = join(folder.root, 'preparing');
  const slot: SlotFolder = scratchSlot(root);
  // The study's own: finds what a killed engine left at it.
  const key = `${basename(folder.root)}/prepare`;
  await killStrays({ trial: key, folder: existsSync(root) ? realpathSync(root) : root });
  await rm(root, { recursive: true, force: true });
  try {
    const output = join(root, 'prepared');
    mkdirSync(output, { recursive: true });
    const { shown } = shownTo('evaluation', places);
    await layOut({ repository, shown, hidden: [] }, baseline, slot.evaluation, slot.evaluationIndex);
    const paths = stagePaths(slot, 'evaluate');
    const resources = resourceLimitsOf(program.resources, root);
    await freshScratch(slot, paths, resources);
    const doors = doorsOf('evaluation', program, places, {
      folder: slot.evaluation,
      command: program.prepare,
      paths,
    });
    const { ending, tail } = await runStage({
      stage: 'run',
      command: program.prepare,
      cwd: join(slot.evaluation, lab),
      environment: environmentOf(
        { commit: baseline, purpose: 'champion', seed: 0 },
        program,
        paths,
        slot,
        output,
      ),
      metrics: paths.metrics,
      limits: { wallSeconds: LONGEST, resources },
      confinement: { enforcement, doors: { ...doors, write: [...doors.write, output] } },
      output: join(root, 'output.log'),
      key,
      folder: slot.evaluation,
      watch: {
        signal,
        stage: () => undefined,
        line: () => undefined,
        usage: () => undefined,
        worthChecking: () => false,
      },
    });
    if (ending.kind !== 'exited' || ending.code !== 0) return { kind: 'failed', ending, tail };
    mkdirSync(join(folder.root, 'prepared'), { recursive: true });
    renameSync(output, done);
    return { kind: 'ready', folder: done };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function digestOf({ program, baseline, places }: PreparationOptions): string {
  const shown = shownTo('evaluation', places).shown.map(({ target }) => {
    const found = statSync(target, { throwIfNoEntry: false });
    return `${target}\0${found?.mtimeMs ?? ''}\0${found?.size ?? ''}`;
  });
  return createHash('sha256')
    .update([program.prepare, baseline, ...shown].join('\n'))
    .digest('hex')
    .slice(0, 32);
}
