import { useEffect, useState } from 'preact/hooks';
import type { ExperimentDetail, WireLog } from '../../../src/serve/page/wire.ts';
import { Empty, Panel } from '../parts/panel.tsx';
import { Scrolled } from '../parts/scrolled.tsx';
import { ask } from '../state/ask.ts';

/** The end of what a trial printed. */
export function Log({ trials }: { readonly trials: ExperimentDetail['trials'] }) {
  const [chosen, choose] = useState<number | undefined>(undefined);
  const trial = chosen ?? trials.at(-1)?.trial;
  const [log, setLog] = useState<WireLog | undefined>(undefined);
  useEffect(() => {
    if (trial === undefined) return;
    const leaving = new AbortController();
    ask<WireLog>(`/api/trials/${trial}/log`, leaving.signal).then(setLog, () => undefined);
    return () => leaving.abort();
  }, [trial]);
  const picker =
    trials.length < 2 ? undefined : (
      <select
        aria-label="Trial"
        value={trial}
        onChange={(event) => choose(Number(event.currentTarget.value))}
      >
        {trials.map((one) => (
          <option key={one.trial} value={one.trial}>
            trial {one.trial}, {one.purpose}
          </option>
        ))}
      </select>
    );
  return (
    <Panel title="End of its output" note={picker}>
      {trial === undefined || log === undefined || log.lines.length === 0 ? (
        <Empty>It printed nothing, or its log is gone.</Empty>
      ) : (
        <Scrolled name="Lines of the log" look="log">
          <pre>{log.lines.join('\n')}</pre>
        </Scrolled>
      )}
    </Panel>
  );
}
