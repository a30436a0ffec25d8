import type { ObjectStore } from './object-store.ts';
import {
  type FileMode,
  FOLDER,
  fromByteNames,
  isFolder,
  type ObjectName,
  type TreeItem,
  toByteNames,
} from './tree.ts';

export interface ListedFile {
  /** Relative to the repository's root, whatever the prefix. */
  path: string;
  mode: FileMode;
  oid: ObjectName;
}

/** The item that `names` lead to from a root tree; the root itself where there are none. */
export async function findItem(
  objects: ObjectStore,
  root: ObjectName,
  names: readonly string[],
): Promise<TreeItem | undefined> {
  let item: TreeItem | undefined = { mode: FOLDER, oid: root };
  for (const name of names) {
    if (item === undefined || !isFolder(item)) return undefined;
    item = (await objects.tree(item.oid)).get(name);
  }
  return item;
}

/** The names of a path as `findItem` takes them; none for ''. */
export function namesOf(path: string): string[] {
  return path === '' ? [] : toByteNames(path).split('/');
}

/** Every file, link and submodule at or below `prefix`, in the order of the tree; none where there is no such path. */
export async function listFiles(
  objects: ObjectStore,
  root: ObjectName,
  prefix: string,
): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  const bare = prefix.replace(/\/+$/, '');
  const start = await findItem(objects, root, namesOf(bare));
  if (start === undefined) return files;
  if (!isFolder(start)) return [{ path: bare, ...start }];
  await collect(objects, bare === '' ? '' : `${bare}/`, start.oid, files);
  return files;
}

async function collect(
  objects: ObjectStore,
  prefix: string,
  folder: ObjectName,
  files: ListedFile[],
): Promise<void> {
  const tree = await objects.tree(folder);
  // Asked for together, so that one wait serves all of them.
  await Promise.all(
    Array.from(tree.values(), (item) => (isFolder(item) ? objects.tree(item.oid) : undefined)),
  );
  for (const [name, item] of tree) {
    const path = prefix + fromByteNames(name);
    if (isFolder(item)) await collect(objects, `${path}/`, item.oid, files);
    else files.push({ path, ...item });
  }
}
