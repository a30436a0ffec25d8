import { statfsSync } from 'node:fs';
import { totalmem } from 'node:os';
import type { ResourceLimits } from '../model/limit.ts';
import type { Resources } from '../model/program.ts';

/** Of the machine's memory, where the program does not say how much a trial needs. */
const MEMORY_SHARE = 0.8;
const PROCESSES = 1024;
/** Bytes, and never more than this share of what is free. */
const DISK = 10 * 1024 ** 3;
const DISK_SHARE = 0.5;
const FILES = 200_000;
/** Bytes. Of this the file of a trial's output keeps the beginning and the end. */
const OUTPUT = 4 * 1024 ** 3;

/**
 * What a trial may hold at a time: as the program says, else enough for an honest one, and less than brings the machine down.
 *
 * @param folder where trials write: on the disk whose space counts
 */
export function resourceLimitsOf(resources: Resources, folder: string): ResourceLimits {
  return {
    memory: resources.memory ?? Math.floor(MEMORY_SHARE * totalmem()),
    processes: resources.processes ?? PROCESSES,
    disk: resources.disk ?? Math.min(DISK, Math.floor(DISK_SHARE * freeBytes(folder))),
    files: FILES,
    output: OUTPUT,
  };
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
