import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessRow } from './table.ts';
import { processTable } from './this-machine.ts';
import { ProcessTree, type TreeIdentity } from './tree.ts';

/** How long killed processes may take to be gone, in milliseconds; one that a driver holds may never be. */
const KILL_DEADLINE = 10_000;
/** How often the members are looked for again while processes come and go, before what was found is believed. */
const MAX_LOOKS = 8;
/** Between two looks at a tree that is ending, in milliseconds: from, to. */
const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 50;

/** @param targets pids, or process groups as negative numbers. */
export function send(signal: NodeJS.Signals, targets: Iterable<number>): void {
  for (const pid of targets) {
    try {
      process.kill(pid, signal);
    } catch {
      // Gone meanwhile, or another user's: the deadline tells.
    }
  }
}

function pidsOf(rows: readonly ProcessRow[]): number[] {
  return rows.map((row) => row.pid);
}

/** What was found of a tree and stopped. */
interface Frozen {
  readonly alive: readonly ProcessRow[];
  /** False where processes still came or went when the looking ended. */
  readonly settled: boolean;
}

/** Looks until nothing comes or goes, freezing what is found so that it cannot fork away under our eyes. */
export function freeze(tree: ProcessTree): Frozen {
  const frozen = new Map<number, number>();
  for (let looks = 1; ; looks += 1) {
    const { alive, settled } = tree.look();
    const moving = alive.filter((row) => frozen.get(row.pid) !== row.started);
    const isStill = settled && moving.length === 0;
    if (looks >= MAX_LOOKS || isStill) return { alive, settled: isStill };
    send('SIGSTOP', pidsOf(moving));
    for (const row of moving) frozen.set(row.pid, row.started);
  }
}

/**
 * Kills every process of a tree and returns when none is left.
 *
 * @returns the pids that were there.
 * @throws when some of them are still there after ten seconds, with their pids.
 */
export async function killTree(tree: ProcessTree): Promise<number[]> {
  const killed = new Set<number>();
  const deadline = performance.now() + KILL_DEADLINE;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const { alive } = freeze(tree);
    if (alive.length === 0) return [...killed];
    send('SIGKILL', pidsOf(alive));
    for (const pid of pidsOf(alive)) killed.add(pid);
    if (performance.now() > deadline) {
      const pids = pidsOf(alive).join(', ');
      throw new Error(
        `processes ${pids} of a trial are still there ten seconds after KILL; a device or a network disk holds them. ` +
          'End them by hand, or restart the machine.',
      );
    }
    await sleep(pause);
  }
}

/** Asks a tree to end by TERM, and returns when it has or when its time is over. */
export async function askToEnd(tree: ProcessTree, seconds: number): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  // By groups: what is being forked gets it too, and nothing gets it twice.
  send('SIGTERM', new Set(tree.look().alive.map((row) => -row.group)));
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const left = deadline - performance.now();
    if (left <= 0) return;
    await sleep(Math.min(pause, left));
    if (tree.look().alive.length === 0) return;
  }
}

/** The first process of a tree, so that it is still recognised by another engine after a restart. */
export interface RootIdentity {
  readonly pid: number;
  /** Names the boot and the instant it started; opaque. */
  readonly started: string;
}

export function rootIdentity(row: ProcessRow): RootIdentity {
  return { pid: row.pid, started: `${processTable().boot()}/${row.started}` };
}

/**
 * Kills what a trial of a dead engine left behind, wherever it went.
 *
 * @returns the pids that were there.
 * @throws when some of them cannot be killed, with their pids.
 */
export async function killStrays(identity: TreeIdentity, root?: RootIdentity): Promise<number[]> {
  return killTree(treeOf(identity, root));
}

/** The tree of a run that somebody else started. */
export function treeOf(identity: TreeIdentity, root?: RootIdentity): ProcessTree {
  const table = processTable();
  table.pids();
  const row = root && table.row(root.pid);
  const living = row && rootIdentity(row).started === root.started ? row : undefined;
  return new ProcessTree(table, identity, living, []);
}
