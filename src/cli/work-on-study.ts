import { openStudy } from '../engine/open.ts';
import type { StudyId } from '../model/identity.ts';
import type { Judge } from '../model/judge.ts';
import { createSearch } from '../propose/search.ts';
import { createSession, type Session } from '../session.ts';
import { EXIT } from './exit.ts';
import type { OpenLab } from './open-lab.ts';
import { Problem } from './problem.ts';

/**
 * An engine for one piece of work on a study that exists, other than the loop's own. Nobody proposes to it.
 * @throws Problem where the study cannot be continued, or an engine is at work on it
 */
export async function sessionFor(
  { lab, program, repository }: OpenLab,
  options: {
    readonly study: StudyId;
    readonly judge: Judge;
    readonly slots?: number;
    readonly version: string;
  },
): Promise<Session> {
  const { study: wanted, judge, slots, version } = options;
  const wish = { lab: lab.folder, repository, program, fresh: false, study: wanted, now: Date.now };
  const study = await openStudy(wish);
  if (study.kind === 'refused') throw new Problem(study.message);
  if (study.kind === 'busy') {
    throw new Problem(
      'an engine is at work on the study: "ratchet stop" ends it, then try again',
      EXIT.nothing,
    );
  }
  return createSession({
    study,
    repository,
    lab: lab.folder,
    program,
    researcher: createSearch(),
    judge,
    limits: [],
    version,
    now: Date.now,
    ...(slots === undefined ? {} : { slots }),
  });
}
