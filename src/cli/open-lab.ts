import { isAbsolute, join } from 'node:path';
import { openRepository } from '../git/open-repository.ts';
import type { Repository } from '../git/repository.ts';
import { inspectLab } from '../lab/inspect.ts';
import { formatMistake, formatWarning, type Mistake } from '../lab/mistake.ts';
import { PROGRAM_FILE, type ProgramReading, readProgramFile } from '../lab/program.ts';
import type { TrialBudget } from '../model/limit.ts';
import type { Program } from '../model/program.ts';
import { type Lab, requireLab } from './find-lab.ts';
import { Problem } from './problem.ts';

/** A lab that is fit to run: its program is valid, its paths exist, its repository is open. */
export interface OpenLab {
  readonly lab: Lab;
  readonly program: Program;
  readonly repository: Repository;
  /** For people: what the program says that has no effect in this version. */
  readonly warnings: readonly string[];
}

export interface LabWish {
  /** As the command line names it. */
  readonly named: string | undefined;
  /** Replaces the program's own. */
  readonly trial?: TrialBudget;
}

/** @throws Problem with each mistake, its line and its mend. */
export async function openLab({ named, trial }: LabWish): Promise<OpenLab> {
  const lab = await requireLab(process.cwd(), named);
  const file = lab.name === '.' ? PROGRAM_FILE : `${lab.name}/${PROGRAM_FILE}`;
  const reading = await readProgramFile(lab.folder);
  if (reading.kind === 'mistakes') throw mistakesIn(file, reading.mistakes);
  const mistakes = await inspectLab(lab.folder, reading);
  if (mistakes.length > 0) throw mistakesIn(file, mistakes);
  const opened = await openRepository(lab.folder);
  if (opened.kind !== 'open') throw new Problem(opened.message);
  requireInside(file, reading, opened.repository.prefix);
  return {
    lab,
    program: { ...reading.program, ...(trial && { trial }) },
    repository: opened.repository,
    warnings: reading.warnings.map((warning) => formatWarning(file, warning)),
  };
}

/** A relative path is linked at the same place in a slot, which is a copy of the repository and of nothing around it. */
function requireInside(
  file: string,
  { program, locate }: ProgramReading & { kind: 'program' },
  prefix: string,
): void {
  const outside = (key: 'provide' | 'validation' | 'sealed', entries: readonly string[]) =>
    entries.flatMap((entry, index): Mistake[] => {
      const isRelative = !isAbsolute(entry) && !entry.startsWith('~/');
      if (!isRelative || !join(prefix, entry).startsWith('..')) return [];
      const problem = `\`${key}\` entry \`${entry}\` lies outside the repository`;
      const mend = 'write its absolute path, or one that starts with `~/`';
      return [{ ...locate([key, index]), problem, mend }];
    });
  const mistakes = [
    ...outside('provide', program.provide),
    ...outside('validation', program.validation),
    ...outside('sealed', program.holdout?.sealed ?? []),
  ];
  if (mistakes.length > 0) throw mistakesIn(file, mistakes);
}

function mistakesIn(file: string, mistakes: readonly Mistake[]): Problem {
  const count = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`;
  const lines = mistakes.map((mistake) => `  ${formatMistake(file, mistake)}`);
  return new Problem([`${count} in ${file}:`, ...lines].join('\n'));
}
