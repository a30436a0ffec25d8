import type { Objective } from '../model/objective.ts';
import type { StudyState } from '../model/study.ts';
import { oneLine } from './terminal/text.ts';
import { CANDIDATE_REPORTED } from './terminal/words.ts';

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

/** The title of a column of scores: `val_bpb (bits/byte)`, and who says so where that is the candidate. */
export function metricTitle({ name, unit }: Objective, source: ScoreSource): string {
  const notes = [
    ...(unit === '' ? [] : [oneLine(unit)]),
    ...(source === 'candidate-reported' ? [CANDIDATE_REPORTED] : []),
    ...(source === 'mixed' ? [`some ${CANDIDATE_REPORTED}`] : []),
  ];
  return notes.length === 0 ? oneLine(name) : `${oneLine(name)} (${notes.join(', ')})`;
}
