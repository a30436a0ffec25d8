import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../file-problem.ts';

/**
 * Why nothing can be written in `folder`, which is made with those above it where it does not exist yet: a sentence for
 * whoever named it; undefined where all is well. Level by level, since Node's own `recursive` never returns where the system
 * says of a folder that is there that it is not, as /proc does.
 */
export async function makeFolder(folder: string): Promise<string | undefined> {
  const missing: string[] = [];
  let existing = folder;
  while (existing !== dirname(existing) && !(await exists(existing))) {
    missing.unshift(existing);
    existing = dirname(existing);
  }
  try {
    await access(existing, constants.W_OK | constants.X_OK);
    for (const level of missing) await mkdir(level);
    return undefined;
  } catch (cause) {
    if (!EXPECTED.has(codeOf(cause) ?? '')) throw new Error(`cannot make ${folder}`, { cause });
    const what = missing.length === 0 ? 'nothing can be written in it' : `nothing can be made in ${existing}`;
    return `${folder} cannot become a lab, since ${what}: name a folder of your own`;
  }
}

const EXPECTED: ReadonlySet<string> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOENT',
  'ENOTDIR',
  'ENOTSUP',
  'EINVAL',
]);

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return false;
    throw new Error(`cannot look at ${path}`, { cause });
  }
}
