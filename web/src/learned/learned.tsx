import { useEffect, useState } from 'preact/hooks';
import type { Learned as Findings } from '../../../src/serve/page/wire.ts';
import { ask } from '../state/ask.ts';
import { useWatched } from '../state/signal.ts';
import { overview } from '../state/study.ts';
import { Champions } from './champions.tsx';
import { DeadEnds } from './dead-ends.tsx';
import { Groups } from './groups.tsx';
import { Stack } from './stack.tsx';

/** Milliseconds between two questions while the study goes on: what was learned changes slowly. */
const INTERVAL = 3_000;

/** What the study has taught so far. */
export function Learned() {
  const study = useWatched(overview)!;
  const { learned, problem } = useLearned(study.judged);
  if (problem !== undefined)
    return (
      <p class="opening" role="alert">
        {problem}
      </p>
    );
  if (learned === undefined) return <p class="opening">Looking through {study.judged} verdicts…</p>;
  return (
    <div class="learned">
      <h1 class="hidden">What the study learned</h1>
      <Stack changes={learned.changes} objective={study.objective} />
      <div class="two even">
        <Groups
          title="By kind of change"
          query="category"
          groups={learned.categories}
          more={0}
          objective={study.objective}
        />
        <Groups
          title="By place"
          query="place"
          groups={learned.sites}
          more={learned.siteCount - learned.sites.length}
          objective={study.objective}
        />
      </div>
      <div class="two even">
        <DeadEnds deadEnds={learned.deadEnds} />
        <Groups
          title="By researcher"
          query="researcher"
          groups={learned.researchers}
          more={0}
          objective={study.objective}
        />
      </div>
      <Champions champions={learned.champions} />
    </div>
  );
}

function useLearned(judged: number): { learned: Findings | undefined; problem: string | undefined } {
  const [learned, set] = useState<Findings | undefined>(undefined);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  useEffect(() => {
    const leaving = new AbortController();
    const timer = setTimeout(
      () => {
        ask<Findings>('/api/learned', leaving.signal).then(set, (cause: Error) => {
          if (!leaving.signal.aborted) setProblem(cause.message);
        });
      },
      learned === undefined ? 0 : INTERVAL,
    );
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [judged]);
  return { learned, problem };
}
