import type { Commit } from '../model/identity.ts';
import { type ChainAppend, type ChainLink, ChainStore } from './chain.ts';
import { type Change, changesBetween } from './changes.ts';
import {
  type CheckoutOptions,
  changedSince,
  checkOut,
  type FolderChange,
  folderChanges,
} from './checkout.ts';
import { type CommitInit, commitChanges, type Person, type RepositoryChange } from './commit.ts';
import { type Diff, type DiffOptions, diffBetween } from './diff.ts';
import { faultOf } from './fault.ts';
import { expectFrom, type GitContext, runIn } from './git-context.ts';
import { type Inspection, inspectCommits } from './inspect.ts';
import { findItem, type ListedFile, listFiles, namesOf } from './list.ts';
import { type MergeInit, type MergeOutcome, mergeChanges } from './merge.ts';
import { applyPatch, type PatchInit, type PatchOutcome } from './patch.ts';
import { type Ref, RefStore, type RefsOutcome, type RefUpdate } from './refs.ts';
import { type SnapshotOptions, type SnapshotOutcome, takeSnapshot } from './snapshot.ts';
import { isPlainFile } from './tree.ts';

/**
 * A user's git repository, in which Ratchet adds objects and its own refs and nothing else. Holds git processes open:
 * end it with `close`. Paths are relative to `root` and divided by `/`.
 *
 * Every method throws a `GitFault` where git fails, and a `DiskFullError` where it does for want of space.
 */
export class Repository {
  /** Top folder of the working tree, absolute, links resolved. */
  readonly root: string;
  /** Git folder that holds objects and refs; shared by all linked worktrees. */
  readonly gitDir: string;
  /** The opened directory below `root`: '' or a path that ends with `/`. */
  readonly prefix: string;
  readonly #context: GitContext;
  readonly #refs: RefStore;
  readonly #chains: ChainStore;
  readonly #kill: () => void;

  constructor(context: GitContext, place: { gitDir: string; prefix: string }) {
    this.root = context.root;
    this.gitDir = place.gitDir;
    this.prefix = place.prefix;
    this.#context = context;
    this.#refs = new RefStore(context);
    this.#chains = new ChainStore(context, this.#refs);
    this.#kill = () => {
      context.objects.kill();
      this.#refs.kill();
    };
    context.signal?.addEventListener('abort', this.#kill, { once: true });
  }

  /** Short-lived files are made in this existing folder from now on: whoever owns it knows what a killed process left in it. */
  useScratch(folder: string): void {
    this.#context.scratch = folder;
    this.#context.objects.useScratch(folder);
  }

  /** The commit that a revision names, such as `HEAD`; undefined where there is none, as on a branch without commits. */
  async resolve(revision: string): Promise<Commit | undefined> {
    // An option or a range is no revision.
    if (revision.startsWith('-') || revision.startsWith('^')) return undefined;
    const object = await this.#context.objects.read(`${revision}^{commit}`);
    return object?.oid as Commit | undefined;
  }

