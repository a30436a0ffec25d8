import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Commit } from '../model/identity.ts';
import type { ByteReader } from './byte-reader.ts';
import { DiskFullError, faultOf, isDiskFull } from './fault.ts';
import { LiveProcess } from './live-process.ts';
import { formatTree, type ObjectName, parseTree, type Tree } from './tree.ts';

/** Names in all cached trees together: about 20 MB. */
const CACHED_NAMES_MAX = 100_000;
/** A tree that none of so many questions asked for is let go: each proposal makes trees that nobody reads once it is judged. */
const UNASKED_MAX = 10_000;
const CACHED_COMMITS_MAX = 1_000;
const OBJECT_MAX_BYTES = 256 * 1024 * 1024;

export interface StoredObject {
  oid: ObjectName;
  kind: string;
  content: Buffer;
}

interface CachedTree {
  tree: Tree;
  /** The question that asked for it last. */
  asked: number;
}

export interface ObjectStoreOptions {
  gitDir: string;
  /** Folder named in faults. */
  place: string;
  settings: readonly string[];
  /** Folder for the files through which new objects reach git; each is removed again at once. */
  scratch: string;
  /** 20 or 32. */
  hashBytes: number;
}

/** Reads and writes git objects through four git processes that stay open. What a write returned is on disk. */
export class ObjectStore {
  #scratch: string;
  readonly #place: string;
  readonly #hashBytes: number;
  readonly #reader: LiveProcess;
  readonly #blobs: LiveProcess;
  readonly #commits: LiveProcess;
  readonly #trees: LiveProcess;
  /** Those that were asked for last at the end. */
  readonly #cachedTrees = new Map<ObjectName, CachedTree>();
  readonly #cachedRoots = new Map<Commit, ObjectName>();
  #cachedNames = 0;
  #questions = 0;

  constructor(options: ObjectStoreOptions) {
    this.#scratch = options.scratch;
    this.#place = options.place;
    this.#hashBytes = options.hashBytes;
    const live = (task: string, ...args: string[]) =>
      new LiveProcess({
        args: [...options.settings, ...args],
        directory: options.gitDir,
        environment: { GIT_DIR: options.gitDir },
        task,
        place: options.place,
      });
    this.#reader = live('read an object', 'cat-file', '--batch');
    this.#blobs = live('write a file', 'hash-object', '-w', '-t', 'blob', '--no-filters', '--stdin-paths');
    this.#commits = live('write a commit', 'hash-object', '-w', '-t', 'commit', '--stdin-paths');
    // Not `mktree`, which neither notices that the disk is full nor waits for it. Literally: a tree that the user's history
    // holds already may have a mode that git would not write today.
    this.#trees = live('write a folder', 'hash-object', '-w', '-t', 'tree', '--literally', '--stdin-paths');
  }

