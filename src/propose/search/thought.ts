import type { ExperimentId } from '../../model/identity.ts';
import { createRandom } from '../../model/random.ts';
import type { Brief } from '../../model/researcher.ts';
import type { Site } from '../sites/site.ts';
import { type Earning, earningsOf } from './earnings.ts';
import { type History, historyOf } from './history.ts';
import { type Landscape, landscapeOf } from './landscape.ts';
import type { Move } from './move.ts';
import { type Observation, observationsOf } from './observations.ts';
import type { KeepsSince } from './portfolio.ts';

/** What is known while a batch of proposals is thought of. */
export interface Thought {
  readonly brief: Brief;
  readonly sites: readonly Site[];
  readonly byId: ReadonlyMap<string, Site>;
  readonly history: History;
  readonly earnings: readonly Earning[];
  readonly random: () => number;
  readonly keepsSince: KeepsSince;
  /** With what this batch proposes already among the points whose verdict is not known. */
  landscape(): Landscape;
  /** Takes note of an idea of this batch. */
  proposed(moves: readonly Move[]): void;
}

/** Where equal code scores equally one trial has told all, but for what others changed around it. */
function keepsSinceIn({ state, program }: Brief): KeepsSince {
  if (program.deterministic) return () => 0;
  const moved = state.milestones.map(({ experiment }) => experiment);
  return (experiment) => moved.filter((one) => one > experiment).length;
}

export function startThought(brief: Brief, sites: readonly Site[]): Thought {
  const history = historyOf(brief.state);
  const batch: Observation[] = [];
  let observations: readonly Observation[] | undefined;
  let landscape: Landscape | undefined;
  return {
    brief,
    sites,
    byId: new Map(sites.map((site) => [site.id, site])),
    history,
    earnings: earningsOf(brief.state, history),
    random: createRandom(brief.seed),
    keepsSince: keepsSinceIn(brief),
    landscape() {
      observations ??= observationsOf(brief.state, brief.champion, history);
      landscape ??= landscapeOf(
        sites,
        history,
        [...batch, ...observations],
        brief.program.deterministic ? 'none' : 'some',
      );
      return landscape;
    },
    proposed(moves) {
      const values = new Map(moves.map(({ site, value }) => [site.id, value]));
      batch.push({ experiment: 0 as ExperimentId, values, result: { kind: 'open' } });
      landscape = undefined;
    },
  };
}
