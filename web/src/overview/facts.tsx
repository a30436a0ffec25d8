import type { ComponentChildren } from 'preact';
import type { Overview } from '../../../src/serve/page/wire.ts';
import { compute, counted, duration, percent, rate, value, whole } from '../parts/format.ts';

/** The numbers around the study, each with its unit. */
export function Facts({ study }: { readonly study: Overview }) {
  const { headline, verdicts, spent } = study;
  const kept = headline.kind === 'champion' ? headline.kept : 0;
  return (
    <dl class="facts">
      <Fact name="Experiments" note={study.perHour === null ? undefined : `${rate(study.perHour)} an hour`}>
        {whole(study.judged)}
      </Fact>
      <Fact name="In the champion" note={certifiedNote(headline)}>
        {counted(kept, 'change')}
      </Fact>
      <Fact name="False keeps expected" note="of the uncertified ones">
        {falseKeeps(study)}
      </Fact>
      <Fact name="Noise of one trial" note={noiseNote(study)}>
        {noiseText(study)}
      </Fact>
      <Fact
        name="Champion’s budget for the baseline’s score"
        note={headline.kind === 'champion' && headline.compute?.isBound ? 'at most' : undefined}
      >
        {headline.kind === 'champion' && headline.compute ? percent(headline.compute.share) : '–'}
      </Fact>
      <Fact name="Compute" note={`${whole(spent.trials.count)} trials`}>
        {compute(spent.trials.cpuSeconds)}
      </Fact>
      {spent.total.calls > 0 ? (
        <Fact name="Models" note={counted(spent.total.calls, 'call')}>
          ${spent.total.dollars.toFixed(2)}
        </Fact>
      ) : null}
      <Budget study={study} />
      <Fact name="No score" note={failureNote(verdicts)}>
        {whole((verdicts.crash ?? 0) + (verdicts.timeout ?? 0) + (verdicts.invalid ?? 0))}
      </Fact>
    </dl>
  );
}

function Fact({
  name,
  note,
  children,
}: {
  readonly name: string;
  readonly note?: string | undefined;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>
        <span class="numbers fact-value">{children}</span>
        {note === undefined ? null : <small>{note}</small>}
      </dd>
    </div>
  );
}

function certifiedNote(headline: Overview['headline']): string {
  if (headline.kind !== 'champion') return 'none certified yet';
  const { assurance, certified, kept } = headline;
  if (certified < kept && assurance === 'certified') return 'certified as a whole';
  return certified > 0 ? `${whole(certified)} certified` : 'none certified yet';
}

function falseKeeps({ expectedLuck, noise, headline }: Overview): string {
  if (noise?.kind !== 'learned') return '–';
  if (headline.kind !== 'champion') return '0';
  return expectedLuck < 0.05 ? 'below 0.1' : expectedLuck.toFixed(1);
}

function noiseText({ noise, objective }: Overview): string {
  switch (noise?.kind) {
    case 'learned':
      return `± ${value(objective, noise.sigma)}`;
    case 'seed-not-controlled':
      return 'none';
    case 'unknown':
      return 'not known yet';
    case undefined:
      return '–';
    default:
      return noise satisfies never;
  }
}

function noiseNote({ noise, objective }: Overview): string | undefined {
  switch (noise?.kind) {
    case 'learned':
      return objective.unit === '' ? 'standard deviation' : `${objective.unit}, standard deviation`;
    case 'seed-not-controlled':
      return 'seeds change nothing';
    case 'unknown':
    case undefined:
      return undefined;
    default:
      return noise satisfies never;
  }
}

function failureNote({ crash = 0, timeout = 0, invalid = 0 }: Overview['verdicts']): string | undefined {
  const parts = [
    ...(crash > 0 ? [`${crash} crashed`] : []),
    ...(timeout > 0 ? [`${timeout} timed out`] : []),
    ...(invalid > 0 ? [`${invalid} invalid`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

function Budget({ study: { spent } }: { readonly study: Overview }) {
  if (spent.budget.length === 0)
    return (
      <Fact name="Time at work" note="no limit set">
        {duration(spent.activeSeconds)}
      </Fact>
    );
  return spent.budget.map(({ limit, used }, index) => {
    const key = `${limit.kind} ${index}`;
    switch (limit.kind) {
      case 'time':
        return (
          <Fact key={key} name="Time left" note={`of ${duration(limit.seconds)}`}>
            {duration(Math.max(0, limit.seconds - used))}
          </Fact>
        );
      case 'experiments':
        return (
          <Fact key={key} name="Experiments left" note={`of ${whole(limit.count)}`}>
            {whole(Math.max(0, limit.count - used))}
          </Fact>
        );
      case 'cost':
        return (
          <Fact key={key} name="Dollars left" note={`of $${limit.dollars}`}>
            ${Math.max(0, limit.dollars - used).toFixed(2)}
          </Fact>
        );
      case 'tokens':
        return (
          <Fact key={key} name="Tokens left" note={`of ${whole(limit.count)}`}>
            {whole(Math.max(0, limit.count - used))}
          </Fact>
        );
      case 'proposals':
        return (
          <Fact key={key} name="Paid proposals left" note={`of ${whole(limit.count)}`}>
            {whole(Math.max(0, limit.count - used))}
          </Fact>
        );
      default:
        return limit satisfies never;
    }
  });
}
