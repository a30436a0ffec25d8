import type { Overview } from '../../../src/serve/page/wire.ts';

/** What the chart's marks mean. */
export function Legend({ study }: { readonly study: Overview }) {
  const { name, unit, direction } = study.objective;
  return (
    <p class="legend quiet">
      <span>
        {name}
        {unit === '' ? '' : ` (${unit})`}, {direction === 'minimize' ? 'smaller' : 'larger'} is better
      </span>
      <span>
        <i class="mark-line" /> champion, as believed when it was kept
      </span>
      <span>
        <i class="mark-now">◇</i> champion now, by all its trials
        {study.championInterval ? ', 95% interval shaded' : ''}
      </span>
      <span>
        <i class="mark-keep" /> kept
      </span>
      <span>
        <i class="mark-keep ring" /> certified
      </span>
      <span>
        <i class="mark-keep hollow" /> taken back
      </span>
      <span>
        <i class="mark-dot" /> discarded
      </span>
      <span>
        <i class="mark-dot hollow" /> given up early, as foretold
      </span>
      <span>
        <i class="mark-cross">✕</i> no score
      </span>
    </p>
  );
}
