import type { ExperimentId } from '../../model/identity.ts';
import type { StudyState } from '../../model/study.ts';
import type { Occasion } from './settings.ts';

/** Something that somebody outside may want to know, as text of one line; some of it is a stranger's. */
export interface News {
  readonly occasion: Occasion;
  readonly text: string;
}

/** What has been looked at already. */
export interface Seen {
  readonly milestones: number;
  readonly withdrawn: ReadonlySet<ExperimentId>;
  readonly failing: ReadonlySet<string>;
  readonly isMachineFailing: boolean;
}

/** So many trials that the machine spoiled, one after the other, are trouble. */
const FAULTS = 3;

export function seenIn(state: StudyState): Seen {
  return {
    milestones: state.milestones.length,
    withdrawn: new Set(state.withdrawn.keys()),
    failing: new Set(state.failing.keys()),
    isMachineFailing: state.faultsInARow >= FAULTS,
  };
}

/** What has happened since `seen`: changes kept and taken back, researchers that cannot think, a machine that fails. */
export function newsSince(seen: Seen, state: StudyState): News[] {
  const kept = state.milestones.slice(seen.milestones).map(({ experiment }): News => {
    const hypothesis = state.experiments.get(experiment)?.proposal.hypothesis ?? '';
    return { occasion: 'keep', text: `#${experiment} was kept: ${hypothesis}` };
  });
  const lost = [...state.withdrawn].flatMap(([id, reason]): News[] =>
    seen.withdrawn.has(id) ? [] : [{ occasion: 'keep', text: `#${id} was taken back: ${reason}` }],
  );
  const failed = [...state.failing].flatMap(([name, { reason }]): News[] =>
    seen.failing.has(name) ? [] : [{ occasion: 'trouble', text: `${name} could not think: ${reason}` }],
  );
  const isNewlyFailing = state.faultsInARow >= FAULTS && !seen.isMachineFailing;
  const last = [...state.ended.values()].at(-1)?.outcome;
  const machine: News[] = isNewlyFailing
    ? [
        {
          occasion: 'trouble',
          text: `the machine failed ${state.faultsInARow} trials in a row${last?.kind === 'fault' ? `: ${last.reason}` : ''}`,
        },
      ]
    : [];
  return [...kept, ...lost, ...failed, ...machine];
}
