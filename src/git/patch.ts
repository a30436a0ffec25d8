import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Commit } from '../model/identity.ts';
import { differencesBetween } from './changes.ts';
import type { RepositoryChange } from './commit.ts';
import { expectFrom, type GitContext, runIn } from './git-context.ts';
import { EXECUTABLE, fromByteNames, isPlainFile } from './tree.ts';

/** The largest patch that is read, in bytes. */
export const PATCH_MAX_BYTES = 16 * 1024 * 1024;

export type PatchOutcome =
  | { readonly kind: 'applied'; readonly changes: readonly RepositoryChange[] }
  /** In git's own words, or what such a patch may not do. */
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * What a patch, as `git diff` prints one, makes of a commit. Its paths are relative to the repository, or to `prefix` in it ('' or with
 * a slash at the end), as `git diff --relative` has them. Nothing but objects is written.
 */
export async function applyPatch(
  context: GitContext,
  { parent, patch, prefix }: { readonly parent: Commit; readonly patch: string; readonly prefix: string },
): Promise<PatchOutcome> {
  const index = join(context.scratch, `patch-${process.pid}.index`);
  const environment = { GIT_INDEX_FILE: index, GIT_WORK_TREE: context.root };
  const directory = context.root;
  const readParent = () =>
    expectFrom(context, `read ${parent}`, { args: ['read-tree', parent], environment, directory });
  const apply = (below: string) => {
    const place = below === '' ? [] : [`--directory=${below.replace(/\/$/, '')}`];
    const args = ['apply', '--cached', '--whitespace=nowarn', ...place];
    return runIn(context, { args, environment, directory, input: patch });
  };
  try {
    await readParent();
    let answer = await apply('');
    if (answer.code !== 0 && prefix !== '') {
      const relative = await apply(prefix);
      if (relative.code === 0) answer = relative;
    }
    if (answer.code !== 0) return { kind: 'refused', reason: firstError(answer.stderr) };
    const tree = await expectFrom(context, 'write a tree', { args: ['write-tree'], environment, directory });
    return await changesTo(context, parent, tree.toString('utf8').trim());
  } finally {
    await rm(index, { force: true });
    await rm(`${index}.lock`, { force: true });
  }
}

function firstError(said: string): string {
  const line = said.split('\n').find((text) => text.startsWith('error: ')) ?? said.split('\n')[0] ?? '';
  return line.replace(/^error: /, '');
}

async function changesTo({ objects }: GitContext, parent: Commit, tree: string): Promise<PatchOutcome> {
  const changes: RepositoryChange[] = [];
  for (const { path: bytes, after } of await differencesBetween(
    objects,
    await objects.rootOf(parent),
    tree,
  )) {
    const path = fromByteNames(bytes);
    if (after === undefined) {
      changes.push({ kind: 'delete', path });
      continue;
    }
    if (!isPlainFile(after)) return { kind: 'refused', reason: `${path} would be no plain file` };
    const object = await objects.read(after.oid);
    if (object === undefined) return { kind: 'refused', reason: `${path} is too large` };
    changes.push({ kind: 'write', path, content: object.content, executable: after.mode === EXECUTABLE });
  }
  return { kind: 'applied', changes };
}
