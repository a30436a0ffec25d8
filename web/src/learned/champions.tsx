import type { Learned } from '../../../src/serve/page/wire.ts';
import { clock } from '../parts/format.ts';
import { Empty, Panel } from '../parts/panel.tsx';
import { useWatched } from '../state/signal.ts';
import { rows, rowsVersion } from '../state/study.ts';

type Step = Learned['champions'][number];

/** Every keep with what it was made on: a line as long as each was made on the one before, a branch where it was not. */
export function Champions({ champions }: { readonly champions: Learned['champions'] }) {
  useWatched(rowsVersion);
  const depths = depthsOf(champions);
  return (
    <Panel
      title="The tree of champions"
      note={champions.length === 0 ? undefined : 'indented where a keep was made beside the line'}
    >
      {champions.length === 0 ? (
        <Empty>It begins with the first keep.</Empty>
      ) : (
        <ol class="tree bounded">
          <li>
            <span class="twig" aria-hidden="true">
              ●
            </span>{' '}
            the baseline
          </li>
          {champions.map((step) => (
            <li key={step.experiment} style={{ paddingLeft: `${20 * (depths.get(step.experiment) ?? 0)}px` }}>
              <span class={`twig ${step.isInChampion ? 'good' : 'quiet'}`} aria-hidden="true">
                {step.isInChampion ? '●' : '○'}
              </span>{' '}
              <a href={`/experiments/${step.experiment}`}>#{step.experiment}</a>{' '}
              <span class="quiet">{stepText(step)}</span>{' '}
              <bdi class="hypothesis">{rows[step.experiment - 1]?.hypothesis}</bdi>{' '}
              <time class="quiet">{clock(step.at)}</time>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function stepText({ on, cause, standing }: Step): string {
  const base = typeof on === 'number' ? `on #${on}` : on === 'baseline' ? 'on the baseline' : on;
  return `${cause === 'merge' ? 'merged ' : ''}${base}, ${standing}`;
}

const DEEPEST = 12;

/** How far from the straight line each keep is: one further wherever its parent already had another child. */
function depthsOf(champions: readonly Step[]): Map<number, number> {
  const depths = new Map<number, number>();
  const hasChild = new Set<Step['on']>();
  for (const { experiment, on } of champions) {
    const above = typeof on === 'number' ? (depths.get(on) ?? 0) : 0;
    depths.set(
      experiment,
      Math.min(DEEPEST, above + (hasChild.has(on) && on !== 'after a withdrawal' ? 1 : 0)),
    );
    hasChild.add(on);
  }
  return depths;
}
