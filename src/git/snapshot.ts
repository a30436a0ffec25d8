import { copyFile, lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Commit } from '../model/identity.ts';
import { differencesBetween } from './changes.ts';
import { writeCommit } from './commit.ts';
import { expectFrom, type GitContext, type RepositoryCommand, splitRecords } from './git-context.ts';
import { isWithin } from './paths.ts';
import { fromByteNames } from './tree.ts';

const DEFAULT_MAX_BYTES = 100 * 1024 * 1024;

export interface SnapshotOptions {
  /** Where the private index is made; its content is replaced. */
  indexFile: string;
  /** The lab, relative to the root; '' is the whole repository. */
  folder: string;
  /** Untracked paths that stay out, relative to the root, with all that lies in them. */
  exclude?: readonly string[];
  /** Bytes that the untracked files may have together. @default 100 MiB */
  maxBytes?: number;
  /** Time of the commit, where one is made. @default now */
  time?: Date;
  signal?: AbortSignal;
}

export type SnapshotOutcome =
  | {
      kind: 'taken';
      commit: Commit;
      /** What the commit holds beyond HEAD, sorted; empty where it is HEAD. */
      uncommitted: string[];
      /** Untracked repositories inside the folder; git cannot hold their files. */
      nestedRepositories: string[];
    }
  | { kind: 'too-large'; bytes: number; largest: { path: string; bytes: number }; message: string };

/**
 * The working tree as it stands, as a commit: HEAD itself where nothing differs, else a commit on top of it.
 * Takes tracked files of the whole repository and files inside `folder` that are neither tracked nor ignored.
 * The user's index, files and refs are only read. Throws a `GitFault` where a file cannot be read.
 */
export async function takeSnapshot(
  context: GitContext,
  head: Commit | undefined,
  options: SnapshotOptions,
): Promise<SnapshotOutcome> {
  const { indexFile, folder, exclude = [], maxBytes = DEFAULT_MAX_BYTES, signal } = options;
  const ask = (task: string, command: RepositoryCommand) => {
    const environment = { GIT_INDEX_FILE: indexFile, GIT_WORK_TREE: context.root };
    return expectFrom(context, task, { ...command, directory: context.root, environment, signal });
  };
  await copyIndex(context, indexFile, head, ask);

  const within = folder === '' ? [] : ['--', folder];
  const listUntracked = ['ls-files', '-z', '--others', '--exclude-standard', ...within];
  const listed = splitRecords(await ask('list untracked files', { args: listUntracked }));
  const untracked = listed.filter((path) => !exclude.some((excluded) => isWithin(path, excluded)));
  const isRepository = (path: string) => path.endsWith('/');
  const files = untracked.filter((path) => !isRepository(path));
  const tooLarge = await weigh(context, files, maxBytes);
  if (tooLarge !== undefined) return tooLarge;

  const listChanged = ['ls-files', '-z', '--modified', '--deleted'];
  const changed = splitRecords(await ask('list changed files', { args: listChanged }));
  const paths = [...new Set([...changed, ...files])];
  if (paths.length > 0) {
    const args = ['update-index', '-z', '--add', '--remove', '--stdin'];
    await ask('take in the changed files', { args, input: paths.map((path) => `${path}\0`).join('') });
  }
  const written = await ask('write the snapshot', { args: ['write-tree'] });
  const tree = written.toString('latin1').trim();

  const { objects } = context;
  const nestedRepositories = untracked.filter(isRepository);
  const headTree = head === undefined ? undefined : await objects.rootOf(head);
  const differences = await differencesBetween(objects, headTree, tree);
  const uncommitted = differences.map(({ path }) => fromByteNames(path));
  if (head !== undefined && uncommitted.length === 0) {
    return { kind: 'taken', commit: head, uncommitted, nestedRepositories };
  }
  const commit = await writeCommit(objects, {
    ...(head === undefined ? {} : { parent: head }),
    ...(options.time === undefined ? {} : { time: options.time }),
    message: 'The working tree as the study found it',
    tree,
  });
  return { kind: 'taken', commit, uncommitted, nestedRepositories };
}

/** The user's index knows what is unchanged without reading it, what is staged, and what a sparse checkout left out. */
async function copyIndex(
  context: GitContext,
  indexFile: string,
  head: Commit | undefined,
  ask: (task: string, command: RepositoryCommand) => Promise<Buffer>,
): Promise<void> {
  await Promise.all([rm(indexFile, { force: true }), rm(`${indexFile}.lock`, { force: true })]);
  try {
    await copyFile(join(context.worktreeGitDir, 'index'), indexFile);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    if (head !== undefined) await ask('read HEAD into an index', { args: ['read-tree', head] });
  }
}

async function weigh(
  context: GitContext,
  paths: readonly string[],
  maxBytes: number,
): Promise<Extract<SnapshotOutcome, { kind: 'too-large' }> | undefined> {
  let bytes = 0;
  let largest = { path: '', bytes: -1 };
  for (const path of paths) {
    const size = await lstat(join(context.root, path)).then(
      (found) => found.size,
      () => 0,
    );
    bytes += size;
    if (size > largest.bytes) largest = { path, bytes: size };
  }
  if (bytes <= maxBytes) return undefined;
  const message =
    `The untracked files of the lab have ${bytes} bytes together, and a study takes in at most ${maxBytes}; ` +
    `the largest is ${largest.path} with ${largest.bytes}. Add data to .gitignore and name it under \`provide\`.`;
  return { kind: 'too-large', bytes, largest, message };
}
