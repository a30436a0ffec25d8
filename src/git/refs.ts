import { rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Commit } from '../model/identity.ts';
import type { ByteReader } from './byte-reader.ts';
import { faultOf } from './fault.ts';
import { expectFrom, type GitContext } from './git-context.ts';
import { LiveProcess, Refusal } from './live-process.ts';

/** One ref set or deleted. With `expected`, only where the ref stands there now; `absent`: only where there is none. */
export type RefUpdate =
  | { ref: string; to: Commit; expected?: Commit | 'absent' }
  | { ref: string; delete: true; expected?: Commit };

export type RefsOutcome =
  | { kind: 'updated' }
  /** A ref is not where it was expected. */
  | { kind: 'moved'; ref: string; message: string }
  /** Somebody works on that branch; moving it would change their `git status`. */
  | { kind: 'checked-out'; ref: string; worktree: string; message: string }
  /** Another ref's name stands in the way, as branch `ratchet` does for branch `ratchet/x`. */
  | { kind: 'name-taken'; ref: string; by: string; message: string };

export interface Ref {
  ref: string;
  commit: Commit;
}

/** The only refs that are Ratchet's to move; any other branch it makes where there is none, when it is asked to, and never moves. */
const OURS = /^refs\/(ratchet|heads\/ratchet)\/[^\0\s]+$/;
/** A git that holds a lock on a ref lets it go within milliseconds; one this old was left by a git that was killed. */
const STALE_LOCK_MS = 5_000;

