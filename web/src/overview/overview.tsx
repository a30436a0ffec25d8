import { StudyChart } from '../chart/study-chart.tsx';
import { useWatched } from '../state/signal.ts';
import { overview } from '../state/study.ts';
import { Facts } from './facts.tsx';
import { Headline } from './headline.tsx';
import { LastVerdicts } from './last-verdicts.tsx';
import { Legend } from './legend.tsx';
import { Slots } from './slots.tsx';
import { useHeight } from './use-height.ts';

/** What somebody reads first who left a study alone for a night. */
export function Overview() {
  const study = useWatched(overview)!;
  const height = useHeight();
  return (
    <div class="overview">
      <h1 class="hidden">Overview</h1>
      <Headline study={study} />
      <section class="panel" aria-label="All experiments">
        <StudyChart study={study} height={height} />
        <Legend study={study} />
      </section>
      <Facts study={study} />
      <div class="columns">
        <Slots study={study} />
        <LastVerdicts study={study} />
      </div>
    </div>
  );
}
