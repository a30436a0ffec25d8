import { rm } from 'node:fs/promises';
import type { Commit } from '../model/identity.ts';
import { clearFolder, type Kept, makeFolder } from './clear-folder.ts';
import { DiskFullError, faultOf, isDiskFull } from './fault.ts';
import { withoutFilters } from './filters.ts';
import { expectFrom, type GitContext, runIn, splitRecords } from './git-context.ts';
import { namesOf } from './list.ts';

export interface CheckoutOptions {
  commit: Commit;
  /** A plain folder of ours, absolute, without a `.git`; made where it is missing. */
  folder: string;
  /** The folder's own index, outside of it and out of a run's reach: what git believes about the files stands there. */
  indexFile: string;
  /** Paths in the folder that are left alone, such as links to what is provided. */
  keep?: readonly string[];
  signal?: AbortSignal;
}

/**
 * What git must not take over from the user here: ways to overlook a change, to leave files out, and to reach into
 * submodules. The folder can be made again at any time, so it is not worth an fsync.
 */
const OVERRIDE = [
  'core.fsync=none',
  'core.trustctime=true',
  'core.checkStat=default',
  'core.ignoreStat=false',
  'core.fileMode=true',
  'core.sparseCheckout=false',
  'submodule.recurse=false',
];

/**
 * Makes a folder equal to a commit's tree, whatever was done in it. A changed file is known by its ctime, which no
 * program can set; an unchanged one is not read. Where that fails, the folder is made again from nothing.
 */
export async function checkOut(context: GitContext, options: CheckoutOptions): Promise<void> {
  const kept = toKept(options.keep ?? []);
  try {
    await bringTo(context, options, kept, await context.objects.rootOf(options.commit));
  } catch (error) {
    options.signal?.throwIfAborted();
    context.signal?.throwIfAborted();
    if (isDiskFull(error)) throw asDiskFull(error, options.folder);
    await rm(options.indexFile, { force: true });
    await bringTo(context, options, kept, undefined);
  }
}

/**
 * Files of the commit that a folder was made equal to which were written to since, or are gone, in the order of git: told by their
 * ctime, which no program can set. Whether their bytes differ is another question.
 */
export async function changedSince(
  context: GitContext,
  { commit, folder, indexFile, signal }: CheckoutOptions,
): Promise<string[]> {
  const answer = await expectFrom(context, `compare ${folder} with ${commit}`, {
    // Git would look for changes in a submodule with the settings that it finds there: they are the candidate's.
    args: ['diff-files', '--ignore-submodules=all', '--name-only', '-z'],
    directory: folder,
    environment: { GIT_INDEX_FILE: indexFile, GIT_WORK_TREE: folder },
    override: [...OVERRIDE, ...(await withoutFilters(context))],
    signal,
  });
  return splitRecords(answer);
}

/** One file of a folder that is not as in the commit, or not in it at all. A move is a deletion and a new file. */
export interface FolderChange {
  readonly path: string;
  readonly kind: 'written' | 'deleted';
}

/** Bytes of a list of changes that are read. */
const MOST_LISTED = 1024 * 1024;

/**
 * What was done in a folder since it was made equal to a commit: files that were written to, whether their bytes differ or not, that are gone, or that
 * are new and ignored by no `.gitignore`. Links are neither followed nor looked behind; a folder with a git folder of its own is one new path that ends with `/`.
 *
 * @returns undefined where git cannot tell: there are too many of them, or it may not look
 */
export async function folderChanges(
  context: GitContext,
  { folder, indexFile, signal }: Omit<CheckoutOptions, 'commit'>,
): Promise<FolderChange[] | undefined> {
  const override = [...OVERRIDE, ...(await withoutFilters(context))];
  const ask = (args: readonly string[]) =>
    runIn(context, {
      args,
      directory: folder,
      environment: { GIT_INDEX_FILE: indexFile, GIT_WORK_TREE: folder },
      maxBytes: MOST_LISTED,
      override,
      signal,
    });
  const known = await ask(['diff-files', '--ignore-submodules=all', '--no-renames', '--name-status', '-z']);
  const fresh = await ask(['ls-files', '--others', '--exclude-standard', '-z']);
  if ([known, fresh].some(({ code, truncated }) => code !== 0 || truncated)) return undefined;
  const words = splitRecords(known.stdout);
  const changed = words.flatMap((status, index): FolderChange[] => {
    const path = words[index + 1];
    if (index % 2 === 1 || path === undefined) return [];
    return [{ path, kind: status === 'D' ? 'deleted' : 'written' }];
  });
  return [...changed, ...splitRecords(fresh.stdout).map((path) => ({ path, kind: 'written' }) as const)];
}

/** Clears the folder down to what `tree` has in common with it, and lets git write the rest. */
async function bringTo(
  context: GitContext,
  { commit, folder, indexFile, signal }: CheckoutOptions,
  kept: Kept,
  tree: string | undefined,
): Promise<void> {
  // Left by a git that was killed; nobody else uses this index.
  await rm(`${indexFile}.lock`, { force: true });
  makeFolder(folder);
  // Before git looks, so that no link leads it elsewhere and nothing stands in its way.
  await clearFolder((name) => context.objects.tree(name), folder, tree, kept);
  await expectFrom(context, `check out ${commit}`, {
    args: ['read-tree', '--reset', '-u', commit],
    directory: folder,
    environment: { GIT_INDEX_FILE: indexFile, GIT_WORK_TREE: folder },
    override: [...OVERRIDE, ...(await withoutFilters(context))],
    signal,
  });
}

function asDiskFull(error: unknown, place: string): Error {
  if (error instanceof DiskFullError) return error;
  return faultOf({ task: 'check out', place, stderr: '', cause: error });
}

function toKept(paths: readonly string[]): Kept {
  const kept: Kept = new Map();
  for (const path of paths) {
    const names = namesOf(path.replace(/\/+$/, ''));
    const last = names.pop();
    if (last === undefined) continue;
    let level: Kept | undefined = kept;
    for (const name of names) {
      const next: 'whole' | Kept = level.get(name) ?? new Map();
      level.set(name, next);
      if (next === 'whole') {
        level = undefined;
        break;
      }
      level = next;
    }
    level?.set(last, 'whole');
  }
  return kept;
}
