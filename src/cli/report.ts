import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { StudyLimit } from '../model/limit.ts';
import type { StudyState } from '../model/study.ts';
import { composeReport, type LabNames } from '../record/report/compose.ts';
import { renderHtml } from '../record/report/html.ts';
import { renderMarkdown } from '../record/report/markdown.ts';
import { unwritable } from './file-problem.ts';
import { findingsNow } from './findings.ts';
import { limitsOfLab } from './limits-of-lab.ts';
import { printJson, printLines } from './output.ts';
import { choiceOf, openStudyToRead, type StudyChoice, stateNow, withLabAndStudy } from './read-study.ts';

interface ReportOptions extends StudyChoice {
  readonly html?: string;
  readonly md?: string;
  readonly json?: true;
}

export function registerReport(program: Command): void {
  withLabAndStudy(program.command('report'))
    .description('what a study found: how much better, how sure, what it learned, and what to try next')
    .option('--html <file>', 'write it as one HTML file with the chart, fit to be mailed')
    .option('--md <file>', 'write it as markdown')
    .option('--json', 'one JSON object, with every point of the chart')
    .addHelpText('after', HELP)
    .action(async (lab: string | undefined, given: ReportOptions) => {
      const options = choiceOf(lab, given);
      using study = await openStudyToRead(options);
      const state = stateNow(study);
      const limits = await limitsOfLab(study.lab.folder);
      const now = state.activity === 'stopped' ? state.lastEventAt : Date.now();
      if (options.json) printJson(findingsNow(state, limits, now));
      const { html, markdown } = reportOf(state, limits, { lab: study.lab.folder, now });
      if (options.html !== undefined) write(options.html, html());
      if (options.md !== undefined) write(options.md, markdown());
      if (options.html === undefined && options.md === undefined && !options.json)
        process.stdout.write(markdown());
    });
}

const HELP = `
Without an option it is printed as markdown. Each run leaves it in .ratchet/STUDY/report.html and report.md as it ends.`;

/** Both forms of a report, each made when it is asked for. */
export interface BothForms {
  readonly html: () => string;
  readonly markdown: () => string;
}

/** @param lab absolute folder of the lab; `now` in milliseconds since 1970 */
export function reportOf(
  state: StudyState,
  limits: readonly StudyLimit[],
  { lab, now }: { readonly lab: string; readonly now: number },
): BothForms {
  const findings = findingsNow(state, limits, now);
  const report = composeReport(findings, namesOf(state, lab));
  return {
    html: () => renderHtml(report, findings),
    markdown: () => renderMarkdown(report),
  };
}

function namesOf(state: StudyState, lab: string): LabNames {
  return { title: basename(lab), path: state.study.lab === '' ? '.' : state.study.lab.replace(/\/$/, '') };
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw unwritable(file, cause);
  }
  printLines([`wrote ${file}`]);
}
