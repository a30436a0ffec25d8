import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Commit } from '../model/identity.ts';
import { type Difference, differencesBetween } from './changes.ts';
import { type CommitInit, writeCommit } from './commit.ts';
import { editTree, type TreeEdit } from './edit-tree.ts';
import { InvalidChangeError } from './fault.ts';
import { type GitContext, runIn } from './git-context.ts';
import { findItem } from './list.ts';
import { fromByteNames, isPlainFile, type ObjectName, type TreeItem } from './tree.ts';

/** Larger files that both sides changed conflict. */
const MERGED_FILE_MAX_BYTES = 16 * 1024 * 1024;

export interface MergeInit extends Pick<CommitInit, 'message' | 'time' | 'person'> {
  base: Commit;
  ours: Commit;
  theirs: Commit;
  signal?: AbortSignal;
}

export type MergeOutcome =
  | { kind: 'clean'; commit: Commit }
  /** Sorted paths on which both sides disagree. */
  | { kind: 'conflict'; paths: string[] };

/**
 * Brings what `theirs` changed since `base` to `ours`: a commit whose only parent is `ours`.
 * Files that both changed are merged line by line; links, submodules and binary files that both changed conflict.
 */
export async function mergeChanges(context: GitContext, init: MergeInit): Promise<MergeOutcome> {
  const { objects } = context;
  const ours = await objects.rootOf(init.ours);
  const differences = await differencesBetween(
    objects,
    await objects.rootOf(init.base),
    await objects.rootOf(init.theirs),
  );
  const edits: TreeEdit[] = [];
  const conflicts: string[] = [];
  for (const difference of differences) {
    const item = await mergeOne(context, ours, difference, init.signal);
    if (item === 'conflict') conflicts.push(fromByteNames(difference.path));
    else if (item !== 'as-ours') edits.push({ names: difference.path.split('/'), item });
  }
  if (conflicts.length > 0) return { kind: 'conflict', paths: conflicts };
  try {
    const tree = await editTree(objects, ours, edits);
    return { kind: 'clean', commit: await writeCommit(objects, { ...init, parent: init.ours, tree }) };
  } catch (error) {
    // One side has a folder where the other has a file.
    if (!(error instanceof InvalidChangeError)) throw error;
    return { kind: 'conflict', paths: [error.path] };
  }
}

async function mergeOne(
  context: GitContext,
  ours: ObjectName,
  { path, before, after }: Difference,
  signal: AbortSignal | undefined,
): Promise<TreeItem | 'removed' | 'as-ours' | 'conflict'> {
  const mine = await findItem(context.objects, ours, path.split('/'));
  if (isSame(mine, after)) return 'as-ours';
  if (isSame(mine, before)) return after ?? 'removed';
  if (mine === undefined || before === undefined || after === undefined) return 'conflict';
  if (![mine, before, after].every(isPlainFile)) return 'conflict';
  const mode = mine.mode === before.mode ? after.mode : mine.mode;
  const oid = await mergeContent(context, mine.oid, before.oid, after.oid, signal);
  return oid === undefined ? 'conflict' : { mode, oid };
}

function isSame(a: TreeItem | undefined, b: TreeItem | undefined): boolean {
  return a?.oid === b?.oid && a?.mode === b?.mode;
}

async function mergeContent(
  context: GitContext,
  ours: ObjectName,
  base: ObjectName,
  theirs: ObjectName,
  signal: AbortSignal | undefined,
): Promise<ObjectName | undefined> {
  if (ours === base) return theirs;
  if (theirs === base || theirs === ours) return ours;
  const folder = await mkdtemp(join(context.scratch, 'ratchet-merge-'));
  try {
    for (const [name, oid] of Object.entries({ ours, base, theirs })) {
      const object = await context.objects.read(oid);
      if (object === undefined || object.content.length > MERGED_FILE_MAX_BYTES) return undefined;
      await writeFile(join(folder, name), object.content);
    }
    const answer = await runIn(context, {
      args: [
        'merge-file',
        '-p',
        '-q',
        '--diff3',
        ...['ours', 'base', 'theirs'].map((name) => join(folder, name)),
      ],
      maxBytes: 3 * MERGED_FILE_MAX_BYTES,
      signal,
    });
    // The status counts the conflicts; a negative one, such as for binary files, is none that can be merged either.
    return answer.code === 0 ? await context.objects.writeBlob(answer.stdout) : undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
