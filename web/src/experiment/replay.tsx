import type { ExperimentDetail } from '../../../src/serve/page/wire.ts';
import { Copy } from '../parts/copy.tsx';
import { Panel } from '../parts/panel.tsx';

/** How to see it for oneself. */
export function Replay({ detail }: { readonly detail: ExperimentDetail }) {
  return (
    <Panel title="Replay this">
      <p class="command">
        <code>{detail.replay}</code> <Copy text={() => detail.replay} name="the command" />
      </p>
      <p class="quiet">
        It runs the same trials again, with their seeds, budgets and steps, and says whether the numbers come
        out the same.
      </p>
    </Panel>
  );
}
