import { existsSync, renameSync, type Stats } from 'node:fs';
import { cp, lstat, rm } from 'node:fs/promises';
import { emptyFolder, makeFolder } from '../git/clear-folder.ts';
import type { ResourceLimits } from '../model/limit.ts';
import { heldBelow } from '../process/disk-use.ts';
import type { StagePaths } from './environment.ts';

/** Of what a stage may hold on disk, a cache that it finds may take so much: the rest is for the stage itself. */
const CACHE_SHARE = 0.5;

/**
 * Gives a stage a copy of what the baseline's trials left in this slot: a candidate that could leave something for later ones would
 * train on with another's budget, or spoil theirs. One that takes more than its share is not given, so that none grows for ever.
 */
export async function layOutCache(
  { cache, keptCache }: StagePaths,
  { disk, files }: Pick<ResourceLimits, 'disk' | 'files'>,
): Promise<void> {
  if (!existsSync(keptCache)) return makeFolder(cache);
  const share = { disk: CACHE_SHARE * disk, files: CACHE_SHARE * files };
  const held = heldBelow([keptCache], share);
  if (held.bytes > share.disk || held.files > share.files) return makeFolder(cache);
  await cp(keptCache, cache, {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    // A compile server's socket is nothing to copy, and nobody answers there any more.
    filter: async (path) => isCopied(await lstat(path)),
  });
}

function isCopied(found: Stats): boolean {
  return found.isFile() || found.isDirectory() || found.isSymbolicLink();
}

/** What a stage of the baseline leaves in its cache is what later trials in this slot find. */
export async function keepCache({ cache, keptCache }: StagePaths): Promise<void> {
  // Whatever it did to the folder itself: a link in its place is none.
  makeFolder(cache);
  await emptyFolder(keptCache, []);
  await rm(keptCache, { recursive: true });
  renameSync(cache, keptCache);
}
