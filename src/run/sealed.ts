import { createHash } from 'node:crypto';
import {
  createReadStream,
  type Dirent,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { type StudyFolder, scratchSlot, slotFolder } from '../lab/folder.ts';
import type { LineSource, StageEnding } from '../model/executor.ts';
import type { Commit, Digest } from '../model/identity.ts';
import type { Program, SealedEvaluation } from '../model/program.ts';
import type { Enforcement } from '../process/enforcement.ts';
import { killStrays } from '../process/terminate.ts';
import { crossArtifacts } from './artifacts.ts';
import { doorsOf, placesOfProgram, shownTo } from './doors.ts';
import { environmentOf, stagePaths } from './environment.ts';
import { graceLimits } from './local.ts';
import { resourceLimitsOf } from './resource-limits.ts';
import { freshScratch, layOut, placesOf } from './slot.ts';
import { runStage } from './stage.ts';

/** What a sealed evaluation is run on. */
export interface SealedRun {
  readonly repository: Repository;
  readonly enforcement: Enforcement;
  readonly folder: StudyFolder;
  readonly program: Program;
  readonly holdout: SealedEvaluation;
  /** The lab's absolute folder. */
  readonly lab: string;
  /** Where the locked files are taken from: no candidate's line is in it. */
  readonly baseline: Commit;
  /** The commit that was run in the slot last, under this seed: its artifacts are what is evaluated. */
  readonly ran: { readonly commit: Commit; readonly slot: number; readonly seed: number };
  /** What the lab's `prepare` left, where it has one. */
  readonly prepared: string | undefined;
  /** The study's own: marks the processes of its sealed evaluation, and finds those that a killed engine left. */
  readonly key: string;
  readonly signal: AbortSignal;
  readonly onLine: (source: LineSource, text: string) => void;
}

/**
 * Runs the sealed evaluation on the artifacts that a trial left in its slot, in a folder of its own that holds the baseline's
 * files, what is provided and what is sealed. It may take as long as `evaluate`. All that it writes lies in the study's scratch
 * folder and is gone when this returns, its output too.
 */
export async function runSealed(options: SealedRun): Promise<StageEnding> {
  const { repository, program, holdout, folder, lab, ran, signal } = options;
  if (program.scoring.kind !== 'evaluated') throw new Error('a holdout without artifacts sees nothing');
  const root = join(folder.scratch, 'sealed');
  const place = scratchSlot(root);
  const { prefix } = repository;
  try {
    mkdirSync(root);
    await killStrays({ trial: options.key, folder: realpathSync(root) });
    const places = placesOfProgram(program, lab, prefix);
    const { shown } = shownTo('holdout', places);
    await layOut(
      { repository, shown, hidden: [] },
      options.baseline,
      place.evaluation,
      place.evaluationIndex,
    );
    const cwd = join(place.evaluation, prefix);
    const left = join(slotFolder(folder, ran.slot).work, prefix);
    const resources = resourceLimitsOf(program.resources, root);
    const crossing = await crossArtifacts(program.scoring.artifacts, left, cwd, resources.disk);
    if (crossing.kind === 'refused') return crossing;
    const paths = stagePaths(place, 'evaluate');
    await freshScratch(place, paths, resources);
    const request = { commit: ran.commit, purpose: 'certify', seed: ran.seed } as const;
    const { ending } = await runStage({
      stage: 'evaluate',
      command: holdout.command,
      cwd,
      environment: environmentOf(request, program, paths, place, options.prepared),
      metrics: paths.metrics,
      limits: { ...graceLimits(program), resources },
      confinement: {
        enforcement: options.enforcement,
        doors: doorsOf('holdout', program, places, {
          folder: place.evaluation,
          command: holdout.command,
          paths,
          prepared: options.prepared,
        }),
      },
      output: join(root, 'output.log'),
      key: options.key,
      folder: root,
      watch: {
        signal,
        stage: () => undefined,
        line: (_, source, text) => options.onLine(source, text),
        usage: () => undefined,
        worthChecking: () => false,
      },
    });
    return ending;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Of so many bytes of sealed files the content counts; of what lies beyond, names and sizes. */
const MOST_BYTES = 4 * 1024 ** 3;
/** Files and folders below sealed paths that are looked at. */
const MOST_ENTRIES = 100_000;

/** Of the command and of what lies at the sealed paths: another one after either has changed. */
export async function digestOfSealed(
  { command, sealed }: SealedEvaluation,
  lab: string,
  prefix: string,
): Promise<Digest> {
  const hash = createHash('sha256').update(`${command}\0`);
  let bytes = 0;
  for (const { path, name } of entriesBelow(placesOf(sealed, lab, prefix).map(({ target }) => target))) {
    const found = lstatSync(path);
    if (found.isSymbolicLink()) hash.update(`${name}\0link\0${readlinkSync(path)}\0`);
    if (!found.isFile()) continue;
    hash.update(`${name}\0${found.size}\0`);
    bytes += found.size;
    if (bytes > MOST_BYTES) continue;
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  }
  return hash.digest('hex') as Digest;
}

/** In an order of their own names, so that the same files have the same digest everywhere. */
function entriesBelow(roots: readonly string[]): { readonly path: string; readonly name: string }[] {
  const found: { path: string; name: string }[] = [];
  const byName = (one: Dirent, other: Dirent) => (one.name < other.name ? -1 : 1);
  const visit = (path: string, name: string) => {
    if (found.length === MOST_ENTRIES) return;
    found.push({ path, name });
    if (!lstatSync(path).isDirectory()) return;
    for (const entry of readdirSync(path, { withFileTypes: true }).toSorted(byName))
      visit(join(path, entry.name), `${name}/${entry.name}`);
  };
  for (const [index, root] of roots.entries()) visit(realpathSync(root), String(index));
  return found;
}
