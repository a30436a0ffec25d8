import type { Objective } from '../model/objective.ts';
import { oneLine } from '../process/one-line.ts';
import type { ScoreSource } from '../record/findings/source.ts';
import { CANDIDATE_REPORTED } from './terminal/words.ts';

/** The title of a column of scores: `val_bpb (bits/byte)`, and who says so where that is the candidate. */
export function metricTitle({ name, unit }: Objective, source: ScoreSource): string {
  const notes = [
    ...(unit === '' ? [] : [oneLine(unit)]),
    ...(source === 'candidate-reported' ? [CANDIDATE_REPORTED] : []),
    ...(source === 'mixed' ? [`some ${CANDIDATE_REPORTED}`] : []),
  ];
  return notes.length === 0 ? oneLine(name) : `${oneLine(name)} (${notes.join(', ')})`;
}
