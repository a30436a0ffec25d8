import type { Command } from 'commander';
import { studyFolder } from '../lab/folder.ts';
import type { Objective } from '../model/objective.ts';
import { requireLab } from './find-lab.ts';
import { readHistory } from './history-file.ts';
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

/** Numbers of another metric would mislead every researcher who reads them. */
function requireSameMetric(file: string, metric: string, { name }: Objective): void {
  if (metric === name) return;
  throw new Problem(
    `${file} has ${metric}, and this study measures ${name}: rename its second column if they are the same`,
  );
}
