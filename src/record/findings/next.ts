import { type Category, DIRECTIONS } from '../../model/category.ts';
import { nearMissesOf } from '../../model/effect.ts';
import type { ExperimentId } from '../../model/identity.ts';
import type { Experiment, StudyState } from '../../model/study.ts';
import { oneLine } from '../../process/one-line.ts';

/** A discard that looked better: worth another look, alone or with others. */
export interface Lead {
  readonly experiment: ExperimentId;
  readonly category: Category;
  /** On one line, safe to print. */
  readonly hypothesis: string;
  /** As measured or foretold over its parent, and what can be expected of it: in the metric's unit, positive is better. */
  readonly gain: number;
  readonly believed: number;
  /** Whether the judge may take it up again by itself. */
  readonly isParked: boolean;
}

/** An experiment without a verdict. */
export interface Waiting {
  readonly experiment: ExperimentId;
  readonly category: Category;
  readonly hypothesis: string;
  readonly from: 'suggestion' | 'researcher' | 'merge';
}

/** What to try next, as the ledger shows it. Each list has at most `MOST` entries. */
export interface NextSteps {
  /** Kinds of change that nobody has tried yet. */
  readonly untried: readonly Category[];
  /** The most believable first. */
  readonly leads: readonly Lead[];
  /** Suggestions of people first. */
  readonly waiting: readonly Waiting[];
}

const MOST = 15;

export function nextSteps(state: StudyState, tried: ReadonlySet<Category>): NextSteps {
  return {
    untried: DIRECTIONS.filter((category) => !tried.has(category)),
    leads: nearMissesOf(state)
      .slice(0, MOST)
      .map(({ experiment, effect, believed }): Lead => {
        const { category, hypothesis } = state.experiments.get(experiment)!.proposal;
        const isParked = state.parked.has(experiment);
        return {
          experiment,
          category,
          hypothesis: oneLine(hypothesis),
          gain: effect.gain,
          believed,
          isParked,
        };
      }),
    waiting: [...state.open]
      .flatMap((id) => waitingOf(state.experiments.get(id)))
      .sort((a, b) => Number(b.from === 'suggestion') - Number(a.from === 'suggestion'))
      .slice(0, MOST),
  };
}

function waitingOf(experiment: Experiment | undefined): Waiting[] {
  if (experiment === undefined) return [];
  const { experiment: id, category, hypothesis, origin } = experiment.proposal;
  return [{ experiment: id, category, hypothesis: oneLine(hypothesis), from: origin.kind }];
}
