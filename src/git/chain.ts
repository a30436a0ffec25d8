import type { Commit } from '../model/identity.ts';
import { type CommitInit, writeCommit } from './commit.ts';
import { faultOf, GitFault } from './fault.ts';
import type { GitContext } from './git-context.ts';
import type { RefStore } from './refs.ts';
import { FILE } from './tree.ts';

/** The one file in each commit of a chain. */
const FILE_NAME = 'events.jsonl';

/** One commit of a chain, as read back. */
export type ChainLink =
  | { kind: 'content'; commit: Commit; content: Buffer }
  /** Damaged or missing. Where this comes first, whatever was older is out of reach. */
  | { kind: 'unreadable'; commit: Commit; reason: string };

export interface ChainAppend extends Pick<CommitInit, 'message' | 'time'> {
  content: Uint8Array | string;
}

/** Append-only files kept as chains of commits: each holds only what was new. Appends to one store happen in the order asked. */
export class ChainStore {
  readonly #context: GitContext;
  readonly #refs: RefStore;
  readonly #tips = new Map<string, Commit>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: GitContext, refs: RefStore) {
    this.#context = context;
    this.#refs = refs;
  }

  /** Costs the same however long the chain is. Throws a `GitFault` where somebody else moved `ref`. */
  append(ref: string, init: ChainAppend): Promise<Commit> {
    const commit = this.#last.then(() => this.#append(ref, init));
    this.#last = commit.catch(() => {});
    return commit;
  }

  /** The links oldest first. Whatever can be read is given, with a mark where something cannot. */
  async *read(ref: string): AsyncGenerator<ChainLink> {
    const { objects } = this.#context;
    const commits: Commit[] = [];
    let next = await this.#tipOf(ref);
    let broken: ChainLink | undefined;
    while (next !== undefined) {
      const commit = next;
      const found = await attempt(() => objects.read(commit), `commit ${commit} is missing`);
      if (typeof found === 'string' || found.kind !== 'commit') {
        const reason = typeof found === 'string' ? found : `${commit} is a ${found.kind}, not a commit`;
        broken = { kind: 'unreadable', commit, reason };
        break;
      }
      commits.push(commit);
      next = /^tree \S+\nparent (\S+)\n/.exec(found.content.toString('latin1'))?.[1] as Commit | undefined;
    }
    if (broken !== undefined) yield broken;
    for (const commit of commits.reverse()) {
      const file = `${commit}:${FILE_NAME}`;
      const found = await attempt(() => objects.read(file), `${file} is missing`);
      if (typeof found === 'string') yield { kind: 'unreadable', commit, reason: found };
      else yield { kind: 'content', commit, content: found.content };
    }
  }

  async #tipOf(ref: string): Promise<Commit | undefined> {
    return (await this.#context.objects.read(ref))?.oid as Commit | undefined;
  }

  async #append(ref: string, { content, ...description }: ChainAppend): Promise<Commit> {
    const { objects } = this.#context;
    const tip = this.#tips.get(ref) ?? (await this.#tipOf(ref));
    // Known again only once the new commit is in place.
    this.#tips.delete(ref);
    const oid = await objects.writeBlob(content);
    const tree = await objects.writeTree(new Map([[FILE_NAME, { mode: FILE, oid }]]));
    const parent = tip === undefined ? {} : { parent: tip };
    const commit = await writeCommit(objects, { ...description, ...parent, tree });
    const outcome = await this.#refs.update([{ ref, to: commit, expected: tip ?? 'absent' }]);
    if (outcome.kind !== 'updated') {
      const mend = 'Let only one study write to it.';
      const place = this.#context.root;
      throw faultOf({ task: `append to ${ref}`, place, stderr: outcome.message, mend });
    }
    this.#tips.set(ref, commit);
    return commit;
  }
}

/** What was read, or why it could not be. */
async function attempt<Found>(
  read: () => Promise<Found | undefined>,
  missing: string,
): Promise<Found | string> {
  try {
    return (await read()) ?? missing;
  } catch (error) {
    if (!(error instanceof GitFault)) throw error;
    return error.message;
  }
}
