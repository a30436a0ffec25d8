import { posix } from 'node:path';

/** What no `edit` entry ever opens, whatever it says. */
const ALWAYS_LOCKED: readonly string[] = ['program.md', '.ratchet'];

/** Whether a path (relative to the lab, forward slashes) may be changed by a researcher. */
export type Scope = (path: string) => boolean;

/** The scope that `edit` describes: each entry a file, a folder with all below it, or a glob. */
export function createScope(edit: readonly string[]): Scope {
  const entries = edit.map(normaliseEntry);
  return (path) => !isAlwaysLocked(path) && entries.some((entry) => matchesEntry(entry, path));
}

/** `./src/` and `src` are the same entry. */
export function normaliseEntry(entry: string): string {
  const normal = posix.normalize(entry);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

/** Whether a normalised entry names the path, contains it, or is a glob that matches it. `*` skips dot files. */
export function matchesEntry(entry: string, path: string): boolean {
  if (entry === path || path.startsWith(`${entry}/`)) return true;
  return entry === '.' ? true : posix.matchesGlob(path, entry);
}

/** Whether the path is `program.md`, lies below `.ratchet`, or belongs to git at any depth. */
export function isAlwaysLocked(path: string): boolean {
  if (path.split('/').includes('.git')) return true;
  return ALWAYS_LOCKED.some((locked) => path === locked || path.startsWith(`${locked}/`));
}

/** The part of a normalised entry before its first wildcard, without the last slash; '' where it begins with one. */
export function fixedPart(entry: string): string {
  const wildcard = entry.search(/[*?[{]|[!+@]\(/);
  if (wildcard === -1) return entry;
  const slash = entry.lastIndexOf('/', wildcard);
  return slash === -1 ? '' : entry.slice(0, slash);
}
