import { join } from 'node:path';
import { milestonesIn } from '../../labs/gpt/milestones.ts';
import type { TrialBudget } from '../../src/model/limit.ts';
import type { Researcher } from '../../src/model/researcher.ts';
import type { StudyState } from '../../src/model/study.ts';
import { createSearch } from '../../src/propose/search.ts';
import { trainOf } from '../honesty/lab-copy.ts';
import { findStudy, workOn } from '../honesty/study.ts';
import { oneAtATime, randomEdits } from './rivals.ts';

export const CONTENDERS: Readonly<Record<string, Researcher>> = {
  search: createSearch(),
  random: randomEdits,
  'one at a time': oneAtATime,
};

export interface GptPlan {
  /** Of all studies; a second call goes on where the first one stopped. */
  readonly folder: string;
  readonly contender: string;
  readonly seed: number;
  readonly experiments: number;
  readonly trial: TrialBudget;
}

/** What a study has found by now. */
export interface GptFinding {
  readonly contender: string;
  readonly seed: number;
  /** The champion's value by its milestones: after how many verdicts it stood at which bits a byte, as far as its verdict believed it. */
  readonly course: readonly { readonly verdicts: number; readonly value: number }[];
  readonly verdicts: number;
  readonly keeps: number;
  readonly crashes: number;
  /** Names of milestones that the champion has and the baseline had not. */
  readonly milestones: readonly string[];
}

const folderOf = ({ folder, contender, seed }: Pick<GptPlan, 'folder' | 'contender' | 'seed'>) =>
  join(folder, `${contender.replaceAll(' ', '-')}-${seed}`);

export async function research(plan: GptPlan): Promise<'reached' | 'interrupted'> {
  return workOn({
    folder: folderOf(plan),
    layout: 'as it is',
    judge: 'posterior',
    researcher: CONTENDERS[plan.contender]!,
    trial: plan.trial,
    slots: 1,
    goal: { kind: 'verdicts', count: plan.experiments },
    seconds: undefined,
    seed: plan.seed,
  });
}

export function findingOf(plan: Pick<GptPlan, 'folder' | 'contender' | 'seed'>): GptFinding | undefined {
  const found = findStudy(folderOf(plan));
  if (found === undefined) return undefined;
  const { state, lab } = found;
  const champion = [...state.champions.values()].at(-1)?.commit ?? state.study.baseline;
  const before = new Set(milestonesIn(trainOf(lab, state.study.baseline)).map(({ name }) => name));
  const kinds = [...state.experiments.values()].flatMap((experiment) =>
    experiment.status === 'judged' ? experiment.verdict.kind : [],
  );
  return {
    contender: plan.contender,
    seed: plan.seed,
    course: courseOf(state),
    verdicts: state.judged,
    keeps: kinds.filter((kind) => kind === 'keep').length,
    crashes: kinds.filter((kind) => kind === 'crash').length,
    milestones: milestonesIn(trainOf(lab, champion)).flatMap(({ name }) => (before.has(name) ? [] : name)),
  };
}

/** Verdicts are counted in the order in which they were given. */
function courseOf(state: StudyState): GptFinding['course'] {
  const times = [...state.experiments.values()].flatMap((experiment) =>
    experiment.status === 'judged' ? experiment.judgedAt : [],
  );
  return state.milestones.map(({ at, value }) => ({
    verdicts: times.filter((time) => time <= at).length,
    value,
  }));
}

/** The value by which a study stood after so many verdicts; undefined before its baseline was measured. */
export function valueAfter({ course }: GptFinding, verdicts: number): number | undefined {
  return course.findLast((point) => point.verdicts <= verdicts)?.value;
}

/** After how many verdicts a study stood at a value or below it; undefined where it never did. */
export function verdictsUntil({ course }: GptFinding, value: number): number | undefined {
  return course.find((point) => point.value <= value)?.verdicts;
}
