import { InvalidChangeError } from './fault.ts';
import type { ObjectStore } from './object-store.ts';
import {
  FILE,
  FOLDER,
  fromByteNames,
  isFolder,
  isPlainFile,
  type ObjectName,
  type TreeItem,
} from './tree.ts';

/** One path set or removed. An item without a mode keeps the mode of the plain file it replaces. */
export interface TreeEdit {
  /** Names from the root down, as `Tree` holds them. */
  names: readonly string[];
  item: { mode?: string; oid: ObjectName } | 'removed';
}

/**
 * Writes the trees that hold `edits` and returns the new root, which exists even when nothing is left in it.
 * Throws `InvalidChangeError` where an edit removes what is not there, or makes one name a file and a folder.
 */
export async function editTree(
  objects: ObjectStore,
  root: ObjectName | undefined,
  edits: readonly TreeEdit[],
): Promise<ObjectName> {
  return (await editFolder(objects, root, edits, 0)) ?? objects.writeTree(new Map());
}

async function editFolder(
  objects: ObjectStore,
  folder: ObjectName | undefined,
  edits: readonly TreeEdit[],
  depth: number,
): Promise<ObjectName | undefined> {
  const tree = new Map<string, TreeItem>(folder === undefined ? [] : await objects.tree(folder));
  const here = edits.filter((edit) => edit.names.length === depth + 1);
  const below = Map.groupBy(
    edits.filter((edit) => edit.names.length > depth + 1),
    (edit) => edit.names[depth]!,
  );

  // Removals first and additions last, so that a file may become a folder and a folder a file.
  for (const { names, item } of here) {
    if (item !== 'removed') continue;
    const name = names[depth]!;
    if (isFolder(tree.get(name))) throw invalid(names, 'is a folder; remove the files in it');
    if (!tree.delete(name)) throw invalid(names, 'is not there to be removed');
  }
  for (const [name, inside] of below) {
    const existing = tree.get(name);
    if (existing !== undefined && !isFolder(existing)) {
      throw invalid(inside[0]!.names, `lies in ${fromByteNames(name)}, which is a file; remove that first`);
    }
    const changed = await editFolder(objects, existing?.oid, inside, depth + 1);
    if (changed === undefined) tree.delete(name);
    else tree.set(name, { mode: FOLDER, oid: changed });
  }
  for (const { names, item } of here) {
    if (item === 'removed') continue;
    const name = names[depth]!;
    const existing = tree.get(name);
    if (isFolder(existing)) throw invalid(names, 'is a folder; remove the files in it first');
    const inherited = existing !== undefined && isPlainFile(existing) ? existing.mode : FILE;
    tree.set(name, { mode: item.mode ?? inherited, oid: item.oid });
  }
  return tree.size === 0 ? undefined : objects.writeTree(tree);
}

function invalid(names: readonly string[], problem: string): InvalidChangeError {
  return new InvalidChangeError(fromByteNames(names.join('/')), problem);
}
