import type { ExperimentDetail, Overview } from '../../../src/serve/page/wire.ts';
import { gain, percent, unit, value } from '../parts/format.ts';

/** The numbers that the verdict rests on. */
export function Evidence({ detail, study }: { readonly detail: ExperimentDetail; readonly study: Overview }) {
  const { objective } = study;
  const { comparison, certificate, guards } = detail;
  const basis = comparison?.basis;
  return (
    <>
      {comparison === null ? null : (
        <table class="evidence">
          <caption class="hidden">Evidence</caption>
          <tbody>
            <Line
              name="score"
              text={value(objective, comparison.candidate)}
              note={trials(comparison.candidateTrials)}
            />
            <Line
              name="its parent’s"
              text={value(objective, comparison.parent)}
              note={trials(comparison.parentTrials)}
            />
            <Line
              name={basis?.kind === 'forecast' ? 'gain foretold' : 'gain measured'}
              text={gain(objective, comparison.gain)}
              note={unit(objective)}
            />
            {basis?.kind === 'posterior' ? (
              <>
                <Line
                  name="gain believed"
                  text={gain(objective, basis.mean)}
                  note={`± ${value(objective, basis.deviation)}`}
                />
                <Line name="chance of luck" text={percent(basis.luck, 1)} note="" />
              </>
            ) : null}
            {certificate === null ? null : (
              <Line
                name="certified"
                text={gain(objective, certificate.value)}
                note={
                  certificate.interval === null
                    ? ''
                    : `${gain(objective, certificate.interval.low)} to ${gain(objective, certificate.interval.high)}, ${certificate.trials} fresh trials`
                }
              />
            )}
          </tbody>
        </table>
      )}
      {guards.length === 0 ? null : (
        <table class="evidence">
          <caption>Guards</caption>
          <tbody>
            {guards.map(({ name, min, max, value: held }) => {
              const isBroken =
                held !== null && ((max !== null && held > max) || (min !== null && held < min));
              const bound = [
                ...(min === null ? [] : [`at least ${min}`]),
                ...(max === null ? [] : [`at most ${max}`]),
              ];
              return (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td class={`numbers ${isBroken ? 'bad' : ''}`}>
                    {held === null ? 'not measured' : Number(held.toPrecision(4))}
                  </td>
                  <td class="quiet">
                    {bound.join(', ')}
                    {held === null ? '' : isBroken ? ': broken' : ': kept'}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </>
  );
}

function Line({ name, text, note }: { readonly name: string; readonly text: string; readonly note: string }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="numbers">{text}</td>
      <td class="quiet">{note}</td>
    </tr>
  );
}

const MOST_NAMED = 6;

function trials(ids: readonly number[]): string {
  if (ids.length === 0) return '';
  const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : '';
  return `${ids.length === 1 ? 'trial' : 'trials'} ${ids.slice(0, MOST_NAMED).join(', ')}${more}`;
}