/** Moves Ratchet's own refs through one git process that stays open, without reflogs. One update at a time. */
export class RefStore {
  readonly #context: GitContext;
  readonly #process: LiveProcess;
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: GitContext) {
    this.#context = context;
    this.#process = new LiveProcess({
      args: [...context.settings, 'update-ref', '-z', '--stdin'],
      directory: context.worktreeGitDir,
      environment: { GIT_DIR: context.worktreeGitDir },
      task: 'move a ref',
      place: context.root,
      isRefusal: (stderr) =>
        /cannot lock ref|exists; cannot create|cannot process .* at the same time|\.lock': File exists/.test(
          stderr,
        ),
    });
  }

  /**
   * All of the updates or none. A ref outside `refs/ratchet/` and `refs/heads/ratchet/` throws, but for a branch that is to be made
   * where there is none.
   * A lock that a killed git left on one of these refs is waited for, 5 s at most, and removed.
   */
  update(updates: readonly RefUpdate[]): Promise<RefsOutcome> {
    const outcome = this.#last.then(() => this.#update(updates));
    this.#last = outcome.catch(() => {});
    return outcome;
  }

  /** The refs at or below `prefix`, such as `refs/ratchet/STUDY`, by name. */
  async list(prefix: string): Promise<Ref[]> {
    const args = ['for-each-ref', '--format=%(objectname) %(refname)', prefix];
    const output = await expectFrom(this.#context, 'list refs', { args });
    const lines = output.toString('utf8').split('\n');
    return lines.flatMap((line) => {
      const [commit, ref] = line.split(' ');
      return commit && ref ? [{ ref, commit: commit as Commit }] : [];
    });
  }

  close(): Promise<void> {
    return this.#process.close();
  }

  kill(): void {
    this.#process.kill();
  }

  async #update(updates: readonly RefUpdate[]): Promise<RefsOutcome> {
    if (updates.length === 0) return { kind: 'updated' };
    for (const update of updates) {
      const { ref } = update;
      if (!OURS.test(ref) && !isNewBranch(update))
        throw new Error(`${ref} is not a ref of Ratchet's, so it does not move it.`);
    }
    const branches = updates.map(({ ref }) => ref).filter((ref) => ref.startsWith('refs/heads/'));
    const checkedOut = branches.length === 0 ? undefined : await this.checkedOut(branches);
    if (checkedOut !== undefined) return checkedOut;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#process.ask(formatTransaction(updates, this.#context.hashBytes), readTransaction);
        return { kind: 'updated' };
      } catch (refusal) {
        if (!(refusal instanceof Refusal)) throw refusal;
        const lock = /Unable to create '(.+\.lock)': File exists/.exec(refusal.stderr)?.[1];
        if (lock !== undefined && attempt <= updates.length && (await this.#removeStaleLock(lock))) continue;
        return this.#outcomeOf(refusal, updates);
      }
    }
  }

  /** The first of these branches, by their full names, that some working tree has checked out. */
  async checkedOut(
    branches: readonly string[],
  ): Promise<Extract<RefsOutcome, { kind: 'checked-out' }> | undefined> {
    const args = ['for-each-ref', '--format=%(refname) %(worktreepath)', ...branches];
    const output = await expectFrom(this.#context, 'see which branches are checked out', { args });
    const found = /^(\S+) (.+)$/m.exec(output.toString('utf8'));
    if (found === null) return undefined;
    const [, ref = '', worktree = ''] = found;
    const message = `Branch ${ref.slice('refs/heads/'.length)} is checked out in ${worktree}, so Ratchet leaves it alone. Switch to another branch there.`;
    return { kind: 'checked-out', ref, worktree, message };
  }

  async #removeStaleLock(lock: string): Promise<boolean> {
    if (!/\/refs\/(ratchet|heads\/ratchet)\//.test(lock)) return false;
    let seen: { changed: number; at: number } | undefined;
    for (;;) {
      const changed = await stat(lock).then(
        ({ mtimeMs }) => mtimeMs,
        () => undefined,
      );
      if (changed === undefined) return true;
      if (seen?.changed !== changed) seen = { changed, at: performance.now() };
      // Where the clock was set back, a lock may seem to come from the future, and would never be old.
      const age = Math.max(Date.now() - changed, performance.now() - seen.at);
      const left = STALE_LOCK_MS - age;
      if (left <= 0) {
        await rm(lock, { force: true });
        return true;
      }
      await sleep(Math.min(left, 250), undefined, { signal: this.#context.signal });
    }
  }

  async #outcomeOf(refusal: Refusal, updates: readonly RefUpdate[]): Promise<RefsOutcome> {
    const said = refusal.stderr;
    const taken = /'([^']+)' exists; cannot create '([^']+)'/.exec(said);
    if (taken !== null) {
      const [, by = '', ref = ''] = taken;
      const message = `${ref} cannot be made while ${by} exists. Rename or delete ${by}.`;
      return { kind: 'name-taken', ref, by, message };
    }
    const named = /cannot lock ref '([^']+)'/.exec(said)?.[1];
    const moved = /but expected|already exists|unable to resolve reference|reference is missing/.test(said);
    if (moved && named !== undefined) {
      // An update that was made before git died, and then asked for again, ends here too.
      if (await this.#isDone(updates)) return { kind: 'updated' };
      return {
        kind: 'moved',
        ref: named,
        message: `${named} is not where it was expected. Git said: ${said.trim()}`,
      };
    }
    const mend = 'If no other git is running there, remove the .lock file it names, and resume.';
    throw faultOf({ task: 'move a ref', place: this.#context.root, stderr: said, cause: refusal, mend });
  }

  async #isDone(updates: readonly RefUpdate[]): Promise<boolean> {
    for (const update of updates) {
      const object = await this.#context.objects.read(update.ref);
      if (object?.oid !== ('to' in update ? update.to : undefined)) return false;
    }
    return true;
  }
}

function isNewBranch(update: RefUpdate): boolean {
  return /^refs\/heads\/[^\0\s]+$/.test(update.ref) && 'to' in update && update.expected === 'absent';
}

function formatTransaction(updates: readonly RefUpdate[], hashBytes: number): string {
  const none = '0'.repeat(hashBytes * 2);
  const commands = updates.map((update) => {
    const expected = update.expected === 'absent' ? none : (update.expected ?? '');
    if ('delete' in update) return `delete ${update.ref}\0${expected}\0`;
    return `update ${update.ref}\0${update.to}\0${expected}\0`;
  });
  return `start\0${commands.join('')}commit\0`;
}

async function readTransaction(replies: ByteReader): Promise<void> {
  for (const expected of ['start: ok', 'commit: ok']) {
    const line = await replies.line();
    if (line !== expected) throw new Error(`git answered "${line}" instead of "${expected}"`);
  }
}
