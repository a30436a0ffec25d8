/** Longest path, in bytes, that every common file system can hold below a folder. */
const PATH_MAX_BYTES = 2_000;
const NAME_MAX_BYTES = 255;

/**
 * What is wrong with a path as a place for a change, or undefined. Paths are relative to the repository's root
 * and divided by `/`. Git's own folder is refused under every name by which some file system would find it.
 */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.includes('\0')) return 'holds a NUL character';
  if (!path.isWellFormed()) return 'is not valid Unicode';
  if (path.startsWith('/')) return 'is absolute';
  if (Buffer.byteLength(path) > PATH_MAX_BYTES) return `is longer than ${PATH_MAX_BYTES} bytes`;
  for (const name of path.split('/')) {
    if (name === '') return 'has an empty part';
    if (name === '.' || name === '..') return `has the part "${name}"`;
    if (Buffer.byteLength(name) > NAME_MAX_BYTES) return `has a part longer than ${NAME_MAX_BYTES} bytes`;
    if (isGitFolder(name)) return `leads into git's own folder ("${name}")`;
  }
  return undefined;
}

// HFS+ ignores these characters, NTFS trailing dots and spaces, a stream's name, and knows `git~1` for `.git`.
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

function isGitFolder(name: string): boolean {
  return /^(\.git|git~1)[. ]*(:.*)?$/i.test(name.replace(IGNORED_BY_HFS, ''));
}

/** Whether `path` is `folder` or lies in it; everything lies in ''. */
export function isWithin(path: string, folder: string): boolean {
  const bare = folder.replace(/\/+$/, '');
  return bare === '' || path === bare || path.startsWith(`${bare}/`);
}
