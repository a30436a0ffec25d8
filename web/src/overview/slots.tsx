import type { Overview, SlotsFrame, WireSlot } from '../../../src/serve/page/wire.ts';
import { CurveChart } from '../chart/curve-chart.tsx';
import { counted, duration, percent, value } from '../parts/format.ts';
import { Empty, Panel } from '../parts/panel.tsx';
import { useWatched } from '../state/signal.ts';
import { slots } from '../state/study.ts';

const MOST_SHOWN = 16;

/** What runs at the moment, each trial's curve against the champion's. */
export function Slots({ study }: { readonly study: Overview }) {
  const frame = useWatched(slots);
  const busy = frame?.busy ?? [];
  const isAtWork = study.phase !== 'stopped' && study.phase !== 'died';
  const note = isAtWork && frame ? noteOf(frame) : undefined;
  return (
    <Panel title="Running now" note={note}>
      {busy.length === 0 || !isAtWork ? (
        <Empty>{idleText(study)}</Empty>
      ) : (
        <ul class="slots">
          {busy.slice(0, MOST_SHOWN).map((slot) => (
            <Slot key={slot.slot} slot={slot} champion={frame!.champion} study={study} />
          ))}
        </ul>
      )}
      {busy.length > MOST_SHOWN && isAtWork ? <p class="quiet">and {busy.length - MOST_SHOWN} more</p> : null}
    </Panel>
  );
}

function noteOf({ busy, free, streamed }: SlotsFrame): string {
  const slots = `${busy.length} of ${counted(busy.length + free, 'slot')} busy`;
  return streamed === null ? slots : `${slots} · ${streamed}, the champion’s dashed`;
}

function idleText({ phase }: Overview): string {
  switch (phase) {
    case 'stopped':
      return 'Nothing runs. “ratchet run” resumes the study where it was.';
    case 'died':
      return 'Nothing runs: the engine was killed. “ratchet run” finds what was in flight and goes on.';
    case 'paused':
      return 'Paused. “ratchet run”, or Resume above, goes on.';
    case 'running':
    case 'stopping':
    case 'stopping-now':
      return 'No trial at this moment.';
    default:
      return phase satisfies never;
  }
}

const PURPOSES: Readonly<Record<WireSlot['purpose'], string>> = {
  candidate: 'candidate',
  champion: 'champion, once more',
  noise: 'noise of equal code',
  certify: 'certification',
  audit: 'audit',
  transfer: 'larger setting',
  replay: 'replay',
};

function Slot({
  slot,
  champion,
  study,
}: {
  readonly slot: WireSlot;
  readonly champion: SlotsFrame['champion'];
  readonly study: Overview;
}) {
  const last = slot.curve.at(-1);
  const what = <span class="hypothesis">{slot.what}</span>;
  return (
    <li class="slot">
      <div class="slot-text">
        <p>
          {slot.experiment === null ? null : (
            <a href={`/experiments/${slot.experiment}`}>#{slot.experiment}</a>
          )}{' '}
          <span class="quiet">
            {PURPOSES[slot.purpose]}
            {slot.stage === 'run' ? '' : `, ${slot.stage}`}
          </span>
        </p>
        {what}
        <p class="progress-line">
          <progress value={slot.share} max={1} aria-label={`Progress of trial ${slot.trial}`} />
          <span class="numbers quiet">
            {percent(slot.share)} · {duration(slot.seconds)}
          </span>
          {last === undefined ? null : <span class="numbers">{value(study.objective, last[1])}</span>}
        </p>
      </div>
      {slot.curve.length > 1 ? (
        <CurveChart
          lines={[
            { curve: champion, kind: 'reference' },
            { curve: slot.curve, kind: 'own' },
          ]}
        />
      ) : null}
    </li>
  );
}
