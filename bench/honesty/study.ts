import { join } from 'node:path';
import type { Ending } from '../../src/engine/ending.ts';
import { JUDGES, type JudgeName } from '../../src/engine/judges.ts';
import { openStudy } from '../../src/engine/open.ts';
import { studiesOnDisk } from '../../src/engine/studies.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import { studyFolder } from '../../src/lab/folder.ts';
import { readProgramFile } from '../../src/lab/program.ts';
import { research } from '../../src/loop.ts';
import type { StudyLimit, TrialBudget } from '../../src/model/limit.ts';
import type { Researcher } from '../../src/model/researcher.ts';
import type { StudyState } from '../../src/model/study.ts';
import { readLedger } from '../../src/record/reader.ts';
import { createSession, type Session } from '../../src/session.ts';
import { type Layout, labRepository } from './lab-copy.ts';
import { editNameOf } from './script.ts';

/** Where a study ends; each counts what earlier calls have done. */
export type Goal =
  | { readonly kind: 'verdicts'; readonly count: number }
  | { readonly kind: 'trials'; readonly count: number }
  | { readonly kind: 'time'; readonly seconds: number };

export interface StudyPlan {
  /** Of the study's repository. */
  readonly folder: string;
  readonly layout: Layout;
  readonly judge: JudgeName;
  readonly researcher: Researcher;
  readonly trial: TrialBudget;
  readonly slots: number;
  readonly goal: Goal;
  /** Of this call alone; undefined for as long as it takes. */
  readonly seconds: number | undefined;
  /** Of the study. @default the same for all, so that equal commits meet equal seeds */
  readonly seed?: number;
}

/** A study in this folder, as its ledger stands, with what it is to be read with. */
export interface StudyFinding {
  readonly lab: string;
  readonly state: StudyState;
}

/** Luck for trials. */
const SEED = 1;
/** Milliseconds between two looks at how many trials have ended. */
const LOOK = 200;

/**
 * Opens or resumes the study and works on it up to its goal. Says whether the goal was reached: Ctrl-C, a limit of this call, and
 * a researcher with no idea left come before it, and all of them leave a study that resumes.
 * @throws Error where the machine or the lab lets nothing run
 */
export async function workOn(plan: StudyPlan): Promise<'reached' | 'interrupted'> {
  const lab = labRepository(plan.folder, plan.layout);
  const found = findStudy(plan.folder);
  if (found !== undefined && isReached(plan.goal, found.state)) return 'reached';
  const session = await openSession(plan, lab);
  const tell = verdictTeller(plan.judge, session.engine.ledger.state.judged);
  const stop = () => session.ask('stop');
  process.once('SIGINT', stop);
  const watch = setInterval(() => {
    tell(session.engine.ledger.state);
    if (isReached(plan.goal, session.engine.ledger.state)) stop();
  }, LOOK);
  let ending: Ending;
  try {
    ending = await session.run(research);
  } finally {
    clearInterval(watch);
    process.off('SIGINT', stop);
  }
  if (ending.kind === 'impasse' || ending.kind === 'machine')
    throw new Error(`the study in ${lab} could not go on: ${JSON.stringify(ending)}`);
  const after = findStudy(plan.folder);
  const isDone = ending.kind === 'exhausted' || (after !== undefined && isReached(plan.goal, after.state));
  return isDone ? 'reached' : 'interrupted';
}

async function openSession(plan: StudyPlan, lab: string): Promise<Session> {
  const reading = await readProgramFile(lab);
  if (reading.kind !== 'program') throw new Error(`${join(lab, 'program.md')} has mistakes`);
  const program = { ...reading.program, trial: plan.trial };
  const opened = await openRepository(lab);
  if (opened.kind !== 'open') throw new Error(opened.message);
  const { repository } = opened;
  const study = await openStudy({
    lab,
    repository,
    program,
    fresh: false,
    seed: plan.seed ?? SEED,
    now: Date.now,
  });
  if (study.kind !== 'open') {
    await repository.close();
    throw new Error(study.kind === 'busy' ? `another engine is at work in ${lab}` : study.message);
  }
  return createSession({
    study,
    repository,
    lab,
    program,
    researcher: plan.researcher,
    judge: JUDGES[plan.judge],
    slots: plan.slots,
    limits: limitsOf(plan, study.ledger.state),
    version: 'bench',
    now: Date.now,
  });
}

/** A limit on time is the engine's to hold; of verdicts and trials the watch counts those that are the goal's. */
function limitsOf({ goal, seconds }: StudyPlan, state: StudyState): StudyLimit[] {
  const limits: StudyLimit[] = seconds === undefined ? [] : [{ kind: 'time', seconds }];
  if (goal.kind === 'time') limits.push({ kind: 'time', seconds: goal.seconds - state.activeSeconds });
  return limits;
}

function isReached(goal: Goal, state: StudyState): boolean {
  switch (goal.kind) {
    case 'verdicts':
      return state.judged >= goal.count;
    case 'trials':
      return state.ended.size >= goal.count;
    case 'time':
      return state.activeSeconds >= goal.seconds;
    default:
      return goal satisfies never;
  }
}

/** Tells whoever watches, on standard error, the last verdict where there is a new one. */
function verdictTeller(judge: JudgeName, before: number): (state: StudyState) => void {
  let told = before;
  return (state) => {
    if (state.judged === told) return;
    told = state.judged;
    const last = [...state.experiments.values()].findLast(({ status }) => status === 'judged');
    if (last?.status !== 'judged') return;
    const { kind, reason } = last.verdict;
    const name = editNameOf(state, last);
    console.error(`${judge}: ${told} verdicts, ${state.ended.size} trials; ${name}: ${kind}, ${reason}`);
  };
}

/** The study of a repository that `workOn` made; undefined before its first start. */
export function findStudy(folder: string): StudyFinding | undefined {
  const lab = join(folder, 'labs', 'gpt');
  const id = studiesOnDisk(lab).at(-1);
  if (id === undefined) return undefined;
  const { ledger } = studyFolder(lab, id);
  const opening = readLedger(ledger);
  if (opening.kind !== 'open') throw new Error(`${ledger} cannot be read: ${opening.kind}`);
  using reader = opening.reader;
  return { lab, state: reader.state };
}
