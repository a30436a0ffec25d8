import { reportStack } from '../decide/certify/stack-report.ts';
import { settingOf } from '../decide/learn/setting.ts';
import type { StudyLimit } from '../model/limit.ts';
import type { StudyState } from '../model/study.ts';
import { type Findings, findingsOf } from '../record/findings/findings.ts';
import { type Headline, headlineOf } from '../record/findings/headline.ts';
import type { Weighed } from '../record/findings/weighed.ts';
import { standingOf } from './standing.ts';

/** What a study found, as the judge weighs it: what a report and the page show. `now` in milliseconds since 1970. */
export function findingsNow(state: StudyState, limits: readonly StudyLimit[], now: number): Findings {
  return findingsOf(state, weigh(state), { limits, now });
}

/** The headline alone, at less work. */
export function headlineNow(state: StudyState): Headline {
  return headlineOf(state, weigh(state));
}

/** What the judge makes of a study. */
export function weigh(state: StudyState): Weighed {
  const standing = standingOf(state);
  const conditions = [...state.ended.values()].at(-1)?.conditions;
  if (conditions === undefined) return { standing };
  const stack = reportStack(state, conditions);
  const isWeighed = state.engine?.judge !== 'greedy';
  const judged = isWeighed ? { stack, noise: settingOf(state, conditions).noise } : { stack };
  return { standing, judged };
}
