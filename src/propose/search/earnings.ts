import type { Category } from '../../model/category.ts';
import type { Family } from '../../model/edit.ts';
import { familyOfSite } from '../../model/edit.ts';
import type { Objective } from '../../model/objective.ts';
import type { StudyState } from '../../model/study.ts';
import type { History } from './history.ts';
import type { Method } from './method.ts';
import { secondsOf } from './observations.ts';

/** What one judged experiment earned. */
export interface Earning {
  readonly method: Method;
  readonly category: Category;
  /** Whether it moved numbers alone. */
  readonly moved: 'numbers' | 'structure';
  /**
   * Its gain if it was kept, by its logarithm beyond what is usual: the first gains of a study are the largest, whoever makes them. 0 for all
   * else.
   */
  readonly worth: number;
  /** What its trials took, relative to the mean; 1 where nobody timed them. */
  readonly time: number;
  /** What it still says of the next one, above 0 and at most 1. */
  readonly weight: number;
}

/** Share of its weight that an experiment keeps with each one after it: what paid at first need not pay now. */
const REMEMBERED = 0.96;
const MOST_REMEMBERED = 150;

/** What the newest experiments earned, the newest first. */
export function earningsOf(state: StudyState, history: History): Earning[] {
  const judged = judgedOf(state, history);
  const usual = usualGain(judged, state.study.objective);
  const timed = judged.filter(({ seconds }) => seconds > 0);
  const meanSeconds = timed.reduce((sum, { seconds }) => sum + seconds, 0) / timed.length;
  return judged.map(({ gain, seconds, ...experiment }, age) => ({
    ...experiment,
    worth: Math.log1p(gain / usual),
    time: seconds > 0 ? seconds / meanSeconds : 1,
    weight: REMEMBERED ** age,
  }));
}

interface Judged extends Pick<Earning, 'method' | 'category' | 'moved'> {
  readonly gain: number;
  readonly seconds: number;
}

const NUMBERS = new Set<Family | undefined>(['number', 'inner-number']);

function judgedOf(state: StudyState, history: History): Judged[] {
  const judged: Judged[] = [];
  for (const [id, { method, edits }] of history.newest()) {
    if (judged.length === MOST_REMEMBERED) break;
    const experiment = state.experiments.get(id);
    if (experiment?.status !== 'judged') continue;
    const { verdict, proposal } = experiment;
    const gain = verdict.kind === 'keep' ? Math.max(0, verdict.evidence.gain) : 0;
    const isNumbers = edits.every(({ site }) => NUMBERS.has(familyOfSite(site)));
    judged.push({
      method,
      category: proposal.category,
      moved: isNumbers ? 'numbers' : 'structure',
      gain,
      seconds: secondsOf(state, proposal.commit),
    });
  }
  return judged;
}

/** The middle one of what was kept, in the metric's unit, above 0. */
function usualGain(judged: readonly Judged[], { minimumEffect }: Objective): number {
  const gains = judged.flatMap(({ gain }) => (gain > 0 ? gain : [])).toSorted((a, b) => a - b);
  return Math.max(minimumEffect, gains[Math.floor(gains.length / 2)] ?? 0) || 1;
}
