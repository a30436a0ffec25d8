import type { Commit } from '../../model/identity.ts';
import type { Program } from '../../model/program.ts';
import type { StudyState } from '../../model/study.ts';
import type { LastFailure } from './last-failure.ts';

/** What a brief is made of. */
export interface BriefMaterial {
  readonly program: Program;
  readonly champion: Commit;
  /** The champion's editable files: path relative to the lab, and text. */
  readonly sources: ReadonlyMap<string, string>;
  readonly state: StudyState;
  /** Ideas of people that nobody has tried yet, oldest first. */
  readonly suggestions: readonly string[];
  readonly lastFailure: LastFailure | undefined;
}
