/** Hexadecimal name of a git object: 40 digits under SHA-1, 64 under SHA-256. */
export type ObjectName = string;

/** `100644` file, `100755` executable file, `120000` symbolic link, `160000` submodule, `40000` folder. */
export type FileMode = string;
export const FOLDER = '40000';
export const SUBMODULE = '160000';
export const FILE = '100644';
export const EXECUTABLE = '100755';

/** Mode and object of one name in a tree. */
export interface TreeItem {
  mode: FileMode;
  oid: ObjectName;
}

/** A git tree by name. A name is held as Latin-1, one character a byte: git allows names that are no UTF-8, and none may change. */
export type Tree = ReadonlyMap<string, TreeItem>;

export const isFolder = (item: TreeItem | undefined): boolean => item !== undefined && item.mode === FOLDER;
export const isPlainFile = (item: TreeItem): boolean => item.mode.startsWith('100');

/** The bytes of a path, one character each. */
export const toByteNames = (path: string): string => Buffer.from(path, 'utf8').toString('latin1');
/** The path as people read it; bytes that are no UTF-8 become U+FFFD. */
export const fromByteNames = (path: string): string => Buffer.from(path, 'latin1').toString('utf8');

/** Reads a stored tree. `hashBytes` is 20 or 32. Throws where the content is cut off. */
export function parseTree(content: Buffer, hashBytes: number): Map<string, TreeItem> {
  const tree = new Map<string, TreeItem>();
  let at = 0;
  while (at < content.length) {
    const space = content.indexOf(0x20, at);
    const nul = content.indexOf(0x00, space);
    const end = nul + 1 + hashBytes;
    if (space < 0 || nul < 0 || end > content.length) throw new Error('the tree object is cut off');
    // Old writers padded the mode of a folder with a zero.
    const mode = content.toString('latin1', at, space).replace(/^0+/, '');
    const name = content.toString('latin1', space + 1, nul);
    tree.set(name, { mode, oid: content.toString('hex', nul + 1, end) });
    at = end;
  }
  return tree;
}

/** The tree as it is stored: by name, a folder's as if it ended with `/`. */
export function formatTree(tree: Tree): Buffer {
  const places = Array.from(tree, ([name, item]) => ({
    key: isFolder(item) ? `${name}/` : name,
    name,
    item,
  }));
  places.sort((one, other) => (one.key < other.key ? -1 : 1));
  return Buffer.concat(
    places.flatMap(({ name, item: { mode, oid } }) => [
      Buffer.from(`${mode} ${name}\0`, 'latin1'),
      Buffer.from(oid, 'hex'),
    ]),
  );
}
