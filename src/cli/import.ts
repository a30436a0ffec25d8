import type { Command } from 'commander';
import { studyFolder } from '../lab/folder.ts';
import { counted } from '../lab/numbers.ts';
import type { ReportedExperiment } from '../model/event.ts';
import type { StudyId } from '../model/identity.ts';
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
      const { study, rows } = await withStudyForWriting(folder, async (ledger) => {
        const { study: start, imported } = ledger.state;
        requireSameMetric(file, metric, start.objective);
        if (areKnown(event.rows, imported)) return { study: start.study, rows: 0 };
        await ledger.append([event]);
        return { study: start.study, rows: event.rows.length };
      });
      if (options.json) printJson({ study, file: event.file, rows });
      else printLines([importedText(file, study, rows)]);
    });
}

/** Twice the same rows would count twice with every researcher who reads them. */
function areKnown(rows: readonly ReportedExperiment[], known: readonly ReportedExperiment[]): boolean {
  const keyOf = ({ commit, verdict, value, description }: ReportedExperiment) =>
    JSON.stringify([commit, verdict, value, description]);
  const keys = new Set(known.map(keyOf));
  return rows.every((row) => keys.has(keyOf(row)));
}

function importedText(file: string, study: StudyId, rows: number): string {
  if (rows === 0) return `nothing to add: study ${study} has every row of ${file} already`;
  return `${counted(rows, 'reported experiment')} from ${file} ${rows === 1 ? 'is' : 'are'} now part of study ${study}`;
}

/** Numbers of another metric would mislead every researcher who reads them. */
function requireSameMetric(file: string, metric: string, { name }: Objective): void {
  if (metric === name) return;
  throw new Problem(
    `${file} has ${metric}, and this study measures ${name}: rename its second column if they are the same`,
  );
}
