import { useEffect, useState } from 'preact/hooks';
import type { ExperimentDetail, Overview } from '../../../src/serve/page/wire.ts';
import { clock, duration, gain, unit, withUnit } from '../parts/format.ts';
import { Panel } from '../parts/panel.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { ask } from '../state/ask.ts';
import { go } from '../state/place.ts';
import { useWatched } from '../state/signal.ts';
import { overview, rows, rowsVersion } from '../state/study.ts';
import { Curves } from './curves.tsx';
import { Difference } from './difference.tsx';
import { Evidence } from './evidence.tsx';
import { Lineage } from './lineage.tsx';
import { Log } from './log.tsx';
import { Replay } from './replay.tsx';
import { Trials } from './trials.tsx';

type Asked =
  | { readonly kind: 'loading' }
  | { readonly kind: 'found'; readonly detail: ExperimentDetail }
  | { readonly kind: 'failed'; readonly text: string };

/** One experiment: what was changed, what came of it, and the proof. */
export function Experiment({ id }: { readonly id: number }) {
  const study = useWatched(overview)!;
  const asked = useDetail(id);
  useNeighbours(id);
  if (asked.kind === 'loading') return <p class="opening">Loading experiment {id}…</p>;
  if (asked.kind === 'failed')
    return (
      <p class="opening" role="alert">
        {asked.text}
      </p>
    );
  const { detail } = asked;
  return (
    <article class="experiment">
      <Title detail={detail} study={study} />
      <div class="two">
        <div class="stack">
          <Panel title="Verdict">
            {detail.words.map((words) => (
              <p key={words} class="words">
                {words}
              </p>
            ))}
            {detail.reason === null ? null : (
              <p class="words quiet">
                The judge’s own words: <q>{detail.reason}</q>
              </p>
            )}
            <Evidence detail={detail} study={study} />
          </Panel>
          <Curves detail={detail} study={study} />
        </div>
        <Difference id={id} />
      </div>
      <Trials detail={detail} study={study} />
      <div class="two">
        <Log trials={detail.trials} />
        <div class="stack">
          <Lineage detail={detail} />
          <Replay detail={detail} />
        </div>
      </div>
    </article>
  );
}

/** Asked again whenever its row has changed: a verdict that comes while one looks is seen. */
function useDetail(id: number): Asked {
  const [asked, set] = useState<Asked>({ kind: 'loading' });
  useWatched(rowsVersion);
  const row = rows[id - 1];
  useEffect(() => {
    const leaving = new AbortController();
    ask<ExperimentDetail>(`/api/experiments/${id}`, leaving.signal).then(
      (detail) => set({ kind: 'found', detail }),
      (cause: Error) => {
        if (!leaving.signal.aborted) set({ kind: 'failed', text: cause.message });
      },
    );
    return () => leaving.abort();
  }, [id, row]);
  return asked;
}

/** The keys j and k, or n and p, go to the next and the previous experiment. */
function useNeighbours(id: number): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, select')) return;
      const step = { j: 1, n: 1, k: -1, p: -1 }[event.key];
      const next = id + (step ?? 0);
      if (step !== undefined && next >= 1 && next <= rows.length) go(`/experiments/${next}`);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [id]);
}

function Title({ detail, study }: { readonly detail: ExperimentDetail; readonly study: Overview }) {
  const { id } = detail;
  return (
    <header class="title">
      <p class="line">
        <a href="/experiments">Experiments</a>
        <span class="neighbours">
          {id > 1 ? (
            <a href={`/experiments/${id - 1}`} title="The previous experiment (k)">
              ‹ #{id - 1}
            </a>
          ) : null}
          {id < rows.length ? (
            <a href={`/experiments/${id + 1}`} title="The next experiment (j)">
              #{id + 1} ›
            </a>
          ) : null}
        </span>
      </p>
      <h1>
        <span class="numbers quiet">#{id}</span> <bdi>{detail.wholeHypothesis}</bdi>
      </h1>
      <p class="line">
        <Verdict row={detail} />
        {detail.metric === null ? null : (
          <span class="numbers">{withUnit(study.objective, detail.metric)}</span>
        )}
        {detail.delta === null ? null : (
          <span class={`numbers ${detail.delta > 0 ? 'good' : 'quiet'}`}>
            gain {gain(study.objective, detail.delta)}
            {unit(study.objective)}
          </span>
        )}
        <span class="quiet">{detail.category}</span>
        <span class="quiet">
          from <bdi>{detail.researcher}</bdi>
        </span>
        {detail.expectedGain === null ? null : (
          <span class="quiet">
            expected <span class="numbers">{gain(study.objective, detail.expectedGain)}</span>
          </span>
        )}
        <span class="quiet">
          {clock(detail.at)}
          {detail.seconds > 0 ? `, ${duration(detail.seconds)} of trials` : ''}
        </span>
      </p>
    </header>
  );
}
