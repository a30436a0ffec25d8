import { useEffect } from 'preact/hooks';
import { Experiment } from './experiment/experiment.tsx';
import { Experiments } from './experiments/experiments.tsx';
import { Head } from './head/head.tsx';
import { Learned } from './learned/learned.tsx';
import { Overview } from './overview/overview.tsx';
import { followLinks, place } from './state/place.ts';
import { useWatched } from './state/signal.ts';
import { connection, followStudy, overview } from './state/study.ts';

/** The whole page: its head, and what the address names. */
export function Page() {
  useEffect(followStudy, []);
  const study = useWatched(overview);
  const { path } = useWatched(place);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: clicks on links bubble up to here
    // biome-ignore lint/a11y/useKeyWithClickEvents: a link turns the Enter key into a click by itself
    <div class="page" onClick={followLinks}>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Head path={path} />
      <main id="content" tabIndex={-1}>
        {study === undefined ? <Opening /> : <Content path={path} />}
      </main>
    </div>
  );
}

function Content({ path }: { readonly path: string }) {
  const experiment = /^\/experiments\/(\d{1,9})$/.exec(path)?.[1];
  if (experiment !== undefined) return <Experiment key={experiment} id={Number(experiment)} />;
  if (path === '/experiments') return <Experiments />;
  if (path === '/learned') return <Learned />;
  return <Overview />;
}

/** Before the first answer. */
function Opening() {
  const state = useWatched(connection);
  if (state.kind === 'failed')
    return (
      <p class="opening" role="alert">
        {state.text}
      </p>
    );
  return (
    <p class="opening" role="status">
      {state.kind === 'lost' ? 'The server cannot be reached. Trying again…' : 'Reading the ledger…'}
    </p>
  );
}
