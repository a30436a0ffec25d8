import type { ExperimentDetail } from '../../../src/serve/page/wire.ts';
import { Panel } from '../parts/panel.tsx';

/** What it was made on, and what was kept on top of it. */
export function Lineage({ detail }: { readonly detail: ExperimentDetail }) {
  const { parent, children, childCount, place, withdrawn } = detail;
  return (
    <Panel title="Lineage" note={place === null ? undefined : `change ${place} of the champion`}>
      <dl class="pairs">
        <dt>made on</dt>
        <dd>
          {parent === null ? (
            'the baseline'
          ) : (
            <a href={`/experiments/${parent.id}`}>
              #{parent.id} <bdi>{parent.hypothesis}</bdi>
            </a>
          )}
        </dd>
        <dt>kept on it</dt>
        <dd>
          {children.length === 0 ? (
            <span class="quiet">nothing</span>
          ) : (
            <ul>
              {children.map((child) => (
                <li key={child.id}>
                  <a href={`/experiments/${child.id}`}>
                    #{child.id} <bdi>{child.hypothesis}</bdi>
                  </a>
                </li>
              ))}
            </ul>
          )}
          {childCount > children.length ? <p class="quiet">and {childCount - children.length} more</p> : null}
        </dd>
        {withdrawn === null ? null : (
          <>
            <dt>left</dt>
            <dd class="warn">{withdrawn}</dd>
          </>
        )}
        <dt>commit</dt>
        <dd>
          <code>{detail.commit}</code>
        </dd>
      </dl>
    </Panel>
  );
}
