import type { Category } from '../../model/category.ts';
import { expectedLuck } from '../../model/certified.ts';
import type { Commit, StudyId } from '../../model/identity.ts';
import type { StudyLimit } from '../../model/limit.ts';
import type { NoiseStanding } from '../../model/noise-standing.ts';
import type { Objective } from '../../model/objective.ts';
import type { Cost } from '../../model/stack-report.ts';
import type { StudyState } from '../../model/study.ts';
import type { VerdictWord } from '../../model/verdict.ts';
import { chartOf, type StudyChart } from './chart.ts';
import { countVerdicts, judgedAnHour } from './counts.ts';
import { type Failures, failuresOf } from './failures.ts';
import { byCategory, byResearcher, bySite, type DeadEnd, deadEnds, type Group } from './groups.ts';
import { type Headline, headlineOf } from './headline.ts';
import { type NextSteps, nextSteps } from './next.ts';
import { type Spent, spentBy } from './spent.ts';
import { type ChampionStep, championTree, type KeptChange, keptChanges } from './stack.ts';
import type { Weighed } from './weighed.ts';

/**
 * What a study found, as plain data that goes through JSON unharmed: the report, the page and `--json` show this and compute nothing
 * of their own. Texts of researchers and candidates are on one line and hold no control character, but are still a stranger's: whoever
 * writes them into HTML or markdown escapes them. Times in milliseconds since 1970; values and gains in the metric's unit.
 */
export interface Findings {
  readonly study: {
    readonly id: StudyId;
    readonly objective: Objective;
    readonly baseline: Commit;
    readonly champion: Commit;
    readonly startedAt: number;
    /** When this was told. */
    readonly at: number;
    readonly activity: StudyState['activity'];
  };
  readonly headline: Headline;
  /** How far equal code scores apart; absent where nobody weighs luck, or before the first trial. */
  readonly noise?: NoiseStanding;
  /** Of the uncertified keeps in the champion, how many are expected to be luck. */
  readonly expectedLuck: number;
  readonly experiments: {
    readonly judged: number;
    readonly open: number;
    readonly verdicts: Readonly<Partial<Record<VerdictWord, number>>>;
    /** Judged an hour that an engine was at work; absent before the first verdict. */
    readonly perHour?: number;
  };
  readonly spent: Spent;
  /** The champion's changes, then those that were withdrawn. */
  readonly changes: readonly KeptChange[];
  /** Every keep with what it was made on. */
  readonly champions: readonly ChampionStep[];
  /** What a trial costs, from the baseline to the champion, in metrics other than the objective. */
  readonly costs: readonly Cost[];
  readonly categories: readonly Group<Category>[];
  readonly sites: readonly Group[];
  readonly researchers: readonly Group[];
  readonly failures: Failures;
  readonly deadEnds: readonly DeadEnd[];
  readonly next: NextSteps;
  readonly chart: StudyChart;
}

/** The same state, weighing, limits and time give the same findings. */
export function findingsOf(
  state: StudyState,
  weighed: Weighed,
  { limits, now }: { readonly limits: readonly StudyLimit[]; readonly now: number },
): Findings {
  const { standing, judged } = weighed;
  const perHour = judgedAnHour(state, now);
  const categories = byCategory(state);
  const sites = bySite(state);
  return {
    study: {
      id: state.study.study,
      objective: state.study.objective,
      baseline: state.study.baseline,
      champion: standing.commit,
      startedAt: state.startedAt,
      at: now,
      activity: state.activity,
    },
    headline: headlineOf(state, weighed),
    ...(judged?.noise && { noise: judged.noise }),
    expectedLuck: expectedLuck(state, standing.stack),
    experiments: {
      judged: state.judged,
      open: state.open.size,
      verdicts: Object.fromEntries(countVerdicts(state)),
      ...(perHour === undefined ? {} : { perHour }),
    },
    spent: spentBy(state, limits, now),
    changes: keptChanges(state, weighed),
    champions: championTree(state, standing.stack),
    costs: judged?.stack.costs ?? [],
    categories,
    sites,
    researchers: byResearcher(state),
    failures: failuresOf(state),
    deadEnds: deadEnds(categories, sites),
    next: nextSteps(state, new Set(categories.map(({ name }) => name))),
    chart: chartOf(state, standing, now),
  };
}
