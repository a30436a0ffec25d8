import type { Learned, Overview } from '../../../src/serve/page/wire.ts';
import { gain, percent, unit, whole } from '../parts/format.ts';
import { Empty, Panel } from '../parts/panel.tsx';
import { Scrolled } from '../parts/scrolled.tsx';

/** What became of experiments that have something in common: how many were kept, and what that gained. */
export function Groups({
  title,
  query,
  groups,
  more,
  objective,
}: {
  readonly title: string;
  /** The filter of the table that shows a group's experiments. */
  readonly query: 'category' | 'researcher' | 'place';
  readonly groups: Learned['sites'];
  /** Groups that are not listed. */
  readonly more: number;
  readonly objective: Overview['objective'];
}) {
  const most = Math.max(0, ...groups.map((group) => group.gain));
  return (
    <Panel
      title={title}
      note={groups.length === 0 ? undefined : `gain in ${objective.unit || objective.name}`}
    >
      {groups.length === 0 ? (
        <Empty>Nothing was judged yet.</Empty>
      ) : (
        <Scrolled name={`${title}, table`} look="wide bounded">
          <table class="groups">
            <thead>
              <tr>
                <th scope="col" class="left">
                  <span class="hidden">name</span>
                </th>
                <th scope="col">gain{unit(objective) === '' ? '' : ` (${objective.unit})`}</th>
                <th scope="col">kept</th>
                <th scope="col">of</th>
                <th scope="col">rate</th>
                <th scope="col">near</th>
                <th scope="col">failed</th>
              </tr>
            </thead>
            <tbody>
              {groups.map((group) => (
                <tr key={group.name}>
                  <th scope="row" class="left">
                    <a href={`/experiments?${query}=${encodeURIComponent(group.name)}`}>
                      <bdi>{group.name}</bdi>
                    </a>
                    <svg class="bar" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">
                      <rect width={most > 0 ? Math.max(0, (100 * group.gain) / most) : 0} height="3" />
                    </svg>
                  </th>
                  <td class={group.gain > 0 ? 'good' : 'quiet'}>
                    {group.kept === 0 ? '–' : gain(objective, group.gain)}
                  </td>
                  <td>{whole(group.kept)}</td>
                  <td class="quiet">{whole(group.tried)}</td>
                  <td>{percent(group.hitRate)}</td>
                  <td class="quiet">{group.nearMisses || ''}</td>
                  <td class={group.broken > 0 ? 'bad' : ''}>{group.broken || ''}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {more > 0 ? <p class="quiet">and {whole(more)} more</p> : null}
        </Scrolled>
      )}
    </Panel>
  );
}
