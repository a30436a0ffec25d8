import type { Learned, Overview } from '../../../src/serve/page/wire.ts';
import { gain, unit } from '../parts/format.ts';
import { Empty, Panel } from '../parts/panel.tsx';
import { Scrolled } from '../parts/scrolled.tsx';

type Changes = Learned['changes'];
type Objective = Overview['objective'];

const TONES: Readonly<Record<Changes[number]['standing'], string>> = {
  certified: 'good',
  provisional: 'warn',
  'as measured': 'quiet',
  withdrawn: 'quiet',
};

/** Each change of the champion with what it adds, and how well that is known. */
export function Stack({ changes, objective }: { readonly changes: Changes; readonly objective: Objective }) {
  const scale = scaleOf(changes);
  return (
    <Panel
      title="The champion’s changes"
      note={
        changes.length === 0
          ? undefined
          : `what each adds${unit(objective) === '' ? '' : `, in ${objective.unit}`}, with 95% intervals`
      }
    >
      {changes.length === 0 ? (
        <Empty>Nothing was kept yet: the champion is the baseline.</Empty>
      ) : (
        <Scrolled name="Table of the champion’s changes" look="wide">
          <table class="changes">
            <thead class="hidden">
              <tr>
                <th scope="col">experiment</th>
                <th scope="col">standing</th>
                <th scope="col">effect</th>
                <th scope="col">interval</th>
                <th scope="col">chart</th>
                <th scope="col">hypothesis</th>
              </tr>
            </thead>
            <tbody>
              {changes.map((change) => (
                <tr key={change.experiment} class={change.isInChampion ? '' : 'left-it'}>
                  <td class="numbers">
                    <a href={`/experiments/${change.experiment}`}>#{change.experiment}</a>
                  </td>
                  <td class={TONES[change.standing]}>{change.standing}</td>
                  <td class="numbers">{change.effect ? gain(objective, change.effect.value) : ''}</td>
                  <td class="numbers quiet">
                    {change.effect?.interval
                      ? `${gain(objective, change.effect.interval.low)} to ${gain(objective, change.effect.interval.high)}`
                      : ''}
                  </td>
                  <td>
                    <Interval change={change} scale={scale} />
                  </td>
                  <td class="hypothesis">
                    <bdi>{change.hypothesis}</bdi>
                    {change.reason === undefined ? null : <span class="quiet"> — left: {change.reason}</span>}
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

const WIDTH = 160;

function scaleOf(changes: Changes): (gain: number) => number {
  const values = changes.flatMap(({ effect }) =>
    effect ? [effect.value, effect.interval?.low ?? 0, effect.interval?.high ?? 0] : [],
  );
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  return (value) => 4 + ((value - low) / (high - low || 1)) * (WIDTH - 8);
}

function Interval({
  change,
  scale,
}: {
  readonly change: Changes[number];
  readonly scale: (gain: number) => number;
}) {
  if (change.effect === undefined) return null;
  const { value, interval } = change.effect;
  return (
    <svg class={`interval ${TONES[change.standing]}`} viewBox={`0 0 ${WIDTH} 16`} aria-hidden="true">
      <line class="zero" x1={scale(0)} x2={scale(0)} y1="0" y2="16" />
      {interval ? (
        <line class="range" x1={scale(interval.low)} x2={scale(interval.high)} y1="8" y2="8" />
      ) : null}
      <circle cx={scale(value)} cy="8" r="4" />
    </svg>
  );
}
