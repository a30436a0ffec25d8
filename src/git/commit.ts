import type { Commit } from '../model/identity.ts';
import type { FileChange } from '../model/proposal.ts';
import { editTree, type TreeEdit } from './edit-tree.ts';
import { InvalidChangeError } from './fault.ts';
import type { ObjectStore } from './object-store.ts';
import { pathProblem } from './paths.ts';
import { EXECUTABLE, FILE, type ObjectName, toByteNames } from './tree.ts';

/** As a researcher's change, with `path` relative to the repository's root. */
export type RepositoryChange = FileChange & {
  /** Of a written file. Left out: as the file was, and not executable where there was none. */
  readonly executable?: boolean;
};

/** Who made a commit. */
export interface Person {
  readonly name: string;
  readonly email: string;
}

const RATCHET: Person = { name: 'Ratchet', email: 'ratchet@localhost' };

export interface CommitInit {
  /** Left out for a commit without history. */
  parent?: Commit;
  message: string;
  /** Author's and committer's time, to the second. @default now */
  time?: Date;
  /** Author and committer. @default Ratchet */
  person?: Person;
}

/**
 * Commits changes on top of a parent; no ref moves. Equal input gives the equal commit.
 * Throws `InvalidChangeError` for a path that cannot be, is changed twice, or is deleted without being there.
 */
export async function commitChanges(
  objects: ObjectStore,
  init: CommitInit & { changes: readonly RepositoryChange[] },
): Promise<Commit> {
  const seen = new Set<string>();
  for (const { path } of init.changes) {
    const problem = pathProblem(path) ?? (seen.has(path) ? 'is changed twice' : undefined);
    if (problem !== undefined) throw new InvalidChangeError(path, problem);
    seen.add(path);
  }
  const edits = await Promise.all(init.changes.map((change) => toEdit(objects, change)));
  const root = init.parent === undefined ? undefined : await objects.rootOf(init.parent);
  const tree = await editTree(objects, root, edits);
  return writeCommit(objects, { ...init, tree });
}

async function toEdit(objects: ObjectStore, change: RepositoryChange): Promise<TreeEdit> {
  const names = toByteNames(change.path).split('/');
  if (change.kind === 'delete') return { names, item: 'removed' };
  const oid = await objects.writeBlob(change.content);
  if (change.executable === undefined) return { names, item: { oid } };
  return { names, item: { oid, mode: change.executable ? EXECUTABLE : FILE } };
}

/** Writes a commit of an existing tree. */
export async function writeCommit(
  objects: ObjectStore,
  init: CommitInit & { tree: ObjectName },
): Promise<Commit> {
  const seconds = Math.floor((init.time?.getTime() ?? Date.now()) / 1000);
  const { name, email } = init.person ?? RATCHET;
  const person = `${bare(name)} <${bare(email)}> ${seconds} +0000`;
  // Git ends a message at a NUL.
  const message = init.message.toWellFormed().replaceAll('\0', '\ufffd').trimEnd();
  const lines = [
    `tree ${init.tree}`,
    ...(init.parent === undefined ? [] : [`parent ${init.parent}`]),
    `author ${person}`,
    `committer ${person}`,
    '',
    `${message}\n`,
  ];
  return objects.writeCommit(lines.join('\n'));
}

/** What would end a name in a commit is left out of it, as git itself does. */
function bare(text: string): string {
  return text.replace(/[<>\0\n]/g, '').trim();
}
