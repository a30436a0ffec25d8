import type { Overview, Phase } from '../../../src/serve/page/wire.ts';
import { duration } from '../parts/format.ts';
import { useWatched } from '../state/signal.ts';
import { overview } from '../state/study.ts';
import { Actions } from './actions.tsx';
import { Connection } from './connection.tsx';
import { Theme } from './theme.tsx';

const PAGES = [
  { path: '/', name: 'Overview' },
  { path: '/experiments', name: 'Experiments' },
  { path: '/learned', name: 'Learned' },
];

/** Which study, what its engine does, and the way to the pages. */
export function Head({ path }: { readonly path: string }) {
  const study = useWatched(overview);
  return (
    <header class="head">
      <div class="who">
        <a class="name" href="/">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M3 26h7v-7h6v-7h6V5h7" />
          </svg>
          <span>{study?.lab ?? 'ratchet'}</span>
        </a>
        {study === undefined ? null : <At study={study} />}
      </div>
      <nav aria-label="Pages">
        {PAGES.map((page) => (
          <a key={page.path} href={page.path} aria-current={isOn(page.path, path) ? 'page' : undefined}>
            {page.name}
          </a>
        ))}
      </nav>
      <div class="tools">
        <Connection />
        <Actions />
        <Theme />
      </div>
    </header>
  );
}

function isOn(page: string, path: string): boolean {
  return page === '/' ? path === '/' : path.startsWith(page);
}

const PHASES: Readonly<Record<Phase, { readonly text: string; readonly tone: string }>> = {
  running: { text: 'running', tone: 'good' },
  paused: { text: 'paused', tone: 'warn' },
  stopping: { text: 'finishing the trials in flight', tone: 'warn' },
  'stopping-now': { text: 'stopping', tone: 'warn' },
  stopped: { text: 'stopped', tone: 'quiet' },
  died: { text: 'engine died; ratchet run goes on', tone: 'bad' },
};

function At({ study }: { readonly study: Overview }) {
  const { text, tone } = PHASES[study.phase];
  return (
    <p class="at">
      <span class={`phase ${tone}`}>
        <span class="dot" aria-hidden="true" />
        {text}
      </span>{' '}
      <span class="quiet">
        {duration(study.spent.activeSeconds)}
        <span class="wide-only"> · study {study.study}</span>
      </span>
    </p>
  );
}
