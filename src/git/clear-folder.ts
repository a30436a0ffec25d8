import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  type Dirent,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import {
  FOLDER,
  isFolder,
  isPlainFile,
  type ObjectName,
  SUBMODULE,
  type Tree,
  type TreeItem,
} from './tree.ts';

/** What to leave alone: names that are kept whole, or folders on the way to such a name. */
export type Kept = Map<string, 'whole' | Kept>;

/** Below this, a path with one more name fits every system call. */
const PATH_SAFE_BYTES = 3_000;
/** Names handled at a stretch, some milliseconds, before others get their turn. */
const NAMES_AT_ONCE = 500;
const EMPTY: Tree = new Map();
const PERMISSIONS = 0o7777;

/** Reads the tree of that name. */
type ReadTree = (name: ObjectName) => Promise<Tree>;

interface Sweep {
  readTree: ReadTree;
  /** The cleared folder itself. */
  top: Buffer;
  fresh: FreshModes;
  handled: number;
}

/** Permissions of what is newly made in a folder: a matter of umask, access lists and mount options. */
interface FreshModes {
  file: number;
  executable: number;
  folder: number;
}

/**
 * Removes from `folder` whatever a tree does not have there: untracked names, git folders, links and files in the
 * place of folders, folders in the place of files; and files with other permissions than a fresh one, or a second name.
 * Follows no link, and enters what was made unreadable. Content of files is not looked at.
 * Names are bytes, as a run can make names that are no text. One system call after the other: for thousands of names
 * that is several times faster than through promises.
 */
export async function clearFolder(
  readTree: ReadTree,
  folder: string,
  tree: ObjectName | undefined,
  kept: Kept,
): Promise<void> {
  const top = Buffer.from(folder);
  makeAccessible(top);
  const sweep = { readTree, top, fresh: probeModes(top), handled: 0 };
  await clear(sweep, top, tree === undefined ? EMPTY : await readTree(tree), kept);
}

/** Leaves a folder with nothing but these names in it, whatever stood in its place. Each name is kept whole. */
export async function emptyFolder(folder: string, keep: readonly string[]): Promise<void> {
  makeFolder(folder);
  const kept: Kept = new Map(keep.map((name) => [name, 'whole']));
  await clearFolder(async () => EMPTY, folder, undefined, kept);
}

/** Makes a folder where there is none, in the place of a file or a link. */
export function makeFolder(folder: string): void {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found !== undefined && !found.isDirectory()) unlinkSync(folder);
  mkdirSync(folder, { recursive: true });
}

async function clear(sweep: Sweep, folder: Buffer, tree: Tree, kept: Kept): Promise<void> {
  for (const entry of listFolder(folder)) {
    if (++sweep.handled % NAMES_AT_ONCE === 0) await setImmediate();
    const name = entry.name.toString('latin1');
    const keep = kept.get(name);
    if (keep === 'whole') continue;
    const path = below(folder, entry.name);
    const item = tree.get(name);
    if (!entry.isDirectory()) {
      if (item === undefined || !isAsGitMadeIt(sweep.fresh, path, entry, item)) unlinkSync(path);
      continue;
    }
    if (item?.mode !== FOLDER && item?.mode !== SUBMODULE && keep === undefined) {
      await removeFolder(sweep, path);
      continue;
    }
    makeAccessible(path, sweep.fresh.folder);
    const inside = isFolder(item) ? await sweep.readTree(item!.oid) : EMPTY;
    await clear(sweep, path, inside, keep ?? new Map());
  }
}

/** Whether git can be left to compare it: within the second in which it wrote a file, git sees no change of permissions. */
function isAsGitMadeIt(fresh: FreshModes, path: Buffer, entry: Dirent<Buffer>, item: TreeItem): boolean {
  if (isFolder(item) || item.mode === SUBMODULE) return false;
  // A link can also be a file, where the user told git to do without links.
  if (!isPlainFile(item)) return entry.isSymbolicLink() || entry.isFile();
  if (!entry.isFile()) return false;
  const { mode, nlink } = lstatSync(path);
  const isExecutable = (Number.parseInt(item.mode, 8) & 0o100) !== 0;
  return nlink === 1 && (mode & PERMISSIONS) === (isExecutable ? fresh.executable : fresh.file);
}

function probeModes(folder: Buffer): FreshModes {
  const probe = below(folder, Buffer.from(`.ratchet-${randomUUID()}`));
  const ofFile = (asked: number): number => {
    closeSync(openSync(probe, 'wx', asked));
    const { mode } = lstatSync(probe);
    unlinkSync(probe);
    return mode & PERMISSIONS;
  };
  const file = ofFile(0o666);
  const executable = ofFile(0o777);
  mkdirSync(probe, 0o777);
  const { mode } = lstatSync(probe);
  rmdirSync(probe);
  return { file, executable, folder: mode & PERMISSIONS };
}

/** Gives a folder the permissions of a fresh one, or at least its owner's. */
function makeAccessible(folder: Buffer, fresh?: number): void {
  const mode = lstatSync(folder).mode & PERMISSIONS;
  const wanted = fresh ?? mode | 0o700;
  if (mode !== wanted) chmodSync(folder, wanted);
}

function listFolder(folder: Buffer): Dirent<Buffer>[] {
  return readdirSync(folder, { encoding: 'buffer', withFileTypes: true });
}

/** Removes a folder of any depth: one nested past the longest path is moved up to the top piece by piece. */
async function removeFolder(sweep: Sweep, folder: Buffer): Promise<void> {
  const waiting: { path: Buffer; isEmptied: boolean }[] = [{ path: folder, isEmptied: false }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.isEmptied) {
      rmdirSync(next.path);
      continue;
    }
    makeAccessible(next.path);
    waiting.push({ path: next.path, isEmptied: true });
    for (const entry of listFolder(next.path)) {
      if (++sweep.handled % NAMES_AT_ONCE === 0) await setImmediate();
      const path = below(next.path, entry.name);
      if (!entry.isDirectory()) unlinkSync(path);
      else if (path.length < PATH_SAFE_BYTES) waiting.push({ path, isEmptied: false });
      else waiting.push({ path: moveUp(path, sweep.top), isEmptied: false });
    }
  }
}

function moveUp(folder: Buffer, top: Buffer): Buffer {
  // Moving a folder writes to its "..", for which it must be ours to write.
  makeAccessible(folder);
  const path = below(top, Buffer.from(`.ratchet-${randomUUID()}`));
  renameSync(folder, path);
  return path;
}

function below(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), name]);
}
