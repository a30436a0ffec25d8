import { shorten } from '../../model/bound.ts';
import type { ExperimentId } from '../../model/identity.ts';
import type { StudyState } from '../../model/study.ts';
import { forecastOf, type VerdictWord } from '../../model/verdict.ts';
import { oneLine } from '../../process/one-line.ts';

/** Experiments that failed for the same reason. */
export interface Failure {
  readonly verdict: Exclude<VerdictWord, 'keep' | 'discard'>;
  /** On one line, safe to print, at most 160 characters: some of it may be of the candidate's making. */
  readonly reason: string;
  readonly count: number;
  /** The newest, at most 3. */
  readonly examples: readonly ExperimentId[];
}

/** What became of all that was not kept. */
export interface Failures {
  /** Run to their end, and no better. */
  readonly noBetter: number;
  /** Ended by the judge on the way, since they were going nowhere. */
  readonly stoppedEarly: number;
  /** The most frequent first; at most 20. */
  readonly broken: readonly Failure[];
  /** Reasons beyond those. */
  readonly otherReasons: number;
}

const LONGEST_REASON = 160;
const MOST_REASONS = 20;
const MOST_EXAMPLES = 3;

export function failuresOf(state: StudyState): Failures {
  let noBetter = 0;
  let stoppedEarly = 0;
  const broken = new Map<string, Failure>();
  for (const experiment of state.experiments.values()) {
    if (experiment.status !== 'judged' || experiment.verdict.kind === 'keep') continue;
    const { verdict, proposal } = experiment;
    if (verdict.kind === 'discard') {
      if (forecastOf(verdict)) stoppedEarly += 1;
      else noBetter += 1;
      continue;
    }
    const reason = shorten(oneLine(verdict.reason), LONGEST_REASON);
    // What differs in a number alone, as times and trials do, is one reason.
    const key = `${verdict.kind} ${reason.replace(/\d+(?:\.\d+)?/g, '0')}`;
    const before = broken.get(key);
    const examples = [proposal.experiment, ...(before?.examples ?? [])].slice(0, MOST_EXAMPLES);
    broken.set(key, { verdict: verdict.kind, reason, count: (before?.count ?? 0) + 1, examples });
  }
  const sorted = [...broken.values()].sort((a, b) => b.count - a.count);
  return {
    noBetter,
    stoppedEarly,
    broken: sorted.slice(0, MOST_REASONS),
    otherReasons: Math.max(0, sorted.length - MOST_REASONS),
  };
}
