import { lstat, mkdir, rm, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, normalize, resolve } from 'node:path';
import { emptyFolder, makeFolder } from '../git/clear-folder.ts';
import type { Repository } from '../git/repository.ts';
import type { SlotFolder } from '../lab/folder.ts';
import type { Commit } from '../model/identity.ts';
import type { ResourceLimits } from '../model/limit.ts';
import { layOutCache } from './cache.ts';
import { KEPT_CACHES, type StagePaths } from './environment.ts';

/** A provided path as a trial sees it: a link in the slot, or, where it is absolute, the path itself. */
export type Provided =
  | { readonly kind: 'link'; readonly target: string; readonly inTree: string }
  | { readonly kind: 'same-place'; readonly target: string };

/**
 * Where the paths of `provide` are, and where a trial finds them. `lab` is the lab's absolute folder, `prefix` its path
 * in the repository ('' or with a slash at the end).
 */
export function placesOf(provide: readonly string[], lab: string, prefix: string): Provided[] {
  return provide.map((path) => {
    if (path.startsWith('~/')) return { kind: 'same-place', target: join(homedir(), path.slice(2)) };
    if (isAbsolute(path)) return { kind: 'same-place', target: path };
    const inTree = normalize(join(prefix, path)).replace(/\/$/, '');
    return { kind: 'link', target: resolve(lab, path), inTree };
  });
}

/** What a slot is laid out with. */
export interface Layout {
  readonly repository: Repository;
  readonly shown: readonly Provided[];
  /** Relative to the repository: what of the commit is left out. */
  readonly hidden: readonly string[];
}

/**
 * Makes the work folder of a slot equal to a commit, whatever the last candidate did to it, with what is shown linked in, without
 * what is hidden, and with nothing else.
 */
export async function layOut(
  { repository, shown, hidden }: Layout,
  commit: Commit,
  folder: string,
  indexFile: string,
): Promise<void> {
  await repository.checkout({ commit, folder, indexFile });
  for (const path of hidden) await rm(join(folder, path), { recursive: true, force: true });
  for (const place of shown) {
    if (place.kind === 'link') await link(place.target, join(folder, place.inTree));
  }
}

async function link(target: string, path: string): Promise<void> {
  if (await lstat(path).catch(() => undefined)) return;
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
}

/** Empties what an earlier stage or trial left beside the slot's folders, a forged metrics file and its cache among it. */
export async function freshScratch(
  slot: SlotFolder,
  paths: StagePaths,
  resources: Pick<ResourceLimits, 'disk' | 'files'>,
): Promise<void> {
  await emptyFolder(slot.scratch, KEPT_CACHES);
  makeFolder(dirname(paths.metrics));
  makeFolder(paths.temporary);
  await layOutCache(paths, resources);
}
