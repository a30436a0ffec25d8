import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { createScope, normaliseEntry } from '../lab/scope.ts';
import type { Commit } from '../model/identity.ts';
import type { Program } from '../model/program.ts';

/** Of so many changed files the names are told; one is enough to refuse a trial. */
const NAMED = 5;

/**
 * The locked files of a commit that are not what they were when a folder was made equal to it, by their bytes. Artifacts may lie among
 * the files of a commit: a run writes them.
 *
 * @param absent paths that were left out of the folder, or below such
 */
export async function touchedLocked(
  {
    repository,
    program,
    lab,
  }: { readonly repository: Repository; readonly program: Program; readonly lab: string },
  place: { readonly commit: Commit; readonly folder: string; readonly indexFile: string },
  absent: readonly string[],
): Promise<string[]> {
  const isEditable = createScope(program.edit);
  const artifacts = program.scoring.kind === 'evaluated' ? program.scoring.artifacts.map(normaliseEntry) : [];
  const isOpen = (path: string) => {
    if (!path.startsWith(lab)) return false;
    const below = path.slice(lab.length);
    return isEditable(below) || artifacts.includes(below);
  };
  const isAbsent = (path: string) => absent.some((gone) => path === gone || path.startsWith(`${gone}/`));
  const touched: string[] = [];
  for (const path of await repository.changedSince(place)) {
    if (isOpen(path) || isAbsent(path)) continue;
    if (await isSame(join(place.folder, path), await repository.readFile(place.commit, path))) continue;
    touched.push(path);
    if (touched.length === NAMED) break;
  }
  return touched;
}

async function isSame(path: string, content: Buffer | undefined): Promise<boolean> {
  try {
    const found = await lstat(path);
    if (found.isSymbolicLink()) return content?.equals(Buffer.from(await readlink(path))) ?? false;
    return found.isFile() && (content?.equals(await readFile(path)) ?? false);
  } catch {
    // Gone, or in a place that is no folder any more.
    return false;
  }
}
