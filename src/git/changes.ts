import type { Commit } from '../model/identity.ts';
import type { ObjectStore } from './object-store.ts';
import {
  type FileMode,
  fromByteNames,
  isFolder,
  isPlainFile,
  type ObjectName,
  type TreeItem,
} from './tree.ts';

/** One path that differs between two commits. A move is a deletion and an addition. */
export type Change =
  | { path: string; status: 'added'; newMode: FileMode }
  | { path: string; status: 'deleted'; oldMode: FileMode }
  /** Other content, or the executable bit. */
  | { path: string; status: 'modified'; oldMode: FileMode; newMode: FileMode }
  /** A file became a symbolic link, a submodule, or the other way round. */
  | { path: string; status: 'type-changed'; oldMode: FileMode; newMode: FileMode };

/** One path that differs, with both sides; never a folder. `path` is as `Tree` holds names. */
export interface Difference {
  path: string;
  before: TreeItem | undefined;
  after: TreeItem | undefined;
}

export async function changesBetween(objects: ObjectStore, from: Commit, to: Commit): Promise<Change[]> {
  const differences = await differencesBetween(objects, await objects.rootOf(from), await objects.rootOf(to));
  return differences.map(toChange);
}

/** Compares two trees, entering only folders that differ; sorted by the bytes of the path. */
export async function differencesBetween(
  objects: ObjectStore,
  before: ObjectName | undefined,
  after: ObjectName | undefined,
): Promise<Difference[]> {
  const found: Difference[] = [];
  await compare(objects, '', before, after, found);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function compare(
  objects: ObjectStore,
  prefix: string,
  before: ObjectName | undefined,
  after: ObjectName | undefined,
  found: Difference[],
): Promise<void> {
  if (before === after) return;
  const old = before === undefined ? new Map<string, TreeItem>() : await objects.tree(before);
  const fresh = after === undefined ? new Map<string, TreeItem>() : await objects.tree(after);
  for (const name of new Set([...old.keys(), ...fresh.keys()])) {
    const was = old.get(name);
    const is = fresh.get(name);
    if (was?.oid === is?.oid && was?.mode === is?.mode) continue;
    const path = prefix + name;
    const wasFolder = isFolder(was);
    const isFolderNow = isFolder(is);
    if (wasFolder || isFolderNow) {
      const inside = [wasFolder ? was?.oid : undefined, isFolderNow ? is?.oid : undefined] as const;
      await compare(objects, `${path}/`, ...inside, found);
    }
    const file = { before: wasFolder ? undefined : was, after: isFolderNow ? undefined : is };
    if (file.before !== undefined || file.after !== undefined) found.push({ path, ...file });
  }
}

function toChange(difference: Difference): Change {
  const { before, after } = difference;
  const path = fromByteNames(difference.path);
  if (before === undefined) return { path, status: 'added', newMode: after!.mode };
  if (after === undefined) return { path, status: 'deleted', oldMode: before.mode };
  const sameKind = before.mode === after.mode || (isPlainFile(before) && isPlainFile(after));
  const status = sameKind ? 'modified' : 'type-changed';
  return { path, status, oldMode: before.mode, newMode: after.mode };
}
