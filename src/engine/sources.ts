import { isUtf8 } from 'node:buffer';
import type { Repository } from '../git/repository.ts';
import { shownTo } from '../lab/shown.ts';
import type { Commit } from '../model/identity.ts';
import type { Program } from '../model/program.ts';

/** Larger files, and files past this many, are not shown to a researcher. */
const LARGEST_BYTES = 256 * 1024;
const MOST_FILES = 200;

/**
 * Reads the editable text files of a commit, by path relative to the lab; the last commit asked for is remembered.
 *
 * @param lab its path in the repository, with a slash at its end; '' at the top
 */
export function createSourceReader(
  repository: Pick<Repository, 'list' | 'readFile'>,
  program: Pick<Program, 'edit' | 'validation' | 'holdout'>,
  lab: string,
) {
  const inScope = shownTo(program);
  let last: { commit: Commit; sources: ReadonlyMap<string, string> } | undefined;

  return async (commit: Commit): Promise<ReadonlyMap<string, string>> => {
    if (last?.commit === commit) return last.sources;
    const sources = new Map<string, string>();
    for (const entry of await repository.list(commit, lab)) {
      const path = entry.path.slice(lab.length);
      const isFile = entry.mode.startsWith('100');
      if (!isFile || !inScope(path) || sources.size === MOST_FILES) continue;
      const bytes = await repository.readFile(commit, entry.path);
      if (bytes && bytes.length <= LARGEST_BYTES && isUtf8(bytes)) sources.set(path, bytes.toString());
    }
    last = { commit, sources };
    return sources;
  };
}
