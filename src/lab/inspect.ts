import { glob, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { inOrder, type Mistake } from './mistake.ts';
import type { ProgramReading } from './program.ts';
import { fixedPart, normaliseEntry } from './scope.ts';
import { closest } from './spelling.ts';
import type { Path } from './yaml.ts';

type ReadProgram = Extract<ProgramReading, { kind: 'program' }>;

/** Holds the paths of a program against the disk: each `edit` entry finds a file, and every other path exists. */
export async function inspectLab(lab: string, reading: ReadProgram): Promise<Mistake[]> {
  const { program, locate } = reading;
  const edits = program.edit.map(async (entry, index): Promise<Mistake[]> => {
    if (await findsAFile(lab, normaliseEntry(entry))) return [];
    const position = locate(['edit', index]);
    return [
      { ...position, problem: `\`edit\` entry \`${entry}\` finds no file`, mend: await mendFor(lab, entry) },
    ];
  });
  const missing = (entries: readonly string[], path: Path, seenBy: string) =>
    entries.map(async (entry, index): Promise<Mistake[]> => {
      if (await exists(providedPath(lab, entry))) return [];
      const problem = `\`${path.join('.')}\` path \`${entry}\` does not exist`;
      const mend = `create \`${entry}\` (${seenBy}), or delete this entry`;
      return [{ ...locate([...path, index]), problem, mend }];
    });
  const found = await Promise.all([
    ...edits,
    ...missing(program.provide, ['provide'], 'trials see it read-only'),
    ...missing(program.validation, ['validation'], '`evaluate` and `holdout` see it, and no run'),
    ...missing(program.holdout?.sealed ?? [], ['sealed'], '`holdout` alone sees it'),
    ...missing(program.sandbox.read, ['sandbox', 'read'], 'trials see it read-only'),
    ...missing(program.sandbox.write, ['sandbox', 'write'], 'trials write to it'),
  ]);
  return inOrder(found.flat());
}

/** The absolute path of a `provide` or `sealed` entry: below the lab, below the home folder for `~/`, or as it stands. */
function providedPath(lab: string, entry: string): string {
  if (entry.startsWith('~/')) return join(homedir(), entry.slice(2));
  return entry.startsWith('/') ? entry : join(lab, entry);
}

async function findsAFile(lab: string, entry: string): Promise<boolean> {
  if (await exists(join(lab, entry))) return true;
  if (fixedPart(entry) === entry) return false;
  for await (const _ of glob(entry, { cwd: lab })) return true;
  return false;
}

async function mendFor(lab: string, entry: string): Promise<string> {
  const meant = closest(entry, await readdir(lab));
  return meant === undefined ? 'create it, or name files that exist' : `did you mean \`${meant}\`?`;
}

async function exists(path: string): Promise<boolean> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
    throw new Error(`cannot look at ${path}: ${cause.message}; check its permissions`, { cause });
  });
  return found !== undefined;
}
