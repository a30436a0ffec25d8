import { expectedLuck } from '../../model/certified.ts';
import type { ExperimentId } from '../../model/identity.ts';
import type { StudyState } from '../../model/study.ts';
import { runningBest } from '../../record/findings/chart.ts';
import { countVerdicts, judgedAnHour } from '../../record/findings/counts.ts';
import { headlineOf } from '../../record/findings/headline.ts';
import { spentBy } from '../../record/findings/spent.ts';
import { isAtWork, shownState } from './at-work.ts';
import type { PageDesk, PageLook } from './page-desk.ts';
import type { Overview } from './wire.ts';

const LAST_VERDICTS = 12;

/** Makes the overview of a study; remembers it until the ledger or the engine moves on. */
export function createOverview(desk: PageDesk): (look: PageLook) => Overview {
  let made: Overview | undefined;
  return (look) => {
    if (made === undefined || made.sequence !== look.sequence || made.phase !== look.phase)
      made = overviewOf(desk, look);
    return made;
  };
}

function overviewOf(desk: PageDesk, look: PageLook): Overview {
  const { sequence, phase } = look;
  const state = shownState(look);
  const at = isAtWork(phase) ? Date.now() : state.lastEventAt;
  const weighed = desk.weigh(state);
  const { champion, stack } = weighed.standing;
  const reach = desk.reach(weighed);
  return {
    study: state.study.study,
    sequence,
    lab: desk.lab,
    version: desk.version,
    startedAt: state.startedAt,
    at,
    phase,
    objective: { ...state.study.objective, decimals: desk.decimals(state, champion?.value ?? 1) },
    headline: headlineOf(state, weighed),
    championInterval:
      champion === undefined || reach === undefined
        ? null
        : { low: champion.value - reach, high: champion.value + reach },
    championExperiment: stack.at(-1) ?? null,
    noise: weighed.judged?.noise ?? null,
    expectedLuck: expectedLuck(state, stack),
    verdicts: Object.fromEntries(countVerdicts(state)),
    judged: state.judged,
    open: state.open.size,
    perHour: judgedAnHour(state, at) ?? null,
    spent: spentBy(state, desk.limits(), at),
    best: runningBest(state, weighed.standing),
    last: lastVerdicts(state),
    slots: state.engine?.slots ?? 0,
  };
}

function lastVerdicts(state: StudyState): ExperimentId[] {
  const last: { readonly id: ExperimentId; readonly at: number }[] = [];
  for (const experiment of state.experiments.values()) {
    if (experiment.status !== 'judged') continue;
    const at = experiment.judgedAt;
    if (last.length === LAST_VERDICTS && at < last[LAST_VERDICTS - 1]!.at) continue;
    // Of one moment the later one comes first.
    const before = last.findLastIndex((other) => other.at > at);
    last.splice(before + 1, 0, { id: experiment.proposal.experiment, at });
    last.length = Math.min(last.length, LAST_VERDICTS);
  }
  return last.map(({ id }) => id);
}
