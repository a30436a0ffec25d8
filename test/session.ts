import { greedy } from '../src/decide/greedy.ts';
import type { Ending } from '../src/engine/ending.ts';
import { openStudy, type StudyWish } from '../src/engine/open.ts';
import { openRepository } from '../src/git/open-repository.ts';
import { readProgramFile } from '../src/lab/program.ts';
import { research } from '../src/loop.ts';
import type { Judge } from '../src/model/judge.ts';
import type { StudyLimit } from '../src/model/limit.ts';
import type { Draft, FileChange } from '../src/model/proposal.ts';
import type { Researcher } from '../src/model/researcher.ts';
import type { StudyState } from '../src/model/study.ts';
import { createSession, type Session } from '../src/session.ts';
import type { TemporaryLab } from './temporary-lab.ts';

/** A researcher that proposes what it is given, in order: each text becomes the content of one file. */
export function scriptedResearcher(contents: readonly string[], path = 'value.mjs'): Researcher {
  return draftingResearcher(contents.map((content) => [{ kind: 'write', path, content }]));
}

/** A researcher that proposes these changes, in order. What was set aside because the champion moved is proposed again. */
export function draftingResearcher(changes: readonly (readonly FileChange[])[]): Researcher {
  const drafts = changes.map(
    (files, index): Draft => ({
      hypothesis: `write script ${index + 1}`,
      category: 'other',
      edit: `script=${index + 1}`,
      changes: files,
    }),
  );
  return {
    name: 'script',
    propose: async ({ state }, count) => {
      const settled = [...state.experiments.values()].filter(({ status }) => status !== 'set-aside');
      const proposed = new Set(settled.map(({ proposal }) => proposal.edit));
      return drafts.filter(({ edit }) => !proposed.has(edit)).slice(0, count);
    },
  };
}

/** What became of the scripts, in their order: the verdict's word and its reason. Those set aside were proposed again. */
export function verdictsOf(state: StudyState): { verdict: string; reason: string }[] {
  return [...state.experiments.values()].flatMap((experiment) =>
    experiment.status === 'judged'
      ? { verdict: experiment.verdict.kind, reason: experiment.verdict.reason }
      : [],
  );
}

export interface ResearchOptions {
  readonly researcher: Researcher;
  /** @default greedy */
  readonly judge?: Judge;
  readonly limits?: readonly StudyLimit[];
  readonly slots?: number;
  readonly fresh?: boolean;
  readonly during?: (session: Session) => void;
  readonly ended?: (session: Session) => void;
  /** @default the system's clock */
  readonly now?: () => number;
}

/** Opens or resumes the lab's study in this process and works on it to its end. */
export async function researchLab(
  lab: Pick<TemporaryLab, 'folder'>,
  options: ResearchOptions,
): Promise<{ ending: Ending; state: StudyState }> {
  const session = await openSession(lab, options);
  const running = session.run(research);
  options.during?.(session);
  const ending = await running;
  options.ended?.(session);
  return { ending, state: session.engine.ledger.state };
}

/** Opens or resumes the lab's study in this process; its engine starts with `run`. */
export async function openSession(
  lab: Pick<TemporaryLab, 'folder'>,
  options: ResearchOptions,
): Promise<Session> {
  const now = options.now ?? Date.now;
  const reading = await readProgramFile(lab.folder);
  if (reading.kind !== 'program') throw new Error(JSON.stringify(reading.mistakes));
  const opened = await openRepository(lab.folder);
  if (opened.kind !== 'open') throw new Error(opened.message);
  const { program } = reading;
  const { repository } = opened;
  const wish: StudyWish = {
    lab: lab.folder,
    repository,
    program,
    fresh: options.fresh ?? false,
    seed: 1,
    now,
  };
  const study = await openStudy(wish);
  if (study.kind !== 'open') {
    await repository.close();
    throw new Error(study.kind === 'busy' ? `busy: ${study.pid}` : study.message);
  }
  return createSession({
    study,
    repository,
    lab: lab.folder,
    program,
    researcher: options.researcher,
    judge: options.judge ?? greedy,
    slots: options.slots ?? 1,
    limits: options.limits ?? [],
    version: 'test',
    now,
  });
}
