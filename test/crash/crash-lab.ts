import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { studiesOnDisk } from '../../src/engine/studies.ts';
import { type StudyFolder, studyFolder } from '../../src/lab/folder.ts';
import type { StudyId } from '../../src/model/identity.ts';
import { createTemporaryLab, type LabFiles, type TemporaryLab } from '../temporary-lab.ts';
import { type UserState, userStateOf } from './user-state.ts';

/** A lab that scores in milliseconds: the distance of four numbers from where the score is best. */
const FILES = {
  'value.mjs': [
    'export const width = 4.0;',
    'export const depth = 3.0;',
    'export const rate = 0.5;',
    'export const steps = 40;',
    '',
  ].join('\n'),
  'run.sh':
    'awk \'/=/ { sub(";", "", $5); sum += ($5 - 1) ^ 2 } END { printf "score: %.9f\\n", sum }\' value.mjs\n',
  'notes.txt': 'the first line\n',
};

/** A lab in the middle of its user's work, with a temporary folder of its own for all that runs there. */
export interface CrashLab extends TemporaryLab {
  /** Nothing of ours is in it: engines are started here. */
  readonly outside: string;
  readonly temporary: string;
  /** The text of program.md. */
  readonly program: string;
  /** What no study may change. */
  readonly before: UserState;
}

export function createCrashLab(files: Pick<LabFiles, 'program' | 'files'> = {}): CrashLab {
  const lab = createTemporaryLab({
    program: ['run: sh run.sh', 'deterministic: true', ...(files.program ?? [])],
    files: { ...FILES, ...files.files },
  });
  lab.write('notes.txt', 'stashed\n');
  lab.git('stash', '--quiet');
  lab.write('staged.txt', 'staged, not committed\n');
  lab.git('add', 'staged.txt');
  lab.write('notes.txt', 'the first line\nand one that is not committed\n');
  lab.write('untracked.txt', 'nobody added this\n');
  const outside = join(lab.root, '..');
  const temporary = join(outside, 'temporary');
  mkdirSync(temporary);
  return {
    ...lab,
    outside,
    temporary,
    program: readFileSync(join(lab.folder, 'program.md'), 'utf8'),
    before: userStateOf(lab),
    [Symbol.dispose]: () => lab[Symbol.dispose](),
  };
}

/** The lab's studies that have a ledger, oldest first. */
export function studiesOf(lab: Pick<CrashLab, 'folder'>): { study: StudyId; folder: StudyFolder }[] {
  return studiesOnDisk(lab.folder).map((study) => ({ study, folder: studyFolder(lab.folder, study) }));
}

/** All files below a folder, relative to it, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}
