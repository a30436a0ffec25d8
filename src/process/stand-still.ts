import { freeze, type RootIdentity, send, treeOf } from './terminate.ts';
import type { TreeIdentity } from './tree.ts';

/** Processes that were stopped; disposing lets them go on. */
export interface Still extends Disposable {
  /** False where processes still came or went: some of them may not have been stopped. */
  readonly holds: boolean;
}

/** Stops all processes of a tree where they are, so that none of them changes its files under the engine's eyes. */
export function standStill(identity: TreeIdentity, root: RootIdentity): Still {
  const { alive, settled } = freeze(treeOf(identity, root));
  const pids = alive.map(({ pid }) => pid);
  return { holds: settled, [Symbol.dispose]: () => send('SIGCONT', pids) };
}
