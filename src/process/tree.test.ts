import { expect, test } from 'vitest';
import type { ProcessRow, ProcessTable } from './table.ts';
import { ProcessTree } from './tree.ts';

const ROOT = 1_000_100;
const STRANGER = 1_000_050;

type Listed = Partial<ProcessRow> & {
  environment?: string;
  workingFolder?: string;
  files?: string[];
  memory?: number;
};

/** A table that is plain data, changed between two looks. Pids are larger than any real one. */
function tableOf(processes: Map<number, Listed>): ProcessTable {
  const row = (pid: number): ProcessRow | undefined => {
    const listed = processes.get(pid);
    const defaults = {
      parent: STRANGER,
      group: pid,
      session: pid,
      alive: true,
      hasTerminal: false,
      started: 50,
    };
    return listed && { pid, ...defaults, ownCpuSeconds: 0, reapedCpuSeconds: 0, ...listed };
  };
  return {
    pids: () => [...processes.keys()],
    row,
    memory: (pid) => {
      const bytes = processes.get(pid)?.memory ?? 0;
      return { residentBytes: bytes, peakBytes: bytes };
    },
    environment: (pid) => processes.get(pid)?.environment ?? 'HOME=/',
    workingFolder: (pid) => processes.get(pid)?.workingFolder ?? '/',
    openFiles: (pid) => processes.get(pid)?.files ?? [],
    boot: () => 'boot',
  };
}

function treeOf(processes: Record<number, Listed>, foreign: number[] = []) {
  const listed = new Map(Object.entries(processes).map(([pid, row]) => [Number(pid), row]));
  const tree = new ProcessTree(
    tableOf(listed),
    { trial: 'abc', folder: '/slot' },
    { pid: ROOT, started: 50 },
    foreign,
  );
  return { listed, tree, alive: () => tree.look().alive.map((row) => row.pid) };
}

test.each<[string, Listed]>([
  ['a child of a member', { parent: ROOT }],
  ['a process in a session of the tree', { session: ROOT }],
  ['a process that carries the mark', { environment: 'A=1\0RATCHET_TRIAL=abc\0B=2' }],
  ['an orphan that stands in the folder', { parent: 1, workingFolder: '/slot/deep' }],
  ['an orphan whose folder was removed', { parent: 1, workingFolder: '/slot (deleted)' }],
])('%s belongs to the tree', (_, listed) => {
  expect(treeOf({ [ROOT]: {}, 1000200: listed }).alive()).toEqual([ROOT, 1_000_200]);
});

test.each<[string, Listed]>([
  ['a process that stands in the folder but has another parent', { workingFolder: '/slot' }],
  ['an orphan in the folder that has a terminal', { parent: 1, workingFolder: '/slot', hasTerminal: true }],
  ['an orphan in a folder with a longer name', { parent: 1, workingFolder: '/slot-2' }],
  ['a process of another trial', { environment: 'RATCHET_TRIAL=abcd' }],
  ['a process whose variable only ends like the mark', { environment: 'OLD_RATCHET_TRIAL=abc' }],
  ['a process that is older than the root', { environment: 'RATCHET_TRIAL=abc', started: 49 }],
  ['a process that has ended', { parent: ROOT, alive: false }],
])('%s is left alone', (_, listed) => {
  expect(treeOf({ [ROOT]: {}, 1000200: listed }).alive()).toEqual([ROOT]);
});

test('descendants are found in whatever order they are listed', () => {
  const { alive } = treeOf({
    1000001: { parent: 1_000_002 },
    1000002: { parent: 1_000_300 },
    [ROOT]: {},
    1000300: { parent: ROOT },
  });
  expect(alive().toSorted()).toEqual([1_000_001, 1_000_002, ROOT, 1_000_300]);
});

test('a member stays one after it has left everything that gave it away', () => {
  const { alive, listed } = treeOf({ [ROOT]: {}, 1000200: { parent: ROOT } });
  alive();
  listed.set(1_000_200, { parent: 1 });
  listed.delete(ROOT);
  expect(alive()).toEqual([1_000_200]);
});

test('a later process with the pid of a member is none', () => {
  const { alive, listed } = treeOf({ [ROOT]: {}, 1000200: { parent: ROOT } });
  alive();
  listed.set(1_000_200, { started: 60 });
  expect(alive()).toEqual([ROOT]);
});

test('the number of a session that everybody left means nothing later', () => {
  const { alive, listed } = treeOf({ [ROOT]: {}, 1000200: { parent: ROOT } });
  alive();
  listed.delete(1_000_200);
  alive();
  listed.set(1_000_300, { session: 1_000_200 });
  expect(alive()).toEqual([ROOT]);
});

test('whoever holds the output open is taken in, with its children', () => {
  const { alive, tree } = treeOf({
    [ROOT]: {},
    1000200: { parent: 1, files: ['/tmp/pipes/1 (deleted)'] },
    1000201: { parent: 1_000_200 },
    1000300: { files: ['/tmp/pipes/10 (deleted)'] },
  });
  expect(alive()).toEqual([ROOT]);
  tree.adoptHoldersOf('/tmp/pipes/1');
  // The child was passed over as foreign before its parent was taken in.
  expect(alive()).toEqual([ROOT, 1_000_200, 1_000_201]);
});

test('a look is not settled while a process is between two programs, or gone before it could be read', () => {
  const { tree, listed } = treeOf({ [ROOT]: {}, 1000200: { environment: '' } });
  expect(tree.look().settled).toBe(false);
  listed.set(1_000_200, { environment: 'RATCHET_TRIAL=abc' });
  expect(tree.look()).toMatchObject({ settled: true, alive: [{ pid: ROOT }, { pid: 1_000_200 }] });
});

test('CPU time counts living members, what they waited for, and what orphans used before they ended', () => {
  const { tree, listed, alive } = treeOf({
    [ROOT]: { ownCpuSeconds: 1, reapedCpuSeconds: 2 },
    1000200: { parent: ROOT, ownCpuSeconds: 4 },
  });
  alive();
  expect(tree.usage.cpuSeconds).toBe(7);
  listed.delete(1_000_200);
  listed.set(ROOT, { ownCpuSeconds: 1, reapedCpuSeconds: 6 });
  alive();
  expect(tree.usage.cpuSeconds).toBe(7);
  listed.set(ROOT, { ownCpuSeconds: 5, reapedCpuSeconds: 0 });
  alive();
  expect(tree.usage.cpuSeconds).toBe(9);
});

test('memory is the highest sum of any look', () => {
  const { tree, listed, alive } = treeOf({ [ROOT]: { memory: 10 }, 1000200: { parent: ROOT, memory: 30 } });
  alive();
  listed.delete(1_000_200);
  alive();
  expect(tree.usage.peakMemoryBytes).toBe(40);
});
