import type { ExperimentDetail, Overview } from '../../../src/serve/page/wire.ts';
import { ProgressChart } from '../chart/progress-chart.tsx';
import { Panel } from '../parts/panel.tsx';

const MOST_CURVES = 12;

/** How its trials went, over its parent's; nothing where the lab reports no progress. */
export function Curves({ detail, study }: { readonly detail: ExperimentDetail; readonly study: Overview }) {
  const own = detail.trials.filter(({ curve }) => curve.length > 1).slice(-MOST_CURVES);
  if (own.length === 0) return null;
  return (
    <Panel title={`${detail.streamed ?? study.objective.name} over the trial`} note="its parent’s dashed">
      <ProgressChart
        own={own.map(({ trial, curve }) => ({ name: `trial ${trial}`, curve }))}
        reference={detail.champion}
        objective={study.objective}
      />
    </Panel>
  );
}
