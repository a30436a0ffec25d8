import type { Learned } from '../../../src/serve/page/wire.ts';
import { counted } from '../parts/format.ts';
import { Empty, Panel } from '../parts/panel.tsx';

/** Where much was tried and nothing came of it. */
export function DeadEnds({ deadEnds }: { readonly deadEnds: Learned['deadEnds'] }) {
  return (
    <Panel title="Dead ends" note="tried often, never kept, never close">
      {deadEnds.length === 0 ? (
        <Empty>None so far.</Empty>
      ) : (
        <ul class="dead-ends bounded">
          {deadEnds.map(({ of, name, tried }) => (
            <li key={`${of} ${name}`}>
              <a
                href={`/experiments?${of === 'category' ? 'category' : 'place'}=${encodeURIComponent(name)}`}
              >
                <bdi>{name}</bdi>
              </a>{' '}
              <span class="quiet">{of === 'category' ? 'kind of change' : 'place'}</span>
              <span class="numbers quiet">{counted(tried, 'experiment')}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
