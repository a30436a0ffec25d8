import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** What an engine that died left under this name counted for another run. */
export function makeGroup(folder: string, name: string): string {
  const own = join(folder, name);
  if (existsSync(own)) removeGroup(own);
  mkdirSync(own);
  return own;
}

/** A group with processes in it stays; whoever makes one of that name next says so. */
export function removeGroup(folder: string): void {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      rmdirSync(folder);
      return;
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return;
      Atomics.wait(PAUSE, 0, 0, attempt);
    }
  }
}

/** A process that was waited for leaves its group a moment later. */
const ATTEMPTS = 10;
const PAUSE = new Int32Array(new SharedArrayBuffer(4));
