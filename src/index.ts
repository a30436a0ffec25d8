/**
 * What other programs may import. A study from a program of one's own, with any researcher and judge:
 *
 *     const reading = await readProgramFile(lab);                  // mistakes are values, with lines and mends
 *     const opened = await openRepository(lab);
 *     const study = await openStudy({ lab, repository, program, fresh: false, now: Date.now });
 *     const judge = JUDGES.posterior;
 *     const session = createSession({ study, repository, lab, program, researcher, judge, limits, version, now: Date.now });
 *     const ending = await session.run(research);
 *
 * A look at one, at work or not: `readLedger(file)`, whose `reader.state` is the fold over all that happened. Nothing
 * besides these names is promised from one version to the next.
 */

export type { Ending } from './engine/ending.ts';
export { JUDGES, type JudgeName } from './engine/judges.ts';
export { openStudy, type StudyOpening, type StudyWish } from './engine/open.ts';
export { studiesOnDisk } from './engine/studies.ts';
export { type OpenOutcome, openRepository } from './git/open-repository.ts';
export { studyFolder } from './lab/folder.ts';
export { type ProgramReading, readProgramFile } from './lab/program.ts';
export { research } from './loop.ts';
export type * from './model/category.ts';
export type * from './model/certificate.ts';
export type * from './model/champion.ts';
export type * from './model/event.ts';
export type * from './model/holdout.ts';
export type * from './model/identity.ts';
export type * from './model/judge.ts';
export type * from './model/limit.ts';
export type * from './model/objective.ts';
export type * from './model/program.ts';
export type * from './model/proposal.ts';
export type * from './model/researcher.ts';
export type * from './model/study.ts';
export type * from './model/trial.ts';
export type * from './model/verdict.ts';
export { createSearch } from './propose/search.ts';
export { readLedger } from './record/reader.ts';
export { replay } from './record/replay.ts';
export { createSession, type Session, type SessionOptions } from './session.ts';
