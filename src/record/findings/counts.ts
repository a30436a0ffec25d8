import { activeSecondsAt, type StudyState } from '../../model/study.ts';
import type { VerdictWord } from '../../model/verdict.ts';

/** In the order in which they are told. */
const WORDS = [
  'keep',
  'discard',
  'crash',
  'timeout',
  'invalid',
  'inconclusive',
] as const satisfies readonly VerdictWord[];

/** Experiments by the verdict that they have now; words that none has are not among them. */
export function countVerdicts(state: StudyState): Map<VerdictWord, number> {
  const counts = new Map<VerdictWord, number>(WORDS.map((word) => [word, 0]));
  for (const experiment of state.experiments.values()) {
    if (experiment.status !== 'judged') continue;
    const word = experiment.verdict.kind;
    counts.set(word, counts.get(word)! + 1);
  }
  for (const word of WORDS) if (counts.get(word) === 0) counts.delete(word);
  return counts;
}

/** Experiments judged an hour that an engine was at work, up to `now`; undefined before the first verdict. */
export function judgedAnHour(state: StudyState, now: number): number | undefined {
  const hours = activeSecondsAt(state, now) / 3600;
  return state.judged === 0 || hours === 0 ? undefined : state.judged / hours;
}
