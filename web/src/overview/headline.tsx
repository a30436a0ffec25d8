import type { Overview } from '../../../src/serve/page/wire.ts';
import { gain, unit, value } from '../parts/format.ts';

const NO_BREAK = '\u00a0';

const BELIEVED_BY = {
  certificate: 'on fresh seeds',
  'fresh trials': 'by runs that nothing was picked by',
  'changes added up': 'its changes added up',
} as const;

/** Did it get better, by how much, is it real. */
export function Headline({ study }: { readonly study: Overview }) {
  const { headline, objective } = study;
  return (
    <section class="headline" aria-label="Where the study stands">
      <Score study={study} />
      <div class="sentences">
        <p class="sentence">
          {headline.kind === 'not measured yet' ? 'Measuring the baseline.' : headline.sentence}
        </p>
        {headline.more.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        {headline.kind === 'champion' && headline.believed?.interval ? (
          <p>
            To be believed: a gain of{NO_BREAK}
            <span class="numbers">
              {gain(objective, headline.believed.value)}
              {unit(objective)}
            </span>
            , with 95% between <span class="numbers">{gain(objective, headline.believed.interval.low)}</span>{' '}
            and <span class="numbers">{gain(objective, headline.believed.interval.high)}</span>,{' '}
            {BELIEVED_BY[headline.believed.by]}.
          </p>
        ) : null}
        {headline.kind === 'not measured yet' ? (
          <p>
            The first trials run the code as it is. Then each experiment is held against it
            {objective.direction === 'minimize' ? ': smaller is better.' : ': larger is better.'}
          </p>
        ) : null}
      </div>
    </section>
  );
}

function toneOf(gain: number): string {
  if (gain === 0) return 'quiet';
  return gain > 0 ? 'good' : 'bad';
}

function Score({ study: { headline, objective } }: { readonly study: Overview }) {
  if (headline.kind === 'not measured yet') return <p class="score waiting">{objective.name}</p>;
  const comparison = headline.kind === 'champion' ? headline.comparison : undefined;
  return (
    <p class="score">
      <span class="metric">{objective.name}</span>
      <span class="numbers big">
        {value(objective, headline.value)}
        <small>{unit(objective)}</small>
      </span>
      {comparison === undefined ? (
        <span class="quiet">
          {objective.direction === 'minimize' ? 'smaller is better' : 'larger is better'}
        </span>
      ) : (
        <span class={`numbers change ${toneOf(comparison.gain)}`}>
          {comparison.percent?.replace('-', '\u2212') ?? gain(objective, comparison.gain)}
          <small> from {value(objective, comparison.baseline)}</small>
        </span>
      )}
    </p>
  );
}
