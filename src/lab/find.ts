import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { PROGRAM_FILE } from './program.ts';
import { shellWord } from './shell-word.ts';

/** Where a lab is, or what a person can do about there being none. */
export type FoundLab =
  | {
      readonly kind: 'lab';
      /** Absolute path of the folder that holds `program.md`. */
      readonly folder: string;
    }
  | { readonly kind: 'none'; readonly problem: string };

/**
 * The lab that a command is about: the folder that the command line names (or the folder of the `program.md` that it
 * names), else the nearest one upwards from `start`.
 */
export async function findLab(start: string, named?: string): Promise<FoundLab> {
  return named === undefined ? nearestUpwards(resolve(start)) : namedLab(resolve(start, named), named);
}

async function nearestUpwards(start: string): Promise<FoundLab> {
  for (let folder = start; ; folder = dirname(folder)) {
    if ((await kindOf(join(folder, PROGRAM_FILE))) === 'file') return { kind: 'lab', folder };
    if (folder === dirname(folder)) break;
  }
  const problem = `no ${PROGRAM_FILE} in ${start} or above it: \`ratchet init\` makes one`;
  return { kind: 'none', problem };
}

async function namedLab(path: string, named: string): Promise<FoundLab> {
  const kind = await kindOf(path);
  if (kind === 'file' && path.endsWith(`/${PROGRAM_FILE}`)) return { kind: 'lab', folder: dirname(path) };
  if (kind === 'file')
    return { kind: 'none', problem: `${named} is a file: name the folder of a ${PROGRAM_FILE}` };
  if (kind === 'nothing') {
    return {
      kind: 'none',
      problem: `${named} does not exist: \`ratchet init ${shellWord(named)}\` makes a lab there`,
    };
  }
  if ((await kindOf(join(path, PROGRAM_FILE))) === 'file') return { kind: 'lab', folder: path };
  return {
    kind: 'none',
    problem: `no ${PROGRAM_FILE} in ${named}: \`ratchet init ${shellWord(named)}\` makes one`,
  };
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'nothing'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'nothing';
    throw new Error(`cannot look at ${path}; check its permissions`, { cause });
  }
}
