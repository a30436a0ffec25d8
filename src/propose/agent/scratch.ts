import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { lstat, open, rm } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { FolderChange } from '../../git/checkout.ts';
import { isWithin } from '../../git/paths.ts';
import type { Repository } from '../../git/repository.ts';
import type { Commit } from '../../model/identity.ts';
import type { FileChange } from '../../model/proposal.ts';
import type { AgentPlace } from './place.ts';

/** What is laid out for an agent. */
export interface ScratchOptions {
  readonly repository: Pick<Repository, 'checkout' | 'folderChanges' | 'readFile'>;
  /** The lab's path in the repository, with a slash at its end; '' at the top. */
  readonly lab: string;
  /** Of the commit's own files, relative to the repository: what no run finds, and so no agent. */
  readonly hidden: readonly string[];
  readonly place: Pick<AgentPlace, 'work' | 'indexFile'>;
}

/** What an agent left in its folder. */
export type LeftBehind =
  | { readonly kind: 'changes'; readonly changes: readonly FileChange[] }
  /** `reason` is told to the agent, so that it can mend it. */
  | { readonly kind: 'flawed'; readonly reason: string };

/** Files of one proposal, bytes of one of them, and of all together. */
const MOST_FILES = 500;
const MOST_FILE_BYTES = 8 * 1024 * 1024;
const MOST_BYTES = 16 * 1024 * 1024;

/** Makes the folder equal to a commit, whatever was left in it, without what no run sees. Nobody may work in it meanwhile. */
export async function layOut(
  { repository, hidden, place }: ScratchOptions,
  commit: Commit,
  signal: AbortSignal,
): Promise<void> {
  await repository.checkout({ commit, folder: place.work, indexFile: place.indexFile, signal });
  for (const path of hidden) await rm(join(place.work, path), { recursive: true, force: true });
}

/** The difference between the folder and the commit that was laid out in it. Nobody may work in it meanwhile. */
export async function leftBehind(
  options: ScratchOptions,
  commit: Commit,
  signal: AbortSignal,
): Promise<LeftBehind> {
  const { repository, lab, hidden, place } = options;
  const found = await repository.folderChanges({ folder: place.work, indexFile: place.indexFile, signal });
  if (found === undefined)
    return { kind: 'flawed', reason: 'your folder holds more files than can be looked at' };
  const own = found.filter(
    ({ path, kind }) => kind !== 'deleted' || !hidden.some((secret) => isWithin(path, secret)),
  );
  if (own.length > MOST_FILES)
    return { kind: 'flawed', reason: `${own.length} files were changed; at most ${MOST_FILES} are taken` };
  const changes: FileChange[] = [];
  let bytes = 0;
  for (const change of own) {
    const path = posix.relative(lab, change.path);
    const content = await contentOf(place.work, change);
    if (typeof content === 'string') return { kind: 'flawed', reason: `${path} ${content}` };
    const before = await repository.readFile(commit, change.path);
    if (content === undefined) {
      changes.push({ kind: 'delete', path });
    } else if (before === undefined || !content.equals(before)) {
      bytes += content.length;
      changes.push({ kind: 'write', path, content: isUtf8(content) ? content.toString() : content });
    }
  }
  if (bytes > MOST_BYTES)
    return { kind: 'flawed', reason: `it is larger than ${MOST_BYTES / 1024 / 1024} MiB` };
  return { kind: 'changes', changes };
}

/** What a changed file holds now, undefined where it is gone, or what is wrong with it as a text that follows its path. */
async function contentOf(folder: string, { path, kind }: FolderChange): Promise<Buffer | string | undefined> {
  if (kind === 'deleted') return undefined;
  if (path.endsWith('/')) return 'is a git repository of its own';
  const file = join(folder, path);
  const found = await lstat(file).catch(() => undefined);
  if (!found?.isFile()) return 'is no plain file';
  if (found.size > MOST_FILE_BYTES) return `is larger than ${MOST_FILE_BYTES / 1024 / 1024} MiB`;
  try {
    await using handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const content = Buffer.alloc(found.size);
    const { bytesRead } = await handle.read(content, 0, found.size, 0);
    return content.subarray(0, bytesRead);
  } catch {
    return 'cannot be read';
  }
}
