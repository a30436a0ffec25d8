import { oneLine } from '../../process/one-line.ts';
import type { Findings } from '../findings/findings.ts';
import { moment } from './amounts.ts';
import { costSection, repeatSection } from './closing.ts';
import type { Report } from './document.ts';
import { evidenceSections } from './evidence.ts';
import { figuresOf, toneOfHeadline } from './figures.ts';
import { lessonSections } from './lessons.ts';

/** How people name the lab that a report is of. */
export interface LabNames {
  /** What it is called: the name of its folder. */
  readonly title: string;
  /** Its folder in the repository, `.` for the root. */
  readonly path: string;
}

/** What a report says, from the first sentence to the last. */
export function composeReport(findings: Findings, lab: LabNames): Report {
  const { study, headline } = findings;
  const title = oneLine(lab.title);
  return {
    title,
    about: `Study ${study.id}, ${moment(study.startedAt)} to ${moment(study.at)}`,
    headline: { sentence: headline.sentence, more: headline.more, tone: toneOfHeadline(headline) },
    figures: figuresOf(findings),
    sections: [
      ...evidenceSections(findings),
      ...lessonSections(findings),
      repeatSection(findings, lab.path),
      costSection(findings),
    ],
  };
}
