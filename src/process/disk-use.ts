import { lstatSync, readdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { ExceededLimit, ResourceLimits } from '../model/limit.ts';

/** What a trial's folders hold on the disk. */
interface Held {
  readonly bytes: number;
  readonly files: number;
}

/**
 * Watches what a trial writes. Counting files takes time, so they are counted only while the disk as a whole has lost as much as the
 * trial may take: then it says whether it was this one.
 */
export class DiskUse {
  readonly #folders: readonly string[];
  readonly #limits: Pick<ResourceLimits, 'disk' | 'files'>;
  readonly #before: Held;

  /** @param folders all that the trial may write to; absolute, on one disk */
  constructor(folders: readonly string[], limits: Pick<ResourceLimits, 'disk' | 'files'>) {
    this.#folders = folders;
    this.#limits = limits;
    this.#before = freeOn(folders[0]!);
  }

  exceeded(): ExceededLimit | undefined {
    const free = freeOn(this.#folders[0]!);
    const { disk, files } = this.#limits;
    const lostBytes = this.#before.bytes - free.bytes;
    const lostFiles = this.#before.files - free.files;
    if (lostBytes <= disk && lostFiles <= files) return undefined;
    const held = heldBelow(this.#folders, this.#limits);
    if (held.bytes > disk) return { type: 'disk', value: held.bytes, limit: disk };
    return held.files > files ? { type: 'files', value: held.files, limit: files } : undefined;
  }
}

function freeOn(folder: string): Held {
  const { bavail, bsize, ffree } = statfsSync(folder);
  return { bytes: bavail * bsize, files: ffree };
}

/** Stops counting at the limits: what is beyond them changes nothing. Links are not followed. */
function heldBelow(
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
