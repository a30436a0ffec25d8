import type { StudyState } from '../../model/study.ts';
import { type Conditions, comparable } from '../../model/trial.ts';

/**
 * Remembers what `learn` says of a study until another of its trials ends, or conditions change: for work that is linear in
 * the study, and is asked for at every decision.
 *
 * @param learn pure, of ended trials alone
 */
export function onceATrial<Lesson>(
  learn: (state: StudyState, conditions: Conditions) => Lesson,
): (state: StudyState, conditions: Conditions) => Lesson {
  const learned = new WeakMap<
    StudyState['ended'],
    { readonly size: number; readonly conditions: Conditions; readonly lesson: Lesson }
  >();
  return (state, conditions) => {
    const known = learned.get(state.ended);
    if (known?.size === state.ended.size && comparable(known.conditions, conditions)) return known.lesson;
    const lesson = learn(state, conditions);
    learned.set(state.ended, { size: state.ended.size, conditions, lesson });
    return lesson;
  };
}
