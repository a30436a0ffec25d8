import { isUtf8 } from 'node:buffer';
import type { Repository } from '../git/repository.ts';
import { shownTo } from '../lab/shown.ts';
import type { Commit } from '../model/identity.ts';
import type { Program } from '../model/program.ts';
import type { Brief, Unshown } from '../model/researcher.ts';

/** Larger files, and files past this many, are not shown to a researcher. */
const LARGEST_BYTES = 256 * 1024;
const MOST_FILES = 200;

/** The editable files of a commit, by path relative to the lab. */
type Files = Pick<Brief, 'sources' | 'unshown'>;

/**
 * Reads the editable files of a commit; the last commit asked for is remembered.
 *
 * @param lab its path in the repository, with a slash at its end; '' at the top
 */
export function createSourceReader(
  repository: Pick<Repository, 'list' | 'readFile'>,
  program: Pick<Program, 'edit' | 'validation' | 'holdout'>,
  lab: string,
) {
  const inScope = shownTo(program);
  let last: { readonly commit: Commit; readonly files: Files } | undefined;

  return async (commit: Commit): Promise<Files> => {
    if (last?.commit === commit) return last.files;
    const sources = new Map<string, string>();
    const unshown = new Map<string, Unshown>();
    for (const entry of await repository.list(commit, lab)) {
      const path = entry.path.slice(lab.length);
      if (!inScope(path)) continue;
      if (sources.size === MOST_FILES) {
        unshown.set(path, { kind: 'beyond', most: MOST_FILES });
        continue;
      }
      const bytes = await repository.readFile(commit, entry.path);
      if (bytes === undefined) unshown.set(path, { kind: 'link' });
      else if (bytes.length > LARGEST_BYTES) unshown.set(path, { kind: 'large', bytes: bytes.length });
      else if (!isUtf8(bytes)) unshown.set(path, { kind: 'binary', bytes: bytes.length });
      else sources.set(path, bytes.toString());
    }
    last = { commit, files: { sources, unshown } };
    return last.files;
  };
}
