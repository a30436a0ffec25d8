import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { filesIn } from '../lab/command-files.ts';
import { normaliseEntry } from '../lab/scope.ts';
import type { Program } from '../model/program.ts';
import { isOfSystem } from '../process/bubblewrap.ts';
import type { Doors } from '../process/doors.ts';
import { runtimesOf } from '../process/runtime.ts';
import type { StagePaths } from './environment.ts';
import { type Provided, placesOf } from './slot.ts';

/** Who looks: a run and its checks see neither validation nor sealed paths, the evaluation no sealed ones, a holdout all. */
export type Viewer = 'candidate' | 'evaluation' | 'holdout';

/** Where the paths that a program names are on this machine. */
export interface Places {
  /** Top folder of the repository, absolute. */
  readonly root: string;
  readonly provided: readonly Provided[];
  readonly validation: readonly Provided[];
  readonly sealed: readonly Provided[];
}

/** @param lab the lab's absolute folder; `prefix` is its path in the repository, '' or with a slash at the end */
export function placesOfProgram(program: Program, lab: string, prefix: string): Places {
  return {
    root: resolve(lab, relative(prefix, '')),
    provided: placesOf(program.provide, lab, prefix),
    validation: placesOf(program.validation, lab, prefix),
    sealed: placesOf(program.holdout?.sealed ?? [], lab, prefix),
  };
}

/** What a viewer is shown beside the files of its commit, and what is kept from it. */
export function shownTo(
  viewer: Viewer,
  { provided, validation, sealed }: Places,
): { shown: Provided[]; hidden: Provided[] } {
  switch (viewer) {
    case 'candidate':
      return { shown: [...provided], hidden: [...validation, ...sealed] };
    case 'evaluation':
      return { shown: [...provided, ...validation], hidden: [...sealed] };
    case 'holdout':
      return { shown: [...provided, ...validation, ...sealed], hidden: [] };
    default:
      return viewer satisfies never;
  }
}

/** What of a commit's own files a viewer does not find, relative to the repository. */
export function leftOut(viewer: Viewer, program: Program, places: Places, prefix: string): string[] {
  const { hidden } = shownTo(viewer, places);
  const paths = hidden.flatMap((place) => (place.kind === 'link' ? place.inTree : []));
  return viewer === 'candidate' ? [...paths, ...evaluators(program).map((file) => prefix + file)] : paths;
}

/** Files, relative to the lab, that the scoring commands name and no command of the candidate's does: the evaluation's own. */
function evaluators({ scoring, holdout, run, checks }: Program): string[] {
  const commands = [scoring.kind === 'evaluated' ? scoring.command : '', holdout?.command ?? ''];
  const artifacts = scoring.kind === 'evaluated' ? scoring.artifacts : [];
  const own = new Set([...filesIn(run), ...filesIn(checks ?? ''), ...artifacts.map(normaliseEntry)]);
  return commands.flatMap(filesIn).filter((file) => !own.has(file));
}

/** The doors of one stage, which works in `folder`. */
export function doorsOf(
  viewer: Viewer,
  program: Program,
  places: Places,
  stage: {
    readonly folder: string;
    readonly command: string;
    readonly paths: StagePaths;
    readonly prepared?: string | undefined;
  },
): Doors {
  const { shown, hidden } = shownTo(viewer, places);
  const { sandbox, resources } = program;
  const targets = shown.map(({ target }) => target);
  const read = [
    ...runtimesOf([stage.command], targets, stage.folder),
    ...targets,
    ...(stage.prepared === undefined ? [] : [stage.prepared]),
    ...sandbox.read.map(fromHome),
  ];
  return {
    read: [...new Set([...read, ...read.flatMap(realPath)])],
    write: [stage.folder, stage.paths.cache, dirname(stage.paths.metrics), ...sandbox.write.map(fromHome)],
    closed: isOfSystem(places.root) ? [places.root] : [],
    hidden: hidden
      .flatMap(({ target }) => [target, ...realPath(target)])
      .filter((path) =>
        read.some((folder) => isBelow(path, folder) || isBelow(path, realPath(folder)[0] ?? folder)),
      ),
    temporary: stage.paths.temporary,
    network: sandbox.network,
    gpus: resources.gpus > 0,
  };
}

function fromHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}

/** Where a link leads: a path is shown at both places, since programs ask for either. */
function realPath(path: string): string[] {
  return existsSync(path) ? [realpathSync(path)] : [];
}

function isBelow(path: string, folder: string): boolean {
  const below = relative(folder, path);
  return below === '' || (!below.startsWith('..') && !below.startsWith('/'));
}
