import type { Commit } from '../model/identity.ts';
import { GitFault } from './fault.ts';
import { expectFrom, type GitContext } from './git-context.ts';
import type { StoredObject } from './object-store.ts';
import { fromByteNames, isFolder, type ObjectName, parseTree, SUBMODULE } from './tree.ts';

/** Something that a commit is made of and the repository does not give. */
export interface Lacking {
  /** The first commit that needs it, or itself. */
  readonly commit: Commit;
  /** Of the file or folder, `.` for the top folder; '' for the commit itself. */
  readonly path: string;
  /** Follows the thing's name: `is missing`, or git's own words. */
  readonly reason: string;
}

export interface Inspection {
  /** Of each commit that could be read, those on the way to `end` included. */
  readonly parents: ReadonlyMap<Commit, readonly Commit[]>;
  readonly lacking: readonly Lacking[];
  /** Different objects that are there. */
  readonly objects: number;
}

/** One object to look at, and who needs it. */
interface Wanted {
  readonly oid: ObjectName;
  readonly commit: Commit;
  readonly path: string;
}

/**
 * Whether commits are there with all of their files, and all that leads from them down to `end`, whose own history is not
 * looked at. Commits and folders are read; of files it is asked only whether git finds them.
 */
export async function inspectCommits(
  context: GitContext,
  commits: readonly Commit[],
  end: Commit,
): Promise<Inspection> {
  const parents = new Map<Commit, readonly Commit[]>();
  const lacking: Lacking[] = [];
  const seen = new Set<ObjectName>();
  const files = new Map<ObjectName, Wanted>();

  /** Its content the first time that anybody needs it, where the repository gives it as what it should be. */
  async function read(wanted: Wanted, kind: 'commit' | 'tree'): Promise<Buffer | undefined> {
    if (seen.has(wanted.oid)) return undefined;
    seen.add(wanted.oid);
    const found = await attempt(() => context.objects.read(wanted.oid));
    if (typeof found !== 'string' && found.kind === kind) return found.content;
    const reason = typeof found === 'string' ? found : `is a ${found.kind}, not a ${kind}`;
    lacking.push({ commit: wanted.commit, path: wanted.path, reason });
    return undefined;
  }

  async function readFolder(folder: Wanted): Promise<void> {
    const content = await read(folder, 'tree');
    if (content === undefined) return;
    for (const [name, item] of parseTree(content, context.hashBytes)) {
      const path = folder.path === '.' ? fromByteNames(name) : `${folder.path}/${fromByteNames(name)}`;
      const wanted = { oid: item.oid, commit: folder.commit, path };
      if (isFolder(item)) await readFolder(wanted);
      // A submodule's commit is of another repository.
      else if (item.mode !== SUBMODULE && !files.has(item.oid)) files.set(item.oid, wanted);
    }
  }

  const waiting = [...commits];
  for (const commit of waiting) {
    const content = await read({ oid: commit, commit, path: '' }, 'commit');
    if (content === undefined) continue;
    const { tree, parents: before } = parseCommit(content);
    parents.set(commit, before);
    await readFolder({ oid: tree, commit, path: '.' });
    if (commit !== end) waiting.push(...before);
  }
  const missing = await missingOf(context, [...files.keys()]);
  for (const oid of missing) {
    const { commit, path } = files.get(oid)!;
    lacking.push({ commit, path, reason: 'is missing' });
  }
  return { parents, lacking, objects: seen.size + files.size - lacking.length };
}

function parseCommit(content: Buffer): { tree: ObjectName; parents: Commit[] } {
  const [head = ''] = content.toString('latin1').split('\n\n', 1);
  const named = (word: string) =>
    head.split('\n').flatMap((line) => (line.startsWith(`${word} `) ? line.slice(word.length + 1) : []));
  return { tree: named('tree')[0] ?? '', parents: named('parent') as Commit[] };
}

/** What was read, or why it could not be. */
async function attempt(read: () => Promise<StoredObject | undefined>): Promise<StoredObject | string> {
  try {
    return (await read()) ?? 'is missing';
  } catch (error) {
    if (!(error instanceof GitFault)) throw error;
    return `cannot be read: ${error.message}`;
  }
}

/** One git for all of them: a question each would cost as much as reading them. */
async function missingOf(context: GitContext, objects: readonly ObjectName[]): Promise<ObjectName[]> {
  if (objects.length === 0) return [];
  const output = await expectFrom(context, 'look for files', {
    // The size makes it open each file, and find one that was cut off at its beginning.
    args: ['cat-file', '--batch-check=%(objectsize)', '--buffer'],
    input: objects.map((oid) => `${oid}\n`).join(''),
  });
  const lines = output.toString('latin1').split('\n');
  return lines.flatMap((line) => (line.endsWith(' missing') ? line.slice(0, -' missing'.length) : []));
}