  /** Who the user is to git; undefined where git was never told. */
  async person(): Promise<Person | undefined> {
    const read = (name: string) => runIn(this.#context, { args: ['config', '--get', name] });
    const [name, email] = (await Promise.all([read('user.name'), read('user.email')])).map(({ stdout }) =>
      stdout.toString('utf8').trim(),
    );
    return name && email ? { name, email } : undefined;
  }

  /** Whether git takes this for a branch's name. `HEAD` would be taken for the commit at hand wherever it is named. */
  async isBranchName(name: string): Promise<boolean> {
    if (name === 'HEAD') return false;
    const answer = await runIn(this.#context, { args: ['check-ref-format', `refs/heads/${name}`] });
    return answer.code === 0 && !name.startsWith('-');
  }

  /** Top folders of the working trees that share these objects and refs, this one's among them. */
  async workingTrees(): Promise<string[]> {
    const task = 'list the working trees';
    const list = await expectFrom(this.#context, task, { args: ['worktree', 'list', '--porcelain'] });
    return list
      .toString('utf8')
      .split('\n')
      .flatMap((line) => (line.startsWith('worktree ') ? line.slice('worktree '.length) : []));
  }

  /** Whether `ancestor` is `commit` or in its history. */
  async isAncestor(ancestor: Commit, commit: Commit): Promise<boolean> {
    const answer = await runIn(this.#context, { args: ['merge-base', '--is-ancestor', ancestor, commit] });
    if (answer.code === 0 || answer.code === 1) return answer.code === 0;
    const task = `compare ${ancestor} with ${commit}`;
    throw faultOf({ task, place: this.root, stderr: answer.stderr });
  }

  /** Content of a plain file; undefined where the commit has none at that path. At most 256 MiB. */
  async readFile(commit: Commit, path: string): Promise<Buffer | undefined> {
    const { objects } = this.#context;
    const item = await findItem(objects, await objects.rootOf(commit), namesOf(path));
    if (item === undefined || !isPlainFile(item)) return undefined;
    const object = await objects.read(item.oid);
    if (object !== undefined) return object.content;
    throw faultOf({
      task: `read ${path} of ${commit}`,
      place: this.root,
      stderr: `object ${item.oid} is missing`,
    });
  }

  /** All files, links and submodules at or below `prefix`. */
  async list(commit: Commit, prefix = ''): Promise<ListedFile[]> {
    const { objects } = this.#context;
    return listFiles(objects, await objects.rootOf(commit), prefix);
  }

  /** The user's working tree as it stands, as a commit. See `takeSnapshot`. */
  async snapshot(options: SnapshotOptions): Promise<SnapshotOutcome> {
    return takeSnapshot(this.#context, await this.resolve('HEAD'), options);
  }

  /** A new commit; no ref moves. See `commitChanges` in `commit.ts`. */
  commitChanges(init: CommitInit & { changes: readonly RepositoryChange[] }): Promise<Commit> {
    return commitChanges(this.#context.objects, init);
  }

  /** All or none: below `refs/ratchet/` and `refs/heads/ratchet/`, and branches that are not there yet. */
  updateRefs(updates: readonly RefUpdate[]): Promise<RefsOutcome> {
    return this.#refs.update(updates);
  }

  /** The refs at or below `prefix`, by name. */
  listRefs(prefix: string): Promise<Ref[]> {
    return this.#refs.list(prefix);
  }

  /** Where a branch, or one of several, is checked out; undefined where none is. */
  checkedOut(
    branches: readonly string[],
  ): Promise<Extract<RefsOutcome, { kind: 'checked-out' }> | undefined> {
    return this.#refs.checkedOut(branches);
  }

  /** Whether commits are there with all that they need, down to `end`. See `inspectCommits`. */
  inspect(commits: readonly Commit[], end: Commit): Promise<Inspection> {
    return inspectCommits(this.#context, commits, end);
  }

  /** The paths that differ between two commits, sorted. */
  changes(from: Commit, to: Commit): Promise<Change[]> {
    return changesBetween(this.#context.objects, from, to);
  }

  /** The difference between two commits as text. */
  diff(from: Commit, to: Commit, options: DiffOptions): Promise<Diff> {
    return diffBetween(this.#context, from, to, options);
  }

  /** Brings one commit's changes to another. See `mergeChanges`. */
  merge(init: MergeInit): Promise<MergeOutcome> {
    return mergeChanges(this.#context, init);
  }

  /** Makes a plain folder equal to a commit. See `checkOut`. */
  checkout(options: CheckoutOptions): Promise<void> {
    return checkOut(this.#context, options);
  }

  /** What of a plain folder differs from the commit that it was made equal to. See `changedSince`. */
  changedSince(options: CheckoutOptions): Promise<string[]> {
    return changedSince(this.#context, options);
  }

  /** What was done in a plain folder since it was made equal to a commit. See `folderChanges`. */
  folderChanges(options: Omit<CheckoutOptions, 'commit'>): Promise<FolderChange[] | undefined> {
    return folderChanges(this.#context, options);
  }

  /** What a patch makes of a commit; its paths are relative to the repository or to the opened directory. See `applyPatch`. */
  applyPatch(init: PatchInit): Promise<PatchOutcome> {
    return applyPatch(this.#context, { ...init, prefix: this.prefix });
  }

  /** Adds to an append-only file kept under `ref`, at a cost that does not grow with it. */
  appendToChain(ref: string, init: ChainAppend): Promise<Commit> {
    return this.#chains.append(ref, init);
  }

  /** All that was appended, oldest first. */
  readChain(ref: string): AsyncGenerator<ChainLink> {
    return this.#chains.read(ref);
  }

  /** Ends git's processes once they have answered. */
  async close(): Promise<void> {
    this.#context.signal?.removeEventListener('abort', this.#kill);
    await Promise.all([this.#context.objects.close(), this.#refs.close()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
