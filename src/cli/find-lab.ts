import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { studiesOnDisk } from '../engine/studies.ts';
import { findLab } from '../lab/find.ts';
import { startsWithFrontMatter } from '../lab/front-matter.ts';
import { PROGRAM_FILE } from '../lab/program.ts';
import { Problem } from './problem.ts';

/** A lab as a command works with it. */
export interface Lab {
  /** Absolute. */
  readonly folder: string;
  /** As a person in this folder names it: `labs/gpt`, `.` for the folder itself. */
  readonly name: string;
}

/** Folders that are looked into below the current one. */
const MOST_FOLDERS = 500;

/** Labs in it are there to be copied. */
const COPIED_FROM = 'templates';

/** So much of a program tells whether it begins with front matter, in bytes. */
const BEGINNING = 256;

/** Labs that a message lists. */
const MOST_NAMES = 10;

/**
 * The lab that `named` names, else the nearest one upwards from `start`, else the only one at most two folders below it;
 * of several there, the only one with studies. @throws Problem where there is none, or more than one.
 */
export async function requireLab(start: string, named: string | undefined): Promise<Lab> {
  const found = await findLab(start, named);
  if (found.kind === 'lab') return nameLab(start, found.folder);
  if (named !== undefined) throw new Problem(found.problem);
  const below = await labsBelow(resolve(start));
  if (below.length === 0) throw new Problem(found.problem);
  const withStudies = below.filter((folder) => studiesOnDisk(folder).length > 0);
  const [only, ...others] = withStudies.length > 0 ? withStudies : below;
  if (only !== undefined && others.length === 0) return nameLab(start, only);
  const names = below.slice(0, MOST_NAMES).map((folder) => nameLab(start, folder).name);
  throw new Problem(`there are ${below.length} labs below this folder: name one of ${names.join(', ')}`);
}

function nameLab(start: string, folder: string): Lab {
  const path = relative(resolve(start), folder);
  return { folder, name: path === '' ? '.' : path.startsWith('../..') ? folder : path };
}

async function labsBelow(start: string): Promise<string[]> {
  const first = (await foldersIn(start)).filter((folder) => basename(folder) !== COPIED_FROM);
  const second = await Promise.all(first.slice(0, MOST_FOLDERS).map(foldersIn));
  const folders = [...first, ...second.flat()].slice(0, MOST_FOLDERS);
  const found = await Promise.all(
    folders.map(async (folder) => ((await holdsProgram(folder)) ? folder : [])),
  );
  return found.flat();
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map((entry) => join(folder, entry.name))
    .toSorted();
}

/** A file of that name without front matter documents programs, or is prose of a repository that is no lab yet. */
async function holdsProgram(folder: string): Promise<boolean> {
  try {
    await using file = await open(join(folder, PROGRAM_FILE), constants.O_RDONLY | constants.O_NONBLOCK);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0);
    return startsWithFrontMatter(buffer.toString('utf8', 0, bytesRead));
  } catch {
    // Not there, or not to be read: whoever means it names it, and is told why.
    return false;
  }
}
