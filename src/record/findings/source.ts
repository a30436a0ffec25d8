import type { StudyState } from '../../model/study.ts';

/** Where the scores of a study come from; a changed program can make it both. */
export type ScoreSource = 'evaluated' | 'candidate-reported' | 'mixed';

export function sourceOf(state: StudyState): ScoreSource {
  const sources = new Set<'evaluated' | 'candidate-reported'>();
  for (const { outcome } of state.ended.values()) {
    if (outcome.kind === 'completed') sources.add(outcome.measurement.source);
    if (sources.size === 2) return 'mixed';
  }
  return sources.has('candidate-reported') ? 'candidate-reported' : 'evaluated';
}
