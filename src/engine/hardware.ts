import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { arch, availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import type { Digest, HardwareClass } from '../model/identity.ts';
import type { Resources } from '../model/program.ts';

/** The class of this machine, for trials that use `resources`. */
export function hardwareClass(resources: Resources): HardwareClass {
  const model = cpus()[0]?.model.trim().replaceAll(/\s+/g, ' ') || 'unknown processor';
  const cores = `${resources.cpus} ${resources.cpus === 1 ? 'core' : 'cores'}`;
  return `${arch()}/${model}/${cores}` as HardwareClass;
}

/** How many trials fit this machine side by side: one a core, or one every so many cores. At least 1. */
export function slotsFor(resources: Resources): number {
  return Math.max(1, Math.floor(availableParallelism() / resources.cpus));
}

/** At most this many entries of a provided folder are looked at: it tells an update from none, it is no checksum. */
const MOST_ENTRIES = 1_000;

/** Changes when what `provide` names is updated: over names, sizes and times of the paths and of the entries below. */
export function digestOfProvided(paths: readonly string[]): Digest {
  const hash = createHash('sha256');
  for (const path of paths) {
    hash.update(describe(path));
    for (const name of entriesOf(path)) hash.update(describe(join(path, name)));
  }
  return hash.digest('hex') as Digest;
}

function describe(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return `${path}\0absent\n`;
  return found.isDirectory() ? `${path}\0folder\n` : `${path}\0${found.size}\0${found.mtimeMs}\n`;
}

function entriesOf(path: string): string[] {
  try {
    return readdirSync(path).toSorted().slice(0, MOST_ENTRIES);
  } catch {
    return [];
  }
}
