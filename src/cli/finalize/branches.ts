import { type Placed, type Placing, placeAll, placeEach } from '../../engine/placing.ts';
import type { Repository } from '../../git/repository.ts';
import type { Commit, ExperimentId } from '../../model/identity.ts';
import type { StudyState } from '../../model/study.ts';
import type { KeptChange } from '../../record/findings/stack.ts';
import { EXIT } from '../exit.ts';
import { Problem } from '../problem.ts';
import { messageOf, type Source, squashedMessage } from './message.ts';

/** A branch as it is to be made. */
export interface PlannedBranch {
  readonly name: string;
  readonly commit: Commit;
  /** What it is compared with when it is run again. */
  readonly parent: Commit;
  readonly changes: readonly ExperimentId[];
  /** Changes below it on the same branch, since it does not apply without them. */
  readonly on: readonly ExperimentId[];
  readonly isThere: boolean;
}

/** A change that gets no branch, and why: a sentence. */
export interface LeftOut {
  readonly experiment: ExperimentId;
  readonly reason: string;
}

export interface Plan {
  readonly branches: readonly PlannedBranch[];
  readonly leftOut: readonly LeftOut[];
}

export interface PlanWish {
  readonly changes: readonly KeptChange[];
  readonly prefix: string;
  readonly squash: boolean;
  readonly source: Source;
  readonly placing: Omit<Placing, 'messageOf'>;
  /** As a person names the base. */
  readonly onto: string;
}

/** Makes the commits, and looks at the branches. Nothing that a person sees changes. @throws Problem where a branch stands elsewhere */
export async function planBranches(repository: Repository, state: StudyState, wish: PlanWish): Promise<Plan> {
  const kept = new Map(wish.changes.map((change) => [change.experiment, change]));
  const experiments = wish.changes.map(({ experiment }) => state.experiments.get(experiment)!);
  const placing: Placing = {
    ...wish.placing,
    messageOf: ({ proposal }) => messageOf(kept.get(proposal.experiment)!, wish.source),
  };
  const placed = await (wish.squash ? placeAll : placeEach)(repository, experiments, placing);
  const leftOut = placed.flatMap((one) => leftOutOf(one, wish));
  const bare = wish.squash
    ? await squashed(repository, state, placed, kept, wish)
    : placed.flatMap((one) => {
        if (one.kind !== 'placed') return [];
        const { experiment, commit, parent, on } = one;
        return [{ name: `${wish.prefix}/${experiment}`, commit, parent, on, changes: [experiment] }];
      });
  const branches: PlannedBranch[] = [];
  for (const branch of bare) branches.push({ ...branch, isThere: await isThere(repository, branch) });
  return { branches, leftOut };
}

function leftOutOf(placed: Placed, { onto }: PlanWish): LeftOut[] {
  switch (placed.kind) {
    case 'placed':
      return [];
    case 'there':
      return [{ experiment: placed.experiment, reason: `${onto} has what it changes already` }];
    case 'conflict': {
      const paths = placed.paths.slice(0, 10).join(', ');
      return [
        {
          experiment: placed.experiment,
          reason: `it conflicts with ${onto} in ${paths}: carry it over by hand (ratchet diff ${placed.experiment})`,
        },
      ];
    }
    default:
      return placed satisfies never;
  }
}

/** All that could be placed, as one commit on the base. */
async function squashed(
  repository: Repository,
  state: StudyState,
  placed: readonly Placed[],
  kept: ReadonlyMap<ExperimentId, KeptChange>,
  { prefix, source, placing }: PlanWish,
): Promise<Omit<PlannedBranch, 'isThere'>[]> {
  const all = placed.filter((one) => one.kind === 'placed');
  const last = all.at(-1);
  if (last === undefined) return [];
  const { base, person } = placing;
  const merged = await repository.merge({
    base,
    ours: base,
    theirs: last.commit,
    message: squashedMessage(
      all.map(({ experiment }) => kept.get(experiment)!),
      source,
    ),
    person,
    time: new Date(
      lastKeep(
        state,
        all.map(({ experiment }) => experiment),
      ),
    ),
  });
  if (merged.kind === 'conflict') throw new Error(`${last.commit} stands on ${base}, and conflicts with it`);
  const changes = all.map(({ experiment }) => experiment);
  return [{ name: prefix, commit: merged.commit, parent: base, on: [], changes }];
}

/** When the last of them was kept, so that the same changes are the same commit: milliseconds since 1970. */
function lastKeep({ experiments }: StudyState, ids: readonly ExperimentId[]): number {
  return Math.max(
    ...ids.map((id) => {
      const experiment = experiments.get(id);
      return experiment?.status === 'judged' ? experiment.judgedAt : 0;
    }),
  );
}

async function isThere(repository: Repository, { name, commit }: { name: string; commit: Commit }) {
  const at = await repository.resolve(`refs/heads/${name}`);
  if (at === undefined) {
    await requireRoom(repository, name);
    return false;
  }
  if (at === commit) return true;
  throw new Problem(
    `branch ${name} exists and stands at ${at.slice(0, 12)}, which is something else: it is left as it is. ` +
      `Delete it (git branch -D ${name}), or name other branches with --branch`,
    EXIT.nothing,
  );
}

/** Asked before anything is measured: git keeps no branch `a` beside a branch `a/b`. @throws Problem where one stands in the way */
async function requireRoom(repository: Repository, name: string): Promise<void> {
  const parts = name.split('/');
  const above = parts.slice(1).map((_, index) => `refs/heads/${parts.slice(0, index + 1).join('/')}`);
  const refs = [];
  for (const ref of above) if ((await repository.resolve(ref)) !== undefined) refs.push(ref);
  refs.push(...(await repository.listRefs(`refs/heads/${name}`)).map(({ ref }) => ref));
  const [inTheWay] = refs;
  if (inTheWay === undefined) return;
  throw new Problem(
    `no branch was made: branch ${name} has no room while branch ${inTheWay.slice('refs/heads/'.length)} exists. ` +
      'Rename that one, or name other branches with --branch',
    EXIT.nothing,
  );
}

/** Makes the branches that are not there yet, all or none. @throws Problem where git does not make them */
export async function makeBranches(
  repository: Repository,
  branches: readonly PlannedBranch[],
): Promise<void> {
  const made = branches.filter(({ isThere }) => !isThere);
  const outcome = await repository.updateRefs(
    made.map(({ name, commit }) => ({ ref: `refs/heads/${name}`, to: commit, expected: 'absent' as const })),
  );
  if (outcome.kind === 'updated') return;
  throw new Problem(
    `no branch was made: ${outcome.message} Or name other branches with --branch.`,
    EXIT.nothing,
  );
}