  /**
   * Any object by its name or another expression that git understands; undefined where there is none.
   * Throws a `GitFault` where it is damaged or larger than `maxBytes` (@default 256 MiB).
   */
  async read(expression: string, maxBytes = OBJECT_MAX_BYTES): Promise<StoredObject | undefined> {
    // A newline would be a second request.
    if (expression === '' || /[\n\0]/.test(expression)) return undefined;
    return this.#reader
      .ask(`${expression}\n`, async (replies) => {
        const header = await replies.line();
        const found = /^([0-9a-f]+) (\w+) (\d+)$/.exec(header);
        if (found === null) {
          // `dangling`, `loop` and `notdir` come only with --follow-symlinks; a note about an expression may hold a second line.
          return undefined;
        }
        const [, oid = '', kind = '', size = ''] = found;
        const bytes = Number(size);
        if (bytes > maxBytes) {
          await replies.skip(bytes + 1);
          return { oid, kind, content: undefined, bytes };
        }
        const content = await replies.take(bytes);
        await replies.skip(1);
        return { oid, kind, content, bytes };
      })
      .then((object) => {
        if (object === undefined) return undefined;
        const { oid, kind, content, bytes } = object;
        if (content === undefined) {
          const stderr = `${expression} is ${bytes} bytes long, and at most ${maxBytes} are read`;
          const mend = 'Keep files of this size out of git, and name them under `provide`.';
          throw faultOf({ task: 'read an object', place: this.#place, stderr, mend });
        }
        return { oid, kind, content };
      });
  }

  /** New objects reach git through files in this existing folder from now on. */
  useScratch(folder: string): void {
    this.#scratch = folder;
  }

  async writeBlob(content: Uint8Array | string): Promise<ObjectName> {
    return this.#writeByFile(this.#blobs, content);
  }

  async writeCommit(content: string): Promise<Commit> {
    return (await this.#writeByFile(this.#commits, content)) as Commit;
  }

  async writeTree(tree: Tree): Promise<ObjectName> {
    const oid = await this.#writeByFile(this.#trees, formatTree(tree));
    this.#cacheTree(oid, tree);
    return oid;
  }

  /** Throws a `GitFault` where the repository lacks the tree, as a damaged one does. */
  async tree(oid: ObjectName): Promise<Tree> {
    this.#questions += 1;
    const cached = this.#cachedTrees.get(oid);
    if (cached !== undefined) {
      cached.asked = this.#questions;
      this.#cachedTrees.delete(oid);
      this.#cachedTrees.set(oid, cached);
      return cached.tree;
    }
    const object = await this.read(oid);
    if (object?.kind !== 'tree') throw this.#missing(`tree ${oid}`);
    const tree = parseTree(object.content, this.#hashBytes);
    this.#cacheTree(oid, tree);
    return tree;
  }

  /** The root tree of a commit. Throws a `GitFault` where the repository lacks the commit. */
  async rootOf(commit: Commit): Promise<ObjectName> {
    const cached = this.#cachedRoots.get(commit);
    if (cached !== undefined) return cached;
    const object = await this.read(commit);
    // Cut out as bytes: a part of a text keeps all of it in memory.
    const line =
      object?.kind === 'commit' ? object.content.subarray(0, object.content.indexOf('\n')) : undefined;
    const root = line?.toString('latin1', 'tree '.length) ?? '';
    if (line?.indexOf('tree ') !== 0 || !/^[0-9a-f]+$/.test(root)) throw this.#missing(`commit ${commit}`);
    const oldest = this.#cachedRoots.keys().next().value;
    if (oldest !== undefined && this.#cachedRoots.size >= CACHED_COMMITS_MAX)
      this.#cachedRoots.delete(oldest);
    this.#cachedRoots.set(commit, root);
    return root;
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.close()));
  }

  kill(): void {
    for (const process of this.#processes) process.kill();
  }

  get #processes(): LiveProcess[] {
    return [this.#reader, this.#blobs, this.#commits, this.#trees];
  }

  async #writeByFile(writer: LiveProcess, content: Uint8Array | string): Promise<ObjectName> {
    const file = join(this.#scratch, `ratchet-object-${randomUUID()}`);
    try {
      // Without promises: some microseconds for a file of source, where a promise waits for a thread twice.
      writeFileSync(file, content, { flag: 'wx', mode: 0o600 });
      return await writer.ask(`${file}\n`, readObjectName);
    } catch (cause) {
      if (cause instanceof DiskFullError || !isDiskFull(cause)) throw cause;
      throw faultOf({ task: 'write an object', place: this.#scratch, stderr: '', cause });
    } finally {
      rmSync(file, { force: true });
    }
  }

  #cacheTree(oid: ObjectName, tree: Tree): void {
    if (this.#cachedTrees.has(oid)) return;
    this.#cachedTrees.set(oid, { tree, asked: this.#questions });
    this.#cachedNames += tree.size;
    for (const [oldest, { tree: names, asked }] of this.#cachedTrees) {
      const isWanted = this.#cachedNames <= CACHED_NAMES_MAX && this.#questions - asked <= UNASKED_MAX;
      if (isWanted || oldest === oid) break;
      this.#cachedTrees.delete(oldest);
      this.#cachedNames -= names.size;
    }
  }

  #missing(what: string): Error {
    return faultOf({ task: `read ${what}`, place: this.#place, stderr: 'the repository does not hold it' });
  }
}

async function readObjectName(replies: ByteReader): Promise<ObjectName> {
  const line = await replies.line();
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(line))
    throw new Error(`git answered "${line}", not an object's name`);
  return line;
}
