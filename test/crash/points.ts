import type { Fault } from './strace.ts';

/** One fault, and with how many slots the study meets it. */
export interface Point extends Fault {
  readonly slots: 1 | 2;
}

const kill = (call: string, slots: 1 | 2, ...counts: number[]): Point[] =>
  counts.map((at) => ({ call, answer: 'KILL', at, slots }));

/** Calls that start a process. */
const FORK = 'vfork,clone,clone3';
const REMOVE = 'unlink,unlinkat';

/**
 * Where the engine, or a git below it, dies. Counts go from the study's start to its end: a study of eight verdicts makes
 * about 50 fsyncs, 130 writes at an offset, 280 other writes, 750 openings, 30 forks and 60 removals in the engine itself.
 */
export const KILLS: readonly Point[] = [
  ...kill('fsync,fdatasync', 1, 2, 5, 9, 14, 20, 27, 36),
  ...kill('pwrite64', 1, 3, 11, 40, 77),
  ...kill('write', 2, 40, 90, 140, 190),
  ...kill('openat', 2, 500, 540, 580, 620),
  ...kill('mkdir', 1, 2, 4, 9),
  ...kill(REMOVE, 1, 6, 33),
  ...kill(FORK, 2, 8, 26),
  ...kill('rename', 1, 2),
  { call: 'rename', answer: 'KILL', at: 14, slots: 1, git: 'update-ref' },
  { call: 'link', answer: 'KILL', at: 4, slots: 1, git: 'hash-object' },
];

/** Where the disk is full or broken, or the machine has no descriptors or processes left. */
export const ERRORS: readonly Point[] = [
  { call: 'pwrite64', answer: 'ENOSPC', at: 6, slots: 1 },
  { call: 'pwrite64', answer: 'ENOSPC', at: 60, lasting: true, slots: 1 },
  { call: 'fsync,fdatasync', answer: 'EIO', at: 12, slots: 1 },
  { call: 'fsync,fdatasync', answer: 'EIO', at: 4, lasting: true, slots: 1, git: 'update-ref' },
  { call: 'fsync,fdatasync', answer: 'ENOSPC', at: 22, slots: 2 },
  { call: 'mkdir', answer: 'ENOSPC', at: 6, slots: 2 },
  { call: 'link', answer: 'ENOSPC', at: 2, lasting: true, slots: 1 },
  { call: 'write', answer: 'ENOSPC', at: 2, lasting: true, slots: 1, git: 'hash-object' },
  { call: 'rename', answer: 'ENOSPC', at: 2, slots: 1 },
  { call: 'socketpair', answer: 'EMFILE', at: 20, slots: 1 },
  { call: 'mknodat,mknod', answer: 'ENOSPC', at: 3, slots: 1 },
  { call: FORK, answer: 'EAGAIN', at: 20, slots: 2 },
];

/** Calls, and how many of them a study of eight verdicts makes in the engine or in one git. */
export const KILL_RANGES: readonly (readonly [call: string, most: number])[] = [
  ['fsync,fdatasync', 50],
  ['pwrite64', 125],
  ['write', 270],
  ['openat', 740],
  ['mkdir', 14],
  [REMOVE, 60],
  ['rename', 12],
  ['link', 15],
  ['rmdir', 10],
  ['socketpair', 60],
  ['mknodat,mknod', 15],
  ['ftruncate', 2],
];
