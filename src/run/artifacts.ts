import { constants } from 'node:fs';
import { copyFile, lstat, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** All artifacts of a trial together may be this large. Bytes. */
const LARGEST = 1024 ** 3;

export type Crossing = { readonly kind: 'crossed' } | { readonly kind: 'refused'; readonly reason: string };

/**
 * Copies what a trial declared from its folder to the evaluation's: plain files only, never through a link, so that a
 * candidate can neither hand over a folder nor point at a file that it may not read.
 */
export async function crossArtifacts(names: readonly string[], from: string, to: string): Promise<Crossing> {
  let bytes = 0;
  for (const name of names) {
    const found = await plainFile(from, name);
    if (found.kind === 'refused') return found;
    bytes += found.bytes;
    if (bytes > LARGEST) return refused(`the artifacts are larger than ${LARGEST} bytes together`);
    const target = join(to, name);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(join(from, name), target, constants.COPYFILE_FICLONE);
  }
  return { kind: 'crossed' };
}

async function plainFile(
  folder: string,
  name: string,
): Promise<{ kind: 'file'; bytes: number } | { kind: 'refused'; reason: string }> {
  const parts = name.split('/');
  for (let depth = 1; depth <= parts.length; depth++) {
    const part = parts.slice(0, depth).join('/');
    const found = await lstat(join(folder, part)).catch(() => undefined);
    if (!found) return refused(`the run left no ${name}`);
    if (depth < parts.length && !found.isDirectory()) return refused(`${part} is not a folder`);
    if (depth === parts.length) {
      return found.isFile() ? { kind: 'file', bytes: found.size } : refused(`${name} is not a plain file`);
    }
  }
  return refused('an artifact has no name');
}

function refused(reason: string): { kind: 'refused'; reason: string } {
  return { kind: 'refused', reason };
}
