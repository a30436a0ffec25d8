import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { StudyFolder } from '../lab/folder.ts';
import type { StudyLimit } from '../model/limit.ts';
import type { StudyState } from '../model/study.ts';
import { reportOf } from './report.ts';

export type LeftReport =
  | { readonly kind: 'left'; readonly file: string }
  | { readonly kind: 'failed'; readonly problem: string };

/** Writes both forms of a study's report into its folder, each at once in the place of the one before. Never throws. */
export function leaveReport(
  { report }: StudyFolder,
  state: StudyState,
  limits: readonly StudyLimit[],
  about: { readonly lab: string; readonly now: number },
): LeftReport {
  try {
    const { html, markdown } = reportOf(state, limits, about);
    replaceFile(report.html, html());
    replaceFile(report.markdown, markdown());
    return { kind: 'left', file: report.html };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return {
      kind: 'failed',
      problem: `the report could not be written: ${why}; "ratchet report" prints it`,
    };
  }
}

/** A reader has the old one or the new one, never half of one; where it cannot be written nothing is left of the try. */
function replaceFile(file: string, text: string): void {
  const draft = `${file}.part`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw cause;
  }
}
