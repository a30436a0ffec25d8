import { isUtf8 } from 'node:buffer';
import { createScope } from '../lab/scope.ts';
import type { Commit } from '../model/identity.ts';
import type { Engine } from './engine.ts';

/** Larger files, and files past this many, are not shown to a researcher. */
const LARGEST_BYTES = 256 * 1024;
const MOST_FILES = 200;

/** Reads the editable text files of a commit, by path relative to the lab; the last commit asked for is remembered. */
export function createSourceReader({ repository, ledger, program }: Engine) {
  const inScope = createScope(program.edit);
  const { lab } = ledger.state.study;
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
