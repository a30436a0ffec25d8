import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Commit } from '../model/identity.ts';
import { differencesBetween } from './changes.ts';
import type { RepositoryChange } from './commit.ts';
import { expectFrom, type GitContext, runIn } from './git-context.ts';
import { listFiles } from './list.ts';
import { EXECUTABLE, fromByteNames, isPlainFile, type ObjectName } from './tree.ts';

/** The largest patch that is read, in bytes. */
export const PATCH_MAX_BYTES = 16 * 1024 * 1024;

export type PatchOutcome =
  | { readonly kind: 'applied'; readonly changes: readonly RepositoryChange[] }
  /** In git's own words, or what such a patch may not do. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface PatchInit {
  readonly parent: Commit;
  readonly patch: string;
  /**
   * Where the patch is a stranger's: the only files of the parent that it finds, by path from the top of the repository. What it says
   * of any other is answered alike whatever stands there, so it can neither copy a locked file nor guess at one line by line.
   */
  readonly only?: (path: string) => boolean;
}

/** A binary patch can name any object of the repository as what it makes of a file. */
const BINARY = /^(?:GIT binary patch|Binary files .* differ)\s*$/m;

/**
 * What a patch, as `git diff` prints one, makes of a commit. Its paths are relative to the repository, or to `prefix` in it ('' or with
 * a slash at the end), as `git diff --relative` has them. Nothing but objects is written.
 */
export async function applyPatch(
  context: GitContext,
  { parent, patch, prefix, only }: PatchInit & { readonly prefix: string },
): Promise<PatchOutcome> {
  if (only !== undefined && BINARY.test(patch)) return { kind: 'refused', reason: 'it is a binary patch' };
  const index = join(context.scratch, `patch-${process.pid}.index`);
  const environment = { GIT_INDEX_FILE: index, GIT_WORK_TREE: context.root };
  const directory = context.root;
  const writeTree = async () => {
    const tree = await expectFrom(context, 'write a tree', { args: ['write-tree'], environment, directory });
    return tree.toString('utf8').trim();
  };
  /** The tree that the patch is applied to, in the index. */
  const readParent = async () => {
    if (only === undefined) {
      await expectFrom(context, `read ${parent}`, { args: ['read-tree', parent], environment, directory });
      return context.objects.rootOf(parent);
    }
    await expectFrom(context, 'empty an index', { args: ['read-tree', '--empty'], environment, directory });
    const shown = (await listFiles(context.objects, await context.objects.rootOf(parent), '')).filter(
      ({ path }) => only(path),
    );
    const input = shown.map(({ mode, oid, path }) => `${mode} ${oid}\t${path}\0`).join('');
    const args = ['update-index', '-z', '--index-info'];
    await expectFrom(context, `show part of ${parent}`, { args, environment, directory, input });
    return writeTree();
  };
  const apply = (below: string, leniency: readonly string[] = []) => {
    const place = below === '' ? [] : [`--directory=${below.replace(/\/$/, '')}`];
    const args = ['apply', '--cached', '--whitespace=nowarn', ...leniency, ...place];
    return runIn(context, { args, environment, directory, input: patch });
  };
  try {
    const before = await readParent();
    let answer = await apply('');
    if (answer.code !== 0 && prefix !== '') {
      const relative = await apply(prefix);
      if (relative.code === 0) answer = relative;
    }
    // A model writes good patches with wrong line counts and blanks. What git said of the patch as it stands is what is told.
    for (const below of only === undefined ? [] : new Set(['', prefix])) {
      if (answer.code === 0) break;
      const lenient = await apply(below, ['--recount', '--ignore-whitespace']);
      if (lenient.code === 0) answer = lenient;
    }
    if (answer.code !== 0) return { kind: 'refused', reason: firstError(answer.stderr) };
    return await changesTo(context, before, await writeTree());
  } finally {
    await rm(index, { force: true });
    await rm(`${index}.lock`, { force: true });
  }
}

function firstError(said: string): string {
  const line = said.split('\n').find((text) => text.startsWith('error: ')) ?? said.split('\n')[0] ?? '';
  return line.replace(/^error: /, '');
}

async function changesTo({ objects }: GitContext, before: ObjectName, tree: string): Promise<PatchOutcome> {
  const changes: RepositoryChange[] = [];
  for (const { path: bytes, after } of await differencesBetween(objects, before, tree)) {
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
