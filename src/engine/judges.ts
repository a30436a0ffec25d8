import { greedy } from '../decide/greedy.ts';
import { posterior } from '../decide/posterior.ts';
import type { Judge } from '../model/judge.ts';

/** The judges that a study can be given to, by name. */
export const JUDGES = { posterior, greedy } as const satisfies Readonly<Record<string, Judge>>;

export type JudgeName = keyof typeof JUDGES;

export const JUDGE_NAMES = Object.keys(JUDGES) as JudgeName[];

export const DEFAULT_JUDGE: JudgeName = 'posterior';

/** Under which name a judge stands here; undefined for one of somebody else's making. */
export function nameOfJudge(judge: Judge): JudgeName | undefined {
  return JUDGE_NAMES.find((name) => JUDGES[name] === judge);
}
