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
  /** Undefined where the first folder was gone at once. */
  readonly #before: Held | undefined;

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

  /** A folder that is gone holds nothing. */
  exceeded(): ExceededLimit | undefined {
    const { disk, files } = this.#limits;
    const lost = this.#lost();
    const isCalm = lost !== undefined && lost.bytes <= disk && lost.files <= files;
    const began = performance.now();
    if (isCalm && began < this.#countAt) return undefined;
    const held = heldBelow(this.#folders, this.#limits);
    const bytes = held.bytes + this.#removed();
    const now = performance.now();
    this.#countAt = now + Math.max(PAUSE, PAUSE_SHARE * (now - began));
    if (bytes > disk) return { type: 'disk', value: bytes, limit: disk };
    return held.files > files ? { type: 'files', value: held.files, limit: files } : undefined;
  }

  /** What the disk has less than before; undefined where that cannot be told. */
  #lost(): Held | undefined {
    const free = freeOn(this.#folders[0]!);
    if (free === undefined || this.#before === undefined) return undefined;
    return { bytes: this.#before.bytes - free.bytes, files: this.#before.files - free.files };
  }
}

function freeOn(folder: string): Held | undefined {
  const found = unlessGone(() => statfsSync(folder));
  return found && { bytes: found.bavail * found.bsize, files: found.ffree };
}

/** Stops counting at the limits: what is beyond them changes nothing. Links are not followed. */
export function heldBelow(
  folders: readonly string[],
  { disk, files: most }: Pick<ResourceLimits, 'disk' | 'files'>,
): Held {
  const waiting = [...folders];
  let bytes = 0;
  let files = 0;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const folder = at;
    for (const entry of unlessGone(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
      files += 1;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else bytes += (unlessGone(() => lstatSync(path))?.blocks ?? 0) * BLOCK;
      if (bytes > disk || files > most) return { bytes, files };
    }
  }
  return { bytes, files };
}

/** Of `stat`, whatever the disk's own are. */
const BLOCK = 512;

/** Undefined where a trial has locked or removed meanwhile what is looked at. */
function unlessGone<Seen>(look: () => Seen): Seen | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
