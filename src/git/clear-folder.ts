import { chmod, lstat, mkdir, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import type { ObjectStore } from './object-store.ts';
import { FOLDER, isFolder, type ObjectName, SUBMODULE, type Tree } from './tree.ts';

/** What to leave alone: names that are kept whole, or folders on the way to such a name. */
export type Kept = Map<string, 'whole' | Kept>;

/** Below this, a path with one more name fits every system call. */
const PATH_SAFE_BYTES = 3_000;
const EMPTY: Tree = new Map();

/**
 * Removes from `folder` whatever a tree does not have there: untracked names, git folders, links and files in the
 * place of folders, folders in the place of files. Follows no link, and enters what was made unreadable.
 * Content of files is not looked at. Names are bytes, as a run can make names that are no text.
 */
export async function clearFolder(
  objects: ObjectStore,
  folder: Buffer,
  tree: ObjectName | undefined,
  kept: Kept,
): Promise<void> {
  await clear(objects, folder, tree === undefined ? EMPTY : await objects.tree(tree), kept, folder);
}

async function clear(
  objects: ObjectStore,
  folder: Buffer,
  tree: Tree,
  kept: Kept,
  top: Buffer,
): Promise<void> {
  const folders: Promise<void>[] = [];
  for (const entry of await readFolder(folder)) {
    const name = entry.name.toString('latin1');
    const keep = kept.get(name);
    if (keep === 'whole') continue;
    const path = below(folder, entry.name);
    const item = tree.get(name);
    if (entry.isDirectory()) {
      const isWanted = item?.mode === FOLDER || item?.mode === SUBMODULE || keep !== undefined;
      if (!isWanted) await removeFolder(path, top);
      else {
        const inside = isFolder(item) ? await objects.tree(item!.oid) : EMPTY;
        folders.push(clear(objects, path, inside, keep ?? new Map(), top));
      }
    } else if (item === undefined || isFolder(item) || item.mode === SUBMODULE || !isFileOrLink(entry)) {
      await unlink(path);
    }
  }
  await Promise.all(folders);
}

const isFileOrLink = (entry: { isFile(): boolean; isSymbolicLink(): boolean }) =>
  entry.isFile() || entry.isSymbolicLink();

/** Lists a folder, giving its owner's rights back first where a run took them. */
async function readFolder(folder: Buffer) {
  const { mode } = await lstat(folder);
  if ((mode & 0o700) !== 0o700) await chmod(folder, (mode & 0o777) | 0o700);
  return readdir(folder, { encoding: 'buffer', withFileTypes: true });
}

/** Removes a folder of any depth: one nested past the longest path is moved up to `top` piece by piece. */
async function removeFolder(folder: Buffer, top: Buffer): Promise<void> {
  const waiting: { path: Buffer; isEmptied: boolean }[] = [{ path: folder, isEmptied: false }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.isEmptied) {
      await rmdir(next.path);
      continue;
    }
    const entries = await readFolder(next.path);
    waiting.push({ path: next.path, isEmptied: true });
    for (const entry of entries) {
      const path = below(next.path, entry.name);
      if (!entry.isDirectory()) await unlink(path);
      else if (path.length < PATH_SAFE_BYTES) waiting.push({ path, isEmptied: false });
      else waiting.push({ path: await moveUp(path, top), isEmptied: false });
    }
  }
}

async function moveUp(folder: Buffer, top: Buffer): Promise<Buffer> {
  // Moving a folder writes to its "..", for which it must be ours to write.
  await chmod(folder, 0o700);
  for (let number = 0; ; number++) {
    const path = below(top, Buffer.from(`.ratchet-removed-${number}`));
    try {
      await mkdir(path);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue;
      throw error;
    }
    // A folder takes the place of an empty one.
    await rename(folder, path);
    return path;
  }
}

function below(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), name]);
}
