import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { StudyState } from '../model/study.ts';
import { experimentLines } from '../record/experiment-line.ts';
import { exportTsv } from '../record/export.ts';
import { unwritable } from './file-problem.ts';
import { choiceOf, openStudyToRead, type StudyChoice, stateNow, withLabAndStudy } from './read-study.ts';

const FORMATS = ['tsv', 'jsonl'] as const;
type Format = (typeof FORMATS)[number];

export function registerExport(program: Command): void {
  withLabAndStudy(program.command('export'))
    .description(
      'the experiments as a file: results.tsv of karpathy/autoresearch, or JSON lines as "log --json" prints them',
    )
    .addOption(new Option('--format <format>', 'of the file').choices(FORMATS).makeOptionMandatory())
    .option('--output <file>', 'where to write it (default: standard output)')
    .action(async (lab: string | undefined, options: StudyChoice & { format: Format; output?: string }) => {
      using study = await openStudyToRead(choiceOf(lab, options));
      const text = format(stateNow(study), options.format);
      if (options.output === undefined) process.stdout.write(text);
      else writeOutput(options.output, text);
    });
}

function format(state: StudyState, as: Format): string {
  switch (as) {
    case 'tsv':
      return exportTsv(state);
    case 'jsonl':
      return experimentLines(state)
        .map((line) => `${JSON.stringify(line)}\n`)
        .join('');
    default:
      return as satisfies never;
  }
}

function writeOutput(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw unwritable(file, cause);
  }
}
