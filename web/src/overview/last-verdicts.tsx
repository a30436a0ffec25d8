import type { ExperimentRow, Overview } from '../../../src/serve/page/wire.ts';
import { clock, gain } from '../parts/format.ts';
import { Empty, Panel } from '../parts/panel.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { useWatched } from '../state/signal.ts';
import { rows, rowsVersion } from '../state/study.ts';

/** What was decided last, newest first. */
export function LastVerdicts({ study }: { readonly study: Overview }) {
  useWatched(rowsVersion);
  const last = study.last.flatMap((id) => rows[id - 1] ?? []);
  return (
    <Panel title="Last verdicts" note={<a href="/experiments">all experiments</a>}>
      {last.length === 0 ? (
        <Empty>No verdict yet. The first one comes when a candidate has run against the baseline.</Empty>
      ) : (
        <ol class="verdicts">
          {last.map((row) => (
            <li key={row.id}>
              <Line row={row} study={study} />
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function Line({ row, study }: { readonly row: ExperimentRow; readonly study: Overview }) {
  return (
    <a href={`/experiments/${row.id}`}>
      <span class="numbers quiet">#{row.id}</span>
      <Verdict row={row} />
      <span
        class={`numbers ${row.delta !== null && row.delta > 0 && row.verdict === 'keep' ? 'good' : 'quiet'}`}
      >
        {row.delta === null ? '' : gain(study.objective, row.delta)}
      </span>
      <bdi class="hypothesis">{row.hypothesis}</bdi>
      <time class="quiet" dateTime={new Date(row.at).toISOString()}>
        {clock(row.at)}
      </time>
    </a>
  );
}
