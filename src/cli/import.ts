import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { studyFolder } from '../lab/folder.ts';
import type { EventOf } from '../model/event.ts';
import type { Objective } from '../model/objective.ts';
import { importTsv } from '../record/import.ts';
import { requireLab } from './find-lab.ts';
import { printJson, printLines } from './output.ts';
import { Problem } from './problem.ts';
import { chooseStudy, type StudyChoice, withStudyOptions } from './read-study.ts';
import { withStudyForWriting } from './write-study.ts';

export function registerImport(program: Command): void {
  withStudyOptions(program.command('import'))
    .description(
      "somebody's results.tsv as history for researchers: reported, never counted as measured here",
    )
    .argument('<file>', 'as karpathy/autoresearch writes it')
    .option('--json', 'one JSON object')
    .action(async (file: string, options: StudyChoice & { json?: true }) => {
      const { metric, event } = readHistory(file);
      const lab = await requireLab(process.cwd(), options.lab);
      const folder = studyFolder(lab.folder, await chooseStudy(lab, options.study));
      const study = await withStudyForWriting(folder, async (ledger) => {
        requireSameMetric(file, metric, ledger.state.study.objective);
        await ledger.append([event]);
        return ledger.state.study.study;
      });
      const rows = event.rows.length;
      if (options.json) printJson({ study, file: event.file, rows });
      else printLines([`${rows} reported experiments from ${file} are now part of study ${study}`]);
    });
}

function readHistory(file: string): { metric: string; event: EventOf<'history-import'> } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new Problem(`cannot read ${file}: ${(cause as Error).message}`, undefined, { cause });
  }
  const read = importTsv(basename(file), bytes);
  if (read.kind === 'history') return read;
  const problems = read.problems.map(({ line, problem }) => `\n  ${file}:${line}: ${problem}`);
  throw new Problem(`nothing was imported:${problems.join('')}`);
}

/** Numbers of another metric would mislead every researcher who reads them. */
function requireSameMetric(file: string, metric: string, { name }: Objective): void {
  if (metric === name) return;
  throw new Problem(
    `${file} has ${metric}, and this study measures ${name}: rename its second column if they are the same`,
  );
}
