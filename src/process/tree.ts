import type { Usage } from '../model/trial.ts';
import type { ProcessRow, ProcessTable } from './table.ts';

/** The environment variable that every process of a trial carries, and its children inherit. */
export const MARKER = 'RATCHET_TRIAL';

/** What tells the processes of one trial from all others. */
export interface TreeIdentity {
  /** Value of RATCHET_TRIAL; unique for every run. */
  readonly trial: string;
  /** A process without terminal or living parent that stands in this folder belongs to the trial; absolute, no symbolic link. */
  readonly folder: string;
}

interface Member {
  readonly started: number;
  readonly ownCpuSeconds: number;
}

/** One look at a tree. */
interface Look {
  /** Processes of the tree that still run, the root among them. */
  readonly alive: readonly ProcessRow[];
  /** False when a process came or went while we looked, or hid behind an exec: look again before saying that none is left. */
  readonly settled: boolean;
}

/** Processes that adopt orphans: this engine's ancestors, and the engine itself when it is the first process of a container. */
function adoptingParents(table: ProcessTable): Set<number> {
  const parents = new Set([1]);
  let pid = process.ppid;
  while (pid > 1 && !parents.has(pid)) {
    parents.add(pid);
    pid = table.row(pid)?.parent ?? 1;
  }
  return parents;
}

function isWithin(folder: string, path: string | undefined): boolean {
  return (
    path !== undefined && (path === folder || path.startsWith(`${folder}/`) || path === `${folder} (deleted)`)
  );
}

/**
 * Follows the processes of one trial: the root's descendants, everything in a session that one of them made, whatever carries the
 * trial's marker, and orphans that stand in its folder. A process that left its session and its parent, cleared its
 * environment, left the folder and closed its output, all between two looks, is not found: a pid namespace is needed for that.
 */
export class ProcessTree {
  readonly #table: ProcessTable;
  readonly #marker: string;
  readonly #folder: string;
  readonly #notBefore: number;
  #members = new Map<number, Member>();
  #sessions = new Set<number>();
  /** Processes known not to belong: a foreign process never becomes a member. */
  #foreign: Set<number>;
  #adopting: Set<number> | undefined;
  /** CPU time of members that are gone, as last seen. */
  #goneCpuSeconds = 0;
  #cpuSeconds = 0;
  #peakMemoryBytes = 0;
  #residentBytes = 0;

  /**
   * @param root the first process of the tree, when it is known.
   * @param foreign pids that were there before the tree was; none when unknown.
   */
  constructor(
    table: ProcessTable,
    identity: TreeIdentity,
    root: Pick<ProcessRow, 'pid' | 'started'> | undefined,
    foreign: readonly number[],
  ) {
    this.#table = table;
    this.#marker = `${MARKER}=${identity.trial}`;
    this.#folder = identity.folder;
    this.#notBefore = root?.started ?? 0;
    this.#foreign = new Set(foreign);
    this.#foreign.add(process.pid);
    if (root !== undefined) {
      this.#foreign.delete(root.pid);
      this.#members.set(root.pid, { started: root.started, ownCpuSeconds: 0 });
      this.#sessions.add(root.pid);
    }
  }

