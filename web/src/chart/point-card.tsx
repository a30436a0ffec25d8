import type { ExperimentRow, Overview } from '../../../src/serve/page/wire.ts';
import { gain, withUnit } from '../parts/format.ts';
import { Verdict } from '../parts/verdict.tsx';

const WIDTH = 280;

/** What the point under the cursor is. */
export function PointCard({
  row,
  study,
  left,
  top,
  width,
}: {
  readonly row: ExperimentRow;
  readonly study: Overview;
  /** Of the point, in CSS pixels of the chart. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
}) {
  const x = Math.min(Math.max(0, left + 14), width - WIDTH);
  const isLow = top > 150;
  const style = {
    width: `${WIDTH}px`,
    left: `${left + 14 > width - WIDTH ? Math.max(0, left - WIDTH - 14) : x}px`,
    top: `${isLow ? top - 12 : top + 14}px`,
    transform: isLow ? 'translateY(-100%)' : 'none',
  };
  return (
    <div class="card" style={style} aria-hidden="true">
      <p>
        <strong>#{row.id}</strong> <Verdict row={row} /> <span class="quiet">{row.category}</span>
      </p>
      {row.metric === null ? null : (
        <p class="numbers">
          {withUnit(study.objective, row.metric)}{' '}
          {row.delta === null ? null : (
            <span class={row.delta > 0 ? 'good' : 'quiet'}>gain {gain(study.objective, row.delta)}</span>
          )}
        </p>
      )}
      {row.foretold === null ? null : (
        <p class="quiet">given up early: would have come to {withUnit(study.objective, row.foretold)}</p>
      )}
      <p class="text">
        <bdi>{row.hypothesis}</bdi>
      </p>
    </div>
  );
}
