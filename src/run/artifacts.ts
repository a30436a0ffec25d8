import { constants, type Stats } from 'node:fs';
import { copyFile, lstat, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** All artifacts of a trial together may be this large. Bytes. */
const LARGEST = 1024 ** 3;

interface Refused {
  readonly kind: 'refused';
  readonly reason: string;
}

export type Crossing = { readonly kind: 'crossed' } | Refused;

/**
 * Copies what a trial declared from its folder to the evaluation's: plain files only, never from or through a link, so
 * that a candidate can neither hand over a folder, nor point at a file that it may not read, nor write anywhere else.
 *
 * @param disk bytes that a trial may hold: a file with holes says that it is larger, and a copy of it would be
 */
export async function crossArtifacts(
  names: readonly string[],
  from: string,
  to: string,
  disk: number,
): Promise<Crossing> {
  const largest = Math.min(LARGEST, disk);
  let bytes = 0;
  for (const name of names) {
    try {
      const found = await plainFile(from, name);
      if (found.kind === 'refused') return found;
      bytes += found.bytes;
      if (bytes > largest) return refused(`the artifacts are larger than ${largest} bytes together`);
      const link = await noFolderOnTheWay(to, name);
      if (link !== undefined) return refused(`${link} is not a folder where ${name} is evaluated`);
      await replace(join(from, name), join(to, name));
    } catch (cause) {
      if (!MADE_BY_THE_RUN.has(codeOf(cause))) throw cause;
      return refused(`${name} cannot be read: ${codeOf(cause)}`);
    }
  }
  return { kind: 'crossed' };
}

/** What a run can bring about with permissions and links alone. */
const MADE_BY_THE_RUN = new Set(['EACCES', 'EPERM', 'ENOTDIR', 'ELOOP', 'ENOENT']);

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

async function plainFile(
  folder: string,
  name: string,
): Promise<{ readonly kind: 'file'; readonly bytes: number } | Refused> {
  const part = await noFolderOnTheWay(folder, name);
  if (part !== undefined) return refused(`${part} is not a folder`);
  const found = await statsOf(join(folder, name));
  if (!found) return refused(`the run left no ${name}`);
  return found.isFile() ? { kind: 'file', bytes: found.size } : refused(`${name} is not a plain file`);
}

/** The first part of the way to a file below `folder` that is there and is not a folder: a link, most likely. */
async function noFolderOnTheWay(folder: string, name: string): Promise<string | undefined> {
  const parts = name.split('/');
  for (let depth = 1; depth < parts.length; depth++) {
    const part = parts.slice(0, depth).join('/');
    const found = await statsOf(join(folder, part));
    if (found && !found.isDirectory()) return part;
  }
  return undefined;
}

async function statsOf(path: string): Promise<Stats | undefined> {
  return lstat(path).catch((cause: unknown) => {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw cause;
  });
}

/** What stands at the target, such as a link among the baseline's files, is never written through. */
async function replace(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await rm(target, { recursive: true, force: true });
  await copyFile(source, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
}

function refused(reason: string): Refused {
  return { kind: 'refused', reason };
}