  /** Total CPU seconds and the highest memory sum at any look so far. */
  get usage(): Omit<Usage, 'wallSeconds'> {
    return { cpuSeconds: this.#cpuSeconds, peakMemoryBytes: this.#peakMemoryBytes };
  }

  /** Numbers of the members that were there when they were last looked at. */
  get pids(): number[] {
    return [...this.#members.keys()];
  }

  /** What its members held when they were last looked at: memory in bytes. */
  get now(): { readonly residentBytes: number; readonly processes: number } {
    return { residentBytes: this.#residentBytes, processes: this.#members.size };
  }

  /** Finds the members that are there now, and counts what they used. Costs a listing of /proc and a few reads a member. */
  look(): Look {
    const rows: ProcessRow[] = [];
    const foreign = new Set<number>();
    let settled = true;
    for (const pid of this.#table.pids()) {
      const row = this.#foreign.has(pid) ? 'foreign' : this.#table.row(pid);
      if (row === undefined) settled = false;
      else if (row === 'foreign' || row.started < this.#notBefore) foreign.add(pid);
      else rows.push(row);
    }
    const members = this.#adopt(rows);
    for (const row of rows) {
      if (members.has(row.pid)) continue;
      // An environment is empty for an instant during exec: to be asked again, not to be remembered.
      if (row.alive && this.#table.environment(row.pid) === '') settled = false;
      else foreign.add(row.pid);
    }
    this.#foreign = foreign;
    this.#remember([...members.values()]);
    return { alive: [...members.values()].filter((row) => row.alive), settled };
  }

  /** Takes in every process that holds a file open, though nothing else gives it away; the next look finds it. */
  adoptHoldersOf(file: string): void {
    for (const pid of this.#table.pids()) {
      const row = pid === process.pid ? undefined : this.#table.row(pid);
      if (row === undefined || row.started < this.#notBefore) continue;
      if (!this.#table.openFiles(pid).some((name) => name === file || name === `${file} (deleted)`)) continue;
      this.#members.set(pid, { started: row.started, ownCpuSeconds: 0 });
      // Its children were passed over: nobody counts as foreign any more.
      this.#foreign = new Set([process.pid]);
    }
  }

  /** Members by every rule, to a fixed point, since a member found late has children that were passed over. */
  #adopt(rows: readonly ProcessRow[]): Map<number, ProcessRow> {
    const members = new Map<number, ProcessRow>();
    const take = (row: ProcessRow) => {
      members.set(row.pid, row);
      if (row.session === row.pid) this.#sessions.add(row.pid);
    };
    const isKin = (row: ProcessRow) =>
      this.#members.get(row.pid)?.started === row.started ||
      members.has(row.parent) ||
      // A leader has its session's number as its own, so it may be a later process: only being known makes it a member.
      (row.session !== row.pid && this.#sessions.has(row.session));
    for (const row of rows) if (isKin(row) || this.#isMarked(row)) take(row);
    for (let size = -1; size !== members.size; ) {
      size = members.size;
      for (const row of rows) if (!members.has(row.pid) && isKin(row)) take(row);
    }
    return members;
  }

  #isMarked(row: ProcessRow): boolean {
    const environment = this.#table.environment(row.pid);
    if (environment !== undefined && `\0${environment}\0`.includes(`\0${this.#marker}\0`)) return true;
    if (row.hasTerminal) return false;
    this.#adopting ??= adoptingParents(this.#table);
    return this.#adopting.has(row.parent) && isWithin(this.#folder, this.#table.workingFolder(row.pid));
  }

  /**
   * Two sums, of which the larger is nearer the truth: what living members used themselves and waited for (it misses what an
   * orphan used, once it is gone), and what every member ever seen used itself (it misses what came and went between looks).
   */
  #remember(rows: readonly ProcessRow[]): void {
    const seen = new Map<number, Member>();
    let own = 0;
    let reaped = 0;
    let resident = 0;
    for (const row of rows) {
      seen.set(row.pid, { started: row.started, ownCpuSeconds: row.ownCpuSeconds });
      own += row.ownCpuSeconds;
      reaped += row.reapedCpuSeconds;
      const memory = row.alive ? this.#table.memory(row.pid) : undefined;
      if (memory === undefined) continue;
      resident += memory.residentBytes;
      this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, memory.peakBytes);
    }
    for (const [pid, member] of this.#members) {
      if (seen.get(pid)?.started !== member.started) this.#goneCpuSeconds += member.ownCpuSeconds;
    }
    this.#members = seen;
    // The number of a session is free for others once nobody is in it.
    this.#sessions = new Set(rows.map((row) => row.session).filter((session) => this.#sessions.has(session)));
    this.#cpuSeconds = Math.max(this.#cpuSeconds, own + reaped, own + this.#goneCpuSeconds);
    this.#residentBytes = resident;
    this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, resident);
  }
}
