import type { ExperimentDetail, Overview } from '../../../src/serve/page/wire.ts';
import { bytes, unit, value } from '../parts/format.ts';
import { Empty, Panel } from '../parts/panel.tsx';
import { Scrolled } from '../parts/scrolled.tsx';

/** Every trial of its commit, whatever it was run for. */
export function Trials({ detail, study }: { readonly detail: ExperimentDetail; readonly study: Overview }) {
  const { trials } = detail;
  const { objective } = study;
  return (
    <Panel title="Trials" note={trials.length === 0 ? undefined : `${trials.length}`}>
      {trials.length === 0 ? (
        <Empty>It was never run.</Empty>
      ) : (
        <Scrolled name="Table of trials" look="wide">
          <table class="trials">
            <thead>
              <tr>
                <th scope="col">trial</th>
                <th scope="col" class="left">
                  purpose
                </th>
                <th scope="col" class="left">
                  budget
                </th>
                <th scope="col">seed</th>
                <th scope="col">steps</th>
                <th scope="col">
                  {objective.name}
                  {objective.unit === '' ? '' : ` (${unit(objective).trim()})`}
                </th>
                <th scope="col">wall (s)</th>
                <th scope="col">cpu (s)</th>
                <th scope="col">peak memory</th>
                <th scope="col" class="left">
                  outcome
                </th>
              </tr>
            </thead>
            <tbody>
              {trials.map((trial) => (
                <tr key={trial.trial}>
                  <td>{trial.trial}</td>
                  <td class="left">{trial.purpose}</td>
                  <td class="left">{trial.budget}</td>
                  <td>{trial.seed}</td>
                  <td>{trial.steps ?? ''}</td>
                  <td>{trial.value === null ? '' : value(objective, trial.value)}</td>
                  <td>{trial.wallSeconds.toFixed(1)}</td>
                  <td>{trial.cpuSeconds.toFixed(1)}</td>
                  <td>{bytes(trial.peakMemoryBytes)}</td>
                  <td class={`left outcome ${trial.isCompleted ? 'quiet' : 'bad'}`}>
                    <bdi>{trial.outcome}</bdi>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scrolled>
      )}
    </Panel>
  );
}
