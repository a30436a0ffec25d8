import { lstatSync, readdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { ExceededLimit, ResourceLimits } from '../model/limit.ts';

/** What a trial's folders hold on the disk. */
interface Held {
  readonly bytes: number;
  readonly files: number;
}

/** From one count of files to the next at least, in milliseconds, and as a multiple of the time that a count takes. */
const PAUSE = 1_000;
const PAUSE_SHARE = 50;

/**
 * Watches what a trial writes. Counting files takes time, so they are counted when the disk as a whole has lost as much as the
 * trial may take, and now and then otherwise, since somebody else may free what this one takes.
 */
export class DiskUse {
  readonly #folders: readonly string[];
  readonly #limits: Pick<ResourceLimits, 'disk' | 'files'>;
  readonly #before: Held;

  readonly #removed: () => number;
  #countAt = performance.now() + PAUSE;

  /**
   * @param folders all that the trial may write to; absolute, on one disk
   * @param removed bytes of files that the trial holds open and that no folder has any more
   */
  constructor(
    folders: readonly string[],
    limits: Pick<ResourceLimits, 'disk' | 'files'>,
    removed: () => number = () => 0,
  ) {
    this.#folders = folders;
    this.#limits = limits;
    this.#removed = removed;
    this.#before = freeOn(folders[0]!);
  }

  exceeded(): ExceededLimit | undefined {
    const free = freeOn(this.#folders[0]!);
    const { disk, files } = this.#limits;
    const lostBytes = this.#before.bytes - free.bytes;
    const lostFiles = this.#before.files - free.files;
    const isCalm = lostBytes <= disk && lostFiles <= files;
    const began = performance.now();
    if (isCalm && began < this.#countAt) return undefined;
    const held = heldBelow(this.#folders, this.#limits);
    const bytes = held.bytes + this.#removed();
    const now = performance.now();
    this.#countAt = now + Math.max(PAUSE, PAUSE_SHARE * (now - began));
    if (bytes > disk) return { type: 'disk', value: bytes, limit: disk };
    return held.files > files ? { type: 'files', value: held.files, limit: files } : undefined;
  }
}

function freeOn(folder: string): Held {
  const { bavail, bsize, ffree } = statfsSync(folder);
  return { bytes: bavail * bsize, files: ffree };
}

/** Stops counting at the limits: what is beyond them changes nothing. Links are not followed. */
export function heldBelow(
  folders: readonly string[],
  { disk, files: most }: Pick<ResourceLimits, 'disk' | 'files'>,
): Held {
  const waiting = [...folders];
  let bytes = 0;
  let files = 0;
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of entriesOf(folder)) {
      files += 1;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else bytes += (lstatSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * BLOCK;
      if (bytes > disk || files > most) return { bytes, files };
    }
  }
  return { bytes, files };
}

/** Of `stat`, whatever the disk's own are. */
const BLOCK = 512;

/** None where a trial has locked or removed the folder meanwhile. */
function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
